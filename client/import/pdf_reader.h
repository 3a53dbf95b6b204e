// Reads the text layer of a PDF, laid out as it is printed.

#ifndef ANNALS_CLIENT_IMPORT_PDF_READER_H_
#define ANNALS_CLIENT_IMPORT_PDF_READER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/source_text.h"

namespace annals::client {

// The text that `pdftotext -layout` gives, by poppler; each line knows its
// page. Poppler, which is large and reads a hostile format, runs in a process
// of its own within the limits.
//
// INVALID_ARGUMENT: FILE_DAMAGED, FILE_ENCRYPTED, FILE_TOO_COMPLEX,
// FILE_TOO_LARGE, or NO_TEXT_IN_FILE if it holds images only.
absl::StatusOr<SourceText> ReadPdf(absl::string_view pdf,
                                   const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_READER_H_
