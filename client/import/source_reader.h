// Turns a file of any format into text.

#ifndef ANNALS_CLIENT_IMPORT_SOURCE_READER_H_
#define ANNALS_CLIENT_IMPORT_SOURCE_READER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/source_text.h"

namespace annals::client {

// INVALID_ARGUMENT with a reason of ImportFile() (importer.h).
absl::StatusOr<SourceText> ReadSource(absl::string_view bytes,
                                      const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_SOURCE_READER_H_
