#include "client/filings/filing_reader.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "client/verify.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

absl::Status Mismatch(const std::string& what) {
  const std::string shown = PrintableLine(what);
  return VerificationFailure(
      "ANSWER_MISMATCH",
      {absl::StrCat("服务器的回答与所问不符：", shown),
       absl::StrCat("the server answered with what was not asked for: ",
                    shown)});
}

// What holds of every right answer.
absl::Status RequireAsked(const v1::Filing& filing,
                          const v1::ListFilingsRequest& request) {
  const auto agency = report::ParseAgencyName(filing.agency().name());
  if (!agency.ok() || filing.depth() < 0) return Mismatch("filing");
  const auto& states = request.states();
  if (!states.empty() &&
      std::find(states.begin(), states.end(), filing.state()) == states.end()) {
    return Mismatch(v1::FilingState_Name(filing.state()));
  }
  if (!filing.has_revision()) return absl::OkStatus();
  const std::string report =
      report::ReportName{agency->code, request.year(), v1::SCOPE_ORGAN}
          .ToString();
  const auto revision = report::ParseRevisionName(filing.revision().name());
  if (!revision.ok() || revision->report.ToString() != report) {
    return Mismatch(filing.revision().name());
  }
  return absl::OkStatus();
}

class Reading {
 public:
  Reading(const v1::ListFilingsRequest& request, Connection* connection,
          const std::function<absl::Status(const v1::Filing&)>& visit)
      : request_(request), connection_(*connection), visit_(visit) {}

  // One stream. `fault_` says what ended it for good.
  grpc::Status Read(absl::Duration time_left) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::time_point(
        absl::ToChronoTime(ledger::Clock::System()->Now() + time_left)));
    connection_.Prepare(&context);
    auto reader = connection_.supervision()->ListFilings(&context, request_);
    v1::ListFilingsResponse page;
    while (fault_.ok() && reader->Read(&page)) fault_ = Take(page);
    if (!fault_.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    return fault_.ok() ? status : grpc::Status::OK;
  }

  bool has_begun() const { return size_.has_value(); }
  const absl::Status& fault() const { return fault_; }
  std::optional<uint64_t> size() const { return size_; }

 private:
  absl::Status Take(const v1::ListFilingsResponse& page) {
    if (size_.value_or(page.tree_size()) != page.tree_size()) {
      return Mismatch(absl::StrCat("tree_size ", page.tree_size()));
    }
    size_ = page.tree_size();
    for (const v1::Filing& filing : page.filings()) {
      RETURN_IF_ERROR(RequireAsked(filing, request_));
      RETURN_IF_ERROR(visit_(filing));
    }
    return absl::OkStatus();
  }

  const v1::ListFilingsRequest& request_;
  Connection& connection_;
  const std::function<absl::Status(const v1::Filing&)>& visit_;
  std::optional<uint64_t> size_;
  absl::Status fault_;
};

}  // namespace

absl::StatusOr<uint64_t> ReadFilings(
    const v1::ListFilingsRequest& request, Connection* connection,
    const std::function<absl::Status(const v1::Filing&)>& visit) {
  Reading reading(request, connection, visit);
  absl::Status final_status;
  RETURN_IF_ERROR(
      connection->CallStream([&](absl::Duration time_left) -> Attempt {
        Attempt attempt =
            FromGrpcAttempt(reading.Read(time_left), connection->server());
        if (reading.has_begun()) {
          final_status = attempt.status;
          return Attempt{};
        }
        return attempt;
      }));
  RETURN_IF_ERROR(reading.fault());
  RETURN_IF_ERROR(final_status);
  if (!reading.size().has_value()) return Mismatch("no page");
  return *reading.size();
}

std::string AgencyCode(const v1::Agency& agency) {
  return PrintableLine(absl::StripPrefix(agency.name(), "agencies/"));
}

std::string DeadlineDay(const v1::Filing& filing) {
  return absl::FormatCivilTime(
      report::DayInShanghai(FromTimestamp(filing.deadline())));
}

int DaysLate(const v1::Filing& filing, absl::Time judged_at) {
  const absl::Time end =
      filing.has_filed_at() ? FromTimestamp(filing.filed_at()) : judged_at;
  const absl::Time deadline = FromTimestamp(filing.deadline());
  if (end <= deadline) return 0;
  return static_cast<int>(report::DayInShanghai(end) -
                          report::DayInShanghai(deadline));
}

}  // namespace annals::client
