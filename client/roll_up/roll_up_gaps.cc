#include "client/roll_up/roll_up_gaps.h"

#include <set>

#include "annals/v1/lifecycle_service.pb.h"
#include "client/answer_mismatch.h"
#include "client/filings/filing_reader.h"
#include "client/last_withdrawn.h"
#include "client/stubs.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"

namespace annals::client {
namespace {

Absence AbsenceOf(v1::FilingState state) {
  switch (state) {
    case v1::FILING_STATE_MISSING:
    case v1::FILING_STATE_DUE:
      return Absence::kNotFiled;
    case v1::FILING_STATE_WITHDRAWN:
      return Absence::kWithdrawn;
    case v1::FILING_STATE_ON_TIME:
    case v1::FILING_STATE_LATE:
    case v1::FILING_STATE_RETURNED:
      return Absence::kNotInEffect;
    default:
      return Absence::kUnknown;
  }
}

absl::StatusOr<Absence> ReadRegional(const v1::RollUpRequest& request,
                                     uint64_t tree_size,
                                     Connection* connection) {
  ASSIGN_OR_RETURN(const report::AgencyName office,
                   report::ParseAgencyName(request.agency()));
  v1::GetLifecycleRequest asked;
  asked.set_name(
      report::ReportName{office.code, request.year(), v1::SCOPE_REGIONAL}
          .ToString());
  asked.set_as_of_size(tree_size);
  const absl::StatusOr<v1::Lifecycle> life =
      connection->Call(connection->stubs().lifecycle,
                       &v1::LifecycleService::Stub::GetLifecycle, asked);
  if (!life.ok()) {
    return ErrorReason(life.status()) == "REPORT_NOT_FOUND" ? Absence::kNotFiled
                                                            : Absence::kUnknown;
  }
  if (life->report() != asked.name()) return AnswerMismatch(life->report());
  if (life->effective_revision() != 0) return Absence::kUnknown;
  return LastWithdrawn(*life) != 0 ? Absence::kWithdrawn
                                   : Absence::kNotInEffect;
}

absl::Status ReadMissing(const v1::RollUpRequest& request,
                         const v1::RollUpResponse& response,
                         Connection* connection, RollUpGaps* gaps) {
  std::set<std::string> names;
  for (const v1::Agency& agency : response.missing()) {
    names.insert(agency.name());
  }
  v1::ListFilingsRequest asked;
  asked.set_parent(request.agency());
  asked.set_year(request.year());
  asked.set_as_of_size(response.tree_size());
  const absl::StatusOr<uint64_t> read = ReadFilings(
      asked, connection, [&](const v1::Filing& filing) -> absl::Status {
        const std::string& name = filing.agency().name();
        if (names.contains(name))
          gaps->missing[name] = AbsenceOf(filing.state());
        return absl::OkStatus();
      });
  if (absl::IsDataLoss(read.status())) return read.status();
  return absl::OkStatus();
}

}  // namespace

Text AbsenceText(Absence absence) {
  switch (absence) {
    case Absence::kNotFiled:
      return {"未报送", "not filed"};
    case Absence::kNotInEffect:
      return {"已报送，未生效", "filed, not in effect"};
    case Absence::kWithdrawn:
      return {"已撤回", "withdrawn"};
    case Absence::kUnknown:
      break;
  }
  return {"未报送或未生效", "not filed or not in effect"};
}

absl::StatusOr<RollUpGaps> ReadRollUpGaps(const v1::RollUpRequest& request,
                                          const v1::RollUpResponse& response,
                                          Connection* connection) {
  RollUpGaps gaps;
  if (response.regional_revision().empty()) {
    ASSIGN_OR_RETURN(gaps.regional,
                     ReadRegional(request, response.tree_size(), connection));
  }
  if (response.missing_size() > 0) {
    RETURN_IF_ERROR(ReadMissing(request, response, connection, &gaps));
  }
  return gaps;
}

}  // namespace annals::client
