// Number formats of Excel (ECMA-376 part 1, 18.8.30 and 18.8.31): whether the
// figure that a cell prints is the one that it stores.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_NUMBER_FORMAT_H_
#define ANNALS_CLIENT_IMPORT_XLSX_NUMBER_FORMAT_H_

#include "absl/strings/string_view.h"

namespace annals::client {

// The format code of a built-in format that may print a number as it is stored;
// that of a percentage for any other.
absl::string_view BuiltInFormat(int id);

// Whether a cell with this format prints `decimal`, of DecimalOfXlsxNumber(),
// with all its digits and nothing that changes its meaning. False for a format
// that scales, rounds it, hides it, or is not understood.
bool PrintsNumberAsStored(absl::string_view format, absl::string_view decimal);

// The same for a text.
bool PrintsTextAsStored(absl::string_view format);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_NUMBER_FORMAT_H_
