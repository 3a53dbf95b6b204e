// The figures of many reports, as the server streams them.

#ifndef ANNALS_CLIENT_FIGURES_FIGURE_READER_H_
#define ANNALS_CLIENT_FIGURES_FIGURE_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/supervision_service.pb.h"
#include "client/connection.h"

namespace annals::client {

// Where the figures go: the columns once, before any row.
class FigureSink {
 public:
  virtual ~FigureSink() = default;
  virtual absl::Status Begin(const std::vector<std::string>& columns) = 0;
  virtual absl::Status Add(const v1::FigureRow& row) = 0;
};

// Hands `sink` the columns and each row, in the order of names; the size of the
// ledger for which they hold. An interruption before the first message is tried
// again; a later one is not, because what was handed on can't be taken back.
// DATA_LOSS with reason ANSWER_MISMATCH if a row is not of what was asked for,
// or has not a figure or a blank for each column.
absl::StatusOr<uint64_t> ReadFigureRows(const v1::ListFiguresRequest& request,
                                        Connection* connection,
                                        FigureSink* sink);

// Whether the row has a figure in the column.
bool HasFigure(const v1::FigureRow& row, size_t column);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FIGURES_FIGURE_READER_H_
