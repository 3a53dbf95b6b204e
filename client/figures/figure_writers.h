// Figures of many reports as CSV, JSON lines and XLSX: one row a report, one
// column a cell, named by the cell's id. A blank cell is empty, or null in
// JSON, and never 0; money is in 分.

#ifndef ANNALS_CLIENT_FIGURES_FIGURE_WRITERS_H_
#define ANNALS_CLIENT_FIGURES_FIGURE_WRITERS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/figures/figure_reader.h"
#include "client/files.h"

namespace annals::client {

// Each row is written as it comes; no more than one is held.
class FigureWriter : public FigureSink {
 public:
  // Writes what is left. Called once, after the last row.
  virtual absl::Status End() = 0;
};

// `with_mark`: beginning with a byte order mark.
std::unique_ptr<FigureWriter> NewFigureCsv(bool with_mark, WritePiece write);

std::unique_ptr<FigureWriter> NewFigureJsonLines(WritePiece write);

// By way of a file in the temporary directory, row by row. INVALID_ARGUMENT
// with reason TOO_MANY_ROWS beyond what a sheet holds; INTERNAL with reason
// XLSX_NOT_WRITTEN.
absl::StatusOr<std::unique_ptr<FigureWriter>> NewFigureXlsx(WritePiece write);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FIGURES_FIGURE_WRITERS_H_
