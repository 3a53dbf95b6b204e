#include "client/filings/filing_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/answer_mismatch.h"
#include "client/page_stream.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "ledger/status_macros.h"
#include "service/report/days.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

// What holds of every right answer.
absl::Status RequireAsked(const v1::Filing& filing,
                          const v1::ListFilingsRequest& request) {
  const auto agency = report::ParseAgencyName(filing.agency().name());
  if (!agency.ok() || filing.depth() < 0) return AnswerMismatch("filing");
  const auto& states = request.states();
  if (!states.empty() &&
      std::find(states.begin(), states.end(), filing.state()) == states.end()) {
    return AnswerMismatch(v1::FilingState_Name(filing.state()));
  }
  if (!filing.has_revision()) return absl::OkStatus();
  const std::string report =
      report::ReportName{agency->code, request.year(), v1::SCOPE_ORGAN}
          .ToString();
  const auto revision = report::ParseRevisionName(filing.revision().name());
  if (!revision.ok() || revision->report.ToString() != report) {
    return AnswerMismatch(filing.revision().name());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<uint64_t> ReadFilings(
    const v1::ListFilingsRequest& request, Connection* connection,
    const std::function<absl::Status(const v1::Filing&)>& visit) {
  return ReadPages<v1::ListFilingsResponse>(
      connection,
      [&](grpc::ClientContext* context) {
        return connection->stubs().supervision->ListFilings(context, request);
      },
      [&](const v1::ListFilingsResponse& page) -> absl::Status {
        for (const v1::Filing& filing : page.filings()) {
          RETURN_IF_ERROR(RequireAsked(filing, request));
          RETURN_IF_ERROR(visit(filing));
        }
        return absl::OkStatus();
      });
}

std::string AgencyCode(const v1::Agency& agency) {
  return PrintableLine(absl::StripPrefix(agency.name(), "agencies/"));
}

std::string DeadlineDay(const v1::Filing& filing) {
  return absl::FormatCivilTime(
      report::DayInShanghai(FromTimestamp(filing.deadline())));
}

int DaysLate(const v1::Filing& filing, absl::Time judged_at) {
  if (!filing.has_filed_at()) return DaysOverdue(filing, judged_at);
  absl::Time end = FromTimestamp(filing.filed_at());
  if (filing.has_published_on()) {
    const auto day = report::CivilDayOf(filing.published_on());
    if (day.has_value()) end = report::StartInShanghai(*day);
  }
  return DaysOverdue(filing, end);
}

int DaysOverdue(const v1::Filing& filing, absl::Time judged_at) {
  const absl::Time deadline = FromTimestamp(filing.deadline());
  if (judged_at <= deadline) return 0;
  return static_cast<int>(report::DayInShanghai(judged_at) -
                          report::DayInShanghai(deadline));
}

}  // namespace annals::client
