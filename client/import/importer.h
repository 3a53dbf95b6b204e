// Reads a published annual report into a Report: plain text, or a file of any
// of the formats of file_format.h, which is turned into text first.
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
#include "client/import/source_text.h"

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
  FileFormat format = FileFormat::kText;
  // HTML: see SourceText. Nearly every page has one: it is no doubt.
  bool has_external_styles = false;

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

// Reads a file of any format. Thread-safe.
//
// INVALID_ARGUMENT: as above but for BINARY_FILE and INVALID_UTF8, which are of
// plain text only; UNSUPPORTED_FORMAT, FILE_DAMAGED, FILE_ENCRYPTED,
// FILE_TOO_COMPLEX or NO_TEXT_IN_FILE.
absl::StatusOr<ImportResult> ImportFile(
    absl::string_view bytes, const ImportLimits& limits = ImportLimits());

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_IMPORTER_H_
