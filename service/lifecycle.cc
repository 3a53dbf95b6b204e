#include "service/lifecycle.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/agency_states.h"
#include "service/leaf_codec.h"
#include "service/life_request.h"
#include "service/report/days.h"
#include "service/report/names.h"
#include "service/report/review_policy.h"
#include "service/report/schema.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr absl::string_view kStepMethod = "annals.v1.LifecycleService/TakeStep";
constexpr absl::string_view kPolicyMethod =
    "annals.v1.LifecycleService/SetPolicy";
// Each conflict means that something else was recorded.
constexpr int kAttemptsMax = 16;

using report::Language;

// `is_proved`: a certificate says for whom the caller acts.
absl::Status WrongParty(const v1::StepRule& rule, const std::string& report,
                        const std::string& acting_for, bool is_proved) {
  const std::string who_en = report::EnumLabel(rule.party(), Language::kEn);
  const std::string who_zh = report::EnumLabel(rule.party(), Language::kZh);
  const std::string step_en = report::EnumLabel(rule.step(), Language::kEn);
  const std::string step_zh = report::EnumLabel(rule.step(), Language::kZh);
  absl::Status status = MakeError(
      absl::StatusCode::kPermissionDenied, "WRONG_PARTY",
      {absl::StrCat("For ", report, " the step \"", step_en, "\" is left to ",
                    who_en, ", and ",
                    acting_for.empty() ? "the request names nobody to act for"
                                       : absl::StrCat(acting_for, " is not"),
                    is_proved
                        ? "; your certificate says that you act for it, so "
                          "this step is for somebody of the other party."
                        : "; say in acting_for for whom you act."),
       absl::StrCat(report, " 的“", step_zh, "”须由", who_zh, "办理，而",
                    acting_for.empty() ? std::string("请求未写明代表谁")
                                       : absl::StrCat(acting_for, " 不是"),
                    is_proved
                        ? "；证书表明您代表该机关，这一环节须由那一方的人办理。"
                        : "；请在 acting_for 写明所代表的机关。")});
  AddErrorMetadata("party", v1::Party_Name(rule.party()), &status);
  return status;
}

absl::Status LifeMoved(absl::string_view report) {
  return MakeError(
      absl::StatusCode::kAborted, "TOO_MANY_CONFLICTS",
      {absl::StrCat("Others kept changing what the steps of ", report,
                    " rest on; nothing was recorded. Try again."),
       absl::StrCat(report,
                    " 的办理依据不断被他人更新，本次未记录，请重试。")});
}

absl::Status PolicyMoved(absl::string_view agency) {
  return MakeError(
      absl::StatusCode::kAborted, "POLICY_MOVED",
      {absl::StrCat("Another policy of ", agency,
                    " was set at the same time; nothing was recorded. Look at "
                    "it, and try again."),
       absl::StrCat(agency,
                    " 的办理规程同时被他人设定，本次未记录；请查看后"
                    "重试。")});
}

absl::Status NoPolicy(absl::string_view agency) {
  return MakeError(
      absl::StatusCode::kNotFound, "POLICY_NOT_FOUND",
      {absl::StrCat(agency, " has no policy of its own to be removed."),
       absl::StrCat(agency, " 没有自己的办理规程可取消。")});
}

v1::LedgerEntry NewEntry(const CallerIdentity& caller,
                         const std::string& reason,
                         const std::string& request_id) {
  v1::LedgerEntry entry;
  *entry.mutable_actor() = ActorOf(caller);
  entry.set_reason(reason);
  entry.set_request_id(request_id);
  return entry;
}

// Nothing is published before the day has come.
absl::Status RequireNotAhead(const v1::TakeStepRequest& request,
                             absl::CivilDay today) {
  const auto day = report::CivilDayOf(request.publication().date());
  if (!request.publication().has_date() || !day.has_value() || *day <= today) {
    return absl::OkStatus();
  }
  const std::string text = absl::FormatCivilTime(*day);
  return InvalidField(
      "INVALID_VALUE", "publication.date",
      absl::StrCat("is ", text,
                   ", a day that has not come yet; record the "
                   "publication when it has"),
      absl::StrCat("为 ", text, "，尚未到来；请在公开之后再登记"));
}

// A certificate says for whom its holder acts.
absl::Status SpeakForOwnAgency(const CallerIdentity& caller,
                               v1::TakeStepRequest* request) {
  if (caller.agency_code.empty()) return absl::OkStatus();
  const std::string own = report::AgencyName{caller.agency_code}.ToString();
  if (!request->acting_for().empty() && request->acting_for() != own) {
    return MakeError(
        absl::StatusCode::kPermissionDenied, "WRONG_PARTY",
        {absl::StrCat("Your certificate says that you act for ", own,
                      ", so nothing else may stand in acting_for; leave it "
                      "out, or come with a certificate of the other agency."),
         absl::StrCat(
             "您的证书表明您代表 ", own,
             "，acting_for 不能另填；请留空，或使用另一机关的证书。")});
  }
  request->set_acting_for(own);
  return absl::OkStatus();
}

// Who is controlled makes no rules for itself: policies are made by those who
// govern, for themselves and all below them.
absl::Status RequireMayGovern(const CallerIdentity& caller,
                              const v1::Agency& agency) {
  const bool governs = agency.kind() == v1::AGENCY_KIND_GOVERNMENT ||
                       agency.kind() == v1::AGENCY_KIND_GOVERNMENT_OFFICE;
  if (!caller.role.has_value() || governs || agency.supervisor().empty() ||
      agency.name() != report::AgencyName{caller.agency_code}.ToString()) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kPermissionDenied, "POLICY_OF_SUPERVISED",
      {absl::StrCat("The policy for ", agency.name(),
                    " is set by an office above it (", agency.supervisor(),
                    "), not by itself."),
       absl::StrCat(agency.name(), " 的规程由其上级（", agency.supervisor(),
                    "）设定，不由其自行设定。")});
}

// Whether whoever acts for `acting_for` is the party that the rule asks for.
bool IsParty(const v1::StepRule& rule, const OfficePath& path,
             const std::string& acting_for, absl::CivilDay day) {
  if (rule.party() == v1::PARTY_UNSPECIFIED) return true;
  const auto found = std::find_if(
      path.offices.begin(), path.offices.end(),
      [&](const v1::Agency& office) { return office.name() == acting_for; });
  if (found == path.offices.end()) return false;
  const bool is_own = found == path.offices.begin();
  if (rule.party() == v1::PARTY_AGENCY) return is_own;
  return !is_own && ExistsOn(*found, day);
}

}  // namespace

// One request on its way to the ledger.
struct LifeRecorder::StepTask {
  CallerIdentity caller;
  v1::TakeStepRequest request;
  report::RevisionName name;
  ledger::Hash digest = {};
  int attempts = 0;
  StepCallback done;
};

void LifeRecorder::TakeStep(const CallerIdentity& caller,
                            v1::TakeStepRequest request, StepCallback done) {
  auto task = std::make_unique<StepTask>();
  task->caller = caller;
  const absl::Status valid = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(std::string request_id,
                     NormalizeRequestId(request.request_id()));
    ASSIGN_OR_RETURN(task->name, report::ParseRevisionName(request.name()));
    RETURN_IF_ERROR(ValidateStep(request));
    if (!request.acting_for().empty()) {
      RETURN_IF_ERROR(report::ParseAgencyName(request.acting_for()).status());
    }
    request.clear_request_id();
    task->digest = RequestDigest(kStepMethod, request);
    request.set_request_id(std::move(request_id));
    return SpeakForOwnAgency(caller, &request);
  }();
  if (!valid.ok()) return std::move(done)(valid);
  task->request = std::move(request);
  task->done = std::move(done);
  Attempt(std::move(task));
}

bool LifeRecorder::AnswerRecorded(StepTask* task) {
  const auto recorded = parts_.ledger->FindRequest(
      task->caller.subject, task->request.request_id(), task->digest);
  if (recorded.ok() && !recorded->has_value()) return false;
  if (recorded.ok()) {
    std::move(task->done)(AnswerOf((*recorded)->index));
  } else {
    std::move(task->done)(recorded.status());
  }
  return true;
}

absl::Status LifeRecorder::RequireAllowed(const StepTask& task,
                                          const GovernedLife& life) const {
  const report::ReportLife& steps = life.recorded.life;
  const v1::TakeStepRequest& request = task.request;
  const int32_t revision = task.name.number;
  if (revision > steps.latest()) {
    return history_
        .Read(task.name.report.ToString(), revision, WithContent::kNo)
        .status();
  }
  RETURN_IF_ERROR(report::RequireLegalStep(steps, life.policy.policy,
                                           request.step(), revision));
  RETURN_IF_ERROR(RequireNotAhead(request, parts_.reader->Now().day));
  const v1::StepRule& rule =
      *report::FindStepRule(life.policy.policy, request.step());
  if (!request.acting_for().empty()) {
    ASSIGN_OR_RETURN(const uint64_t states,
                     parts_.ledger->LengthOf(request.acting_for()));
    if (states == 0) return AgencyNotFound(request.acting_for());
  }
  if (!IsParty(rule, life.path, request.acting_for(),
               parts_.reader->Now().day)) {
    return WrongParty(rule, task.name.report.ToString(), request.acting_for(),
                      !task.caller.agency_code.empty());
  }
  return report::RequireOtherPerson(steps, rule, revision, task.caller.subject);
}

absl::StatusOr<ledger::AppendRequest> LifeRecorder::Prepare(
    const StepTask& task) const {
  const std::string report = task.name.report.ToString();
  ASSIGN_OR_RETURN(
      const GovernedLife life,
      parts_.reader->ReadGoverned(task.name.report, parts_.reader->Now()));
  RETURN_IF_ERROR(RequireAllowed(task, life));
  const v1::TakeStepRequest& request = task.request;
  v1::LedgerEntry entry =
      NewEntry(task.caller, request.reason(), request.request_id());
  entry.mutable_actor()->set_agency(request.acting_for());
  v1::StepTaken* const event = entry.mutable_step_taken();
  event->set_report(report);
  event->set_number(task.name.number);
  event->set_step(request.step());
  if (request.has_publication()) {
    *event->mutable_publication() = request.publication();
  }
  const size_t steps = life.recorded.steps.size();
  event->set_position(static_cast<int32_t>(steps) + 1);
  ledger::AppendRequest append;
  append.caller = task.caller.subject;
  append.request_id = request.request_id();
  append.request_digest = task.digest;
  append.stream = {StepStream(report), steps};
  append.unchanged = life.path.relied_on;
  append.unchanged.insert(append.unchanged.end(), life.policy.relied_on.begin(),
                          life.policy.relied_on.end());
  append.unchanged.push_back(
      {report, static_cast<uint64_t>(life.recorded.life.latest())});
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  return append;
}

void LifeRecorder::Attempt(std::unique_ptr<StepTask> task) {
  if (AnswerRecorded(task.get())) return;
  absl::StatusOr<ledger::AppendRequest> append = Prepare(*task);
  if (!append.ok()) return std::move(task->done)(append.status());
  parts_.ledger->Append(
      *std::move(append),
      [this, task = std::move(task)](
          absl::StatusOr<ledger::AppendResult> result) mutable {
        Settle(std::move(task), std::move(result));
      });
}

// On the sequencer's thread: what needs storage goes on on a worker's.
void LifeRecorder::Settle(std::unique_ptr<StepTask> task,
                          absl::StatusOr<ledger::AppendResult> result) {
  const bool was_moved = !result.ok() && absl::IsAborted(result.status());
  if (!result.ok() && !was_moved) {
    return std::move(task->done)(result.status());
  }
  if (was_moved && ++task->attempts >= kAttemptsMax) {
    return std::move(task->done)(LifeMoved(task->name.report.ToString()));
  }
  parts_.workers->PostContinuation(
      [this, task = std::move(task),
       result = std::move(result)](const absl::Status& status) mutable {
        if (!status.ok()) return std::move(task->done)(status);
        if (!result.ok()) return Attempt(std::move(task));
        std::move(task->done)(AnswerOf(result->index));
      });
}

absl::StatusOr<v1::TakeStepResponse> LifeRecorder::AnswerOf(
    uint64_t index) const {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   ReadDecodedLeaf(index, parts_.ledger));
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(entry.step_taken().report()));
  const RegisterMoment then = {
      index + 1, report::DayInShanghai(FromTimestamp(entry.recorded_at()))};
  ASSIGN_OR_RETURN(const GovernedLife life,
                   parts_.reader->ReadGoverned(report, then));
  v1::TakeStepResponse response;
  *response.mutable_step() = ToLifecycleStep(entry);
  ASSIGN_OR_RETURN(*response.mutable_lifecycle(),
                   parts_.reader->ToMessage(life));
  response.set_checkpoint(parts_.ledger->checkpoint()->note);
  return response;
}

absl::StatusOr<ledger::AppendRequest> LifeRecorder::PreparePolicy(
    const CallerIdentity& caller, const v1::SetPolicyRequest& request) const {
  const std::string& agency = request.agency();
  ASSIGN_OR_RETURN(
      const std::optional<RecordedAgency> state,
      AgencyStates(parts_.ledger)
          .FindLatest(agency, parts_.ledger->checkpoint()->checkpoint.size));
  if (!state.has_value()) return AgencyNotFound(agency);
  RETURN_IF_ERROR(RequireMayGovern(caller, state->agency));
  ledger::AppendRequest append;
  append.unchanged.push_back({agency, static_cast<uint64_t>(state->number)});
  append.stream.stream = PolicyStream(agency);
  ASSIGN_OR_RETURN(append.stream.length,
                   parts_.ledger->LengthOf(append.stream.stream));
  if (!request.has_policy()) {
    const ReviewPolicies policies(parts_.ledger);
    ASSIGN_OR_RETURN(
        const auto own,
        policies.FindOwn(agency, parts_.ledger->checkpoint()->checkpoint.size));
    if (!own.has_value()) return NoPolicy(agency);
  }
  v1::LedgerEntry entry =
      NewEntry(caller, request.reason(), request.request_id());
  v1::PolicySet* const event = entry.mutable_policy_set();
  event->set_agency(agency);
  if (request.has_policy()) *event->mutable_policy() = request.policy();
  event->set_number(static_cast<int32_t>(append.stream.length) + 1);
  append.make_leaf =
      [entry = std::move(entry)](const ledger::LeafContext& context) {
        return EncodeLeaf(entry, context);
      };
  return append;
}

// A removal is answered with what it recorded, too: without a policy.
absl::StatusOr<v1::Policy> LifeRecorder::PolicyAnswerOf(
    uint64_t index, const std::string& leaf) const {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
  v1::Policy policy = ToPolicy(entry);
  if (!entry.policy_set().has_policy()) policy.clear_policy();
  return policy;
}

void LifeRecorder::SetPolicy(const CallerIdentity& caller,
                             v1::SetPolicyRequest request,
                             PolicyCallback done) {
  ledger::AppendRequest bound;
  const absl::Status valid = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(bound.request_id,
                     NormalizeRequestId(request.request_id()));
    RETURN_IF_ERROR(report::ParseAgencyName(request.agency()).status());
    RETURN_IF_ERROR(ValidatePolicySetting(request));
    request.clear_request_id();
    bound.request_digest = RequestDigest(kPolicyMethod, request);
    request.set_request_id(bound.request_id);
    return absl::OkStatus();
  }();
  if (!valid.ok()) return std::move(done)(valid);
  const auto recorded = parts_.ledger->FindRequest(
      caller.subject, bound.request_id, bound.request_digest);
  if (!recorded.ok()) return std::move(done)(recorded.status());
  if (recorded->has_value()) {
    return std::move(done)(
        PolicyAnswerOf((*recorded)->index, (*recorded)->leaf));
  }
  absl::StatusOr<ledger::AppendRequest> append = PreparePolicy(caller, request);
  if (!append.ok()) return std::move(done)(append.status());
  append->caller = caller.subject;
  append->request_id = bound.request_id;
  append->request_digest = bound.request_digest;
  parts_.ledger->Append(
      *std::move(append),
      [this, agency = request.agency(), done = std::move(done)](
          absl::StatusOr<ledger::AppendResult> result) mutable {
        if (result.ok()) {
          return std::move(done)(PolicyAnswerOf(result->index, result->leaf));
        }
        std::move(done)(absl::IsAborted(result.status()) ? PolicyMoved(agency)
                                                         : result.status());
      });
}

}  // namespace annals
