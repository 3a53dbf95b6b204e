#include "client/figures/figure_reader.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/render/printable.h"
#include "client/verify.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

absl::Status FiguresMismatch(const std::string& what) {
  const std::string shown = PrintableLine(what);
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器的回答与所问不符：", shown),
       absl::StrCat("the server answered with what was not asked for: ",
                    shown)});
}

// Ids go into files as they are.
bool IsCellId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_' ||
           c == '.';
  });
}

class FigureStream {
 public:
  FigureStream(const v1::ListFiguresRequest& request, Connection* connection,
               FigureSink* sink)
      : request_(request), connection_(*connection), sink_(*sink) {}

  // One stream. `fault` says what ended it for good.
  grpc::Status Read(absl::Duration time_left) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::time_point(
        absl::ToChronoTime(ledger::Clock::System()->Now() + time_left)));
    connection_.Prepare(&context);
    auto reader = connection_.supervision()->ListFigures(&context, request_);
    v1::ListFiguresResponse page;
    while (fault_.ok() && reader->Read(&page)) fault_ = Take(page);
    if (!fault_.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    return fault_.ok() ? status : grpc::Status::OK;
  }

  bool has_begun() const { return size_.has_value(); }
  const absl::Status& fault() const { return fault_; }
  std::optional<uint64_t> size() const { return size_; }

 private:
  absl::Status Take(const v1::ListFiguresResponse& page) {
    if (size_.value_or(page.tree_size()) != page.tree_size()) {
      return FiguresMismatch(absl::StrCat("tree_size ", page.tree_size()));
    }
    if (!size_.has_value()) {
      for (const std::string& column : page.columns()) {
        if (!IsCellId(column)) return FiguresMismatch(column);
      }
      columns_ = page.columns_size();
      size_ = page.tree_size();
      RETURN_IF_ERROR(
          sink_.Begin({page.columns().begin(), page.columns().end()}));
    } else if (page.columns_size() != 0) {
      return FiguresMismatch("columns");
    }
    for (const v1::FigureRow& row : page.rows()) {
      RETURN_IF_ERROR(RequireAsked(row));
      RETURN_IF_ERROR(sink_.Add(row));
    }
    return absl::OkStatus();
  }

  absl::Status RequireAsked(const v1::FigureRow& row) {
    const auto revision = report::ParseRevisionName(row.revision());
    if (!revision.ok() || revision->report.year != request_.year() ||
        (request_.scope() != v1::SCOPE_UNSPECIFIED &&
         revision->report.scope != request_.scope())) {
      return FiguresMismatch(row.revision());
    }
    std::string report = revision->report.ToString();
    if (report <= last_report_) return FiguresMismatch(row.revision());
    last_report_ = std::move(report);
    const int columns = row.erased() ? 0 : columns_;
    const auto present_bytes = static_cast<size_t>((columns + 7) / 8);
    if (row.values_size() != columns || row.present().size() != present_bytes) {
      return FiguresMismatch(row.revision());
    }
    return absl::OkStatus();
  }

  const v1::ListFiguresRequest& request_;
  Connection& connection_;
  FigureSink& sink_;
  int columns_ = 0;
  std::string last_report_;
  std::optional<uint64_t> size_;
  absl::Status fault_;
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
  FigureStream stream(request, connection, sink);
  absl::Status final_status;
  RETURN_IF_ERROR(
      connection->CallStream([&](absl::Duration time_left) -> Attempt {
        Attempt attempt =
            FromGrpcAttempt(stream.Read(time_left), connection->server());
        if (stream.has_begun()) {
          final_status = attempt.status;
          return Attempt{};
        }
        return attempt;
      }));
  RETURN_IF_ERROR(stream.fault());
  RETURN_IF_ERROR(final_status);
  if (!stream.size().has_value()) return FiguresMismatch("no page");
  return *stream.size();
}

}  // namespace annals::client
