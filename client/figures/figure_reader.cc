#include "client/figures/figure_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "client/answer_mismatch.h"
#include "client/page_stream.h"
#include "client/stubs.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

// Ids go into files as they are.
bool IsCellId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_' ||
           c == '.';
  });
}

// What holds of the pages of a right answer, in their order.
class FigurePages {
 public:
  FigurePages(const v1::ListFiguresRequest& request, FigureSink* sink)
      : request_(request), sink_(*sink) {}

  absl::Status Take(const v1::ListFiguresResponse& page) {
    if (!columns_.has_value()) {
      for (const std::string& column : page.columns()) {
        if (!IsCellId(column)) return AnswerMismatch(column);
      }
      columns_ = page.columns_size();
      RETURN_IF_ERROR(
          sink_.Begin({page.columns().begin(), page.columns().end()}));
    } else if (page.columns_size() != 0) {
      return AnswerMismatch("columns");
    }
    for (const v1::FigureRow& row : page.rows()) {
      RETURN_IF_ERROR(RequireAsked(row));
      RETURN_IF_ERROR(sink_.Add(row));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RequireAsked(const v1::FigureRow& row) {
    const auto revision = report::ParseRevisionName(row.revision());
    if (!revision.ok() || revision->report.year != request_.year() ||
        (request_.scope() != v1::SCOPE_UNSPECIFIED &&
         revision->report.scope != request_.scope())) {
      return AnswerMismatch(row.revision());
    }
    std::string report = revision->report.ToString();
    if (report <= last_report_) return AnswerMismatch(row.revision());
    last_report_ = std::move(report);
    const int columns = row.erased() ? 0 : *columns_;
    const auto present_bytes = static_cast<size_t>((columns + 7) / 8);
    if (row.values_size() != columns || row.present().size() != present_bytes) {
      return AnswerMismatch(row.revision());
    }
    return absl::OkStatus();
  }

  const v1::ListFiguresRequest& request_;
  FigureSink& sink_;
  // Of the first page.
  std::optional<int> columns_;
  std::string last_report_;
};

}  // namespace

bool HasFigure(const v1::FigureRow& row, size_t column) {
  const size_t byte = column / 8;
  return byte < row.present().size() &&
         (static_cast<unsigned char>(row.present()[byte]) >> (column % 8) &
          1) != 0;
}

absl::StatusOr<uint64_t> ReadFigureRows(const v1::ListFiguresRequest& request,
                                        Connection* connection,
                                        FigureSink* sink) {
  FigurePages pages(request, sink);
  return ReadPages<v1::ListFiguresResponse>(
      connection,
      [&](grpc::ClientContext* context) {
        return connection->stubs().supervision->ListFigures(context, request);
      },
      [&](const v1::ListFiguresResponse& page) { return pages.Take(page); });
}

}  // namespace annals::client
