// Reads the published plain text of an annual report into a Report.
//
// What is certain is read; what is not is named, cell by cell, with the place
// in the text and the reason. No figure is made up: arithmetic only lowers
// certainty.

#ifndef ANNALS_CLIENT_IMPORT_IMPORTER_H_
#define ANNALS_CLIENT_IMPORT_IMPORTER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/reading.h"
#include "client/import/remark.h"

namespace annals::client {

// Far more than any report takes.
inline constexpr size_t kDefaultMaxTextBytes = 16 << 20;

struct ImportResult {
  // The report as read: certain and doubtful figures, texts, headings, remarks
  // inside cells, the edition of each table. The scope is SCOPE_ORGAN: no text
  // states it.
  v1::Report report;
  // One for each cell of the edition that each table follows, in the order of
  // the form.
  std::vector<CellReading> cells;
  // Doubts that are not about one cell.
  std::vector<Remark> remarks;

  // How many cells were read with this certainty.
  int Count(Certainty certainty) const;
  // True if a person must look: a doubtful or missing cell, or a remark.
  bool HasDoubts() const;
};

// Reads UTF-8 text in any of the layouts that reports come in. Thread-safe.
//
// INVALID_ARGUMENT with reason EMPTY_FILE, BINARY_FILE (it says of which kind),
// INVALID_UTF8 (with the place), FILE_TOO_LARGE, or NOT_A_REPORT.
absl::StatusOr<ImportResult> ImportText(
    absl::string_view text, size_t max_bytes = kDefaultMaxTextBytes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_IMPORTER_H_
