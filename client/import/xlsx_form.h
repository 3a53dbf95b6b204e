// Reads back the form that `annals new --format xlsx` and `annals get --format
// xlsx` make: by the names of its places, so that nothing is lost and nothing
// need be recognised.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_FORM_H_
#define ANNALS_CLIENT_IMPORT_XLSX_FORM_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/importer.h"

namespace annals::client {

// Nothing if the file is no such form. Errors of damaged files, and
// FILE_TOO_LARGE.
absl::StatusOr<std::optional<ImportResult>> ReadXlsxForm(
    absl::string_view bytes, const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_FORM_H_
