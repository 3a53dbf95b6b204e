// A PDF with its streams unpacked.
//
// Poppler reads the fonts of a page anew for each look at it, and its own way
// to unpack them takes most of the time that a drawing takes. So it is given a
// file in which they lie unpacked.

#ifndef ANNALS_CLIENT_IMPORT_PDF_UNPACKED_H_
#define ANNALS_CLIENT_IMPORT_PDF_UNPACKED_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/pdf_streams.h"

namespace annals::client {

// The file with an unpacked copy of each of the streams behind its end, and
// with the reference table pointing at the copies. Every object stays what it
// is: an entry of the table that points at a packed stream may as well point at
// the same stream unpacked. Where that can't be told for sure, of a stream or
// of the table, it stays as it is.
std::string UnpackedPdf(absl::string_view pdf,
                        const std::vector<FlateStream>& streams);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_UNPACKED_H_
