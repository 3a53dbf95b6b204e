#include "service/life_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/leaf_codec.h"
#include "service/report/correction_statement.h"
#include "service/report/days.h"
#include "service/request.h"

namespace annals {
namespace {

absl::Status OtherStep(uint64_t index, absl::string_view report) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("The index names ledger entry ", index, " as a step of ",
                    report,
                    ", and it is none or another one; start annalsd "
                    "with --rebuild_indexes."),
       absl::StrCat("索引把账本条目 ", index, " 当作 ", report,
                    " 的一个办理环节，但它不是，或是另一个；请用 "
                    "--rebuild_indexes 启动 annalsd。")});
}

// Adds a revision to the last period, or a new one if the policy is another.
void AddPeriod(int32_t number, const GoverningPolicy& policy,
               std::vector<v1::PolicyPeriod>* periods) {
  v1::PolicyPeriod period;
  period.set_first_revision(number);
  period.set_policy_agency(policy.office());
  if (policy.entry.has_value()) period.set_entry_index(policy.entry->index());
  period.set_effective_after(policy.policy.effective_after());
  const bool is_same =
      !periods->empty() &&
      periods->back().has_entry_index() == period.has_entry_index() &&
      periods->back().entry_index() == period.entry_index();
  if (!is_same) periods->push_back(std::move(period));
}

}  // namespace

v1::LifecycleStep ToLifecycleStep(const v1::LedgerEntry& entry) {
  v1::LifecycleStep step;
  *step.mutable_step() = entry.step_taken();
  *step.mutable_actor() = entry.actor();
  step.set_reason(entry.reason());
  *step.mutable_recorded_at() = entry.recorded_at();
  step.set_entry_index(entry.index());
  return step;
}

v1::Policy ToPolicy(const v1::LedgerEntry& entry) {
  v1::Policy policy;
  policy.set_agency(entry.policy_set().agency());
  *policy.mutable_policy() = entry.policy_set().policy();
  *policy.mutable_recorded_at() = entry.recorded_at();
  policy.set_entry_index(entry.index());
  return policy;
}

RegisterMoment LifeReader::Now() const {
  return {ledger_.checkpoint()->checkpoint.size,
          report::DayInShanghai(clock_.Now())};
}

template <typename Request>
absl::StatusOr<RegisterMoment> LifeReader::MomentFor(
    const Request& request) const {
  RegisterMoment moment = Now();
  ASSIGN_OR_RETURN(moment.size, as_of_.SizeFor(request));
  if (request.has_as_of()) {
    moment.day = report::DayInShanghai(FromTimestamp(request.as_of()));
  } else if (request.as_of_size() != 0) {
    ASSIGN_OR_RETURN(const absl::Time time, as_of_.RecordedAt(moment.size));
    moment.day = report::DayInShanghai(time);
  }
  return moment;
}

absl::StatusOr<RegisterMoment> LifeReader::MomentOf(
    const v1::GetLifecycleRequest& request) const {
  return MomentFor(request);
}

absl::StatusOr<std::vector<LifeReader::Place>> LifeReader::ReadPlaces(
    std::string stream, uint64_t size) const {
  std::vector<Place> places;
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_.FindStreamEndAsOf(stream, size));
  if (!end.has_value()) return places;
  ASSIGN_OR_RETURN(const std::vector<ledger::StreamEntry> entries,
                   ledger_.ReadStream({std::move(stream), 0, end->length}));
  for (const ledger::StreamEntry& entry : entries) {
    places.push_back({entry.index, entry.recorded_at});
  }
  return places;
}

absl::Status LifeReader::AddRevision(const Place& place,
                                     RecordedLife* life) const {
  ASSIGN_OR_RETURN(const bool has_policy,
                   horizon_.HasPolicyBefore(place.index));
  if (!has_policy) {
    life->life.AddRevision(v1::STEP_UNSPECIFIED);
    life->policy_of_latest.Clear();
    AddPeriod(life->life.latest(), GoverningPolicy(), &life->periods);
    return absl::OkStatus();
  }
  const RegisterMoment then = {place.index,
                               report::DayInShanghai(place.recorded_at)};
  ASSIGN_OR_RETURN(
      const OfficePath path,
      policies_.ReadPath(
          report::AgencyName{life->report.agency_code}.ToString(), then));
  ASSIGN_OR_RETURN(const GoverningPolicy policy,
                   policies_.FindFor(path, then.size));
  v1::Step effective_after = policy.policy.effective_after();
  if (effective_after != v1::STEP_UNSPECIFIED) {
    ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                     ReadDecodedLeaf(place.index, &ledger_));
    effective_after =
        report::EffectiveAfter(entry.revision_recorded(), effective_after);
  }
  life->life.AddRevision(effective_after);
  AddPeriod(life->life.latest(), policy, &life->periods);
  life->policy_of_latest = policy.policy;
  return absl::OkStatus();
}

absl::Status LifeReader::AddStep(const Place& place, RecordedLife* life) const {
  ASSIGN_OR_RETURN(v1::LedgerEntry entry,
                   ReadDecodedLeaf(place.index, &ledger_));
  const v1::StepTaken& event = entry.step_taken();
  if (event.report() != life->report.ToString() ||
      event.position() != static_cast<int32_t>(life->steps.size()) + 1) {
    return OtherStep(place.index, life->report.ToString());
  }
  life->life.AddStep(event.number(), event.step(), entry.actor().subject());
  life->steps.push_back(std::move(entry));
  return absl::OkStatus();
}

absl::Status LifeReader::NotFound(const std::string& report,
                                  uint64_t size) const {
  return size == ledger_.checkpoint()->checkpoint.size
             ? ReportNotFound(report)
             : ReportNotFoundAsOf(report);
}

absl::StatusOr<RecordedLife> LifeReader::Read(const report::ReportName& report,
                                              uint64_t size) const {
  const std::string name = report.ToString();
  ASSIGN_OR_RETURN(const std::vector<Place> revisions, ReadPlaces(name, size));
  if (revisions.empty()) return NotFound(name, size);
  ASSIGN_OR_RETURN(const std::vector<Place> steps,
                   ReadPlaces(StepStream(name), size));
  RecordedLife life;
  life.report = report;
  size_t next_step = 0;
  for (size_t next = 0; next < revisions.size() || next_step < steps.size();) {
    const bool is_revision = next_step == steps.size() ||
                             (next < revisions.size() &&
                              revisions[next].index < steps[next_step].index);
    const Place& place = is_revision ? revisions[next++] : steps[next_step++];
    const int32_t effective = life.life.effective();
    RETURN_IF_ERROR(is_revision ? AddRevision(place, &life)
                                : AddStep(place, &life));
    if (life.life.effective() == effective) continue;
    life.effective_since = place.recorded_at;
    if (!is_revision) life.decisive_steps.push_back(life.steps.size() - 1);
  }
  return life;
}

absl::StatusOr<GovernedLife> LifeReader::ReadGoverned(
    const report::ReportName& report, const RegisterMoment& moment) const {
  GovernedLife life;
  ASSIGN_OR_RETURN(life.recorded, Read(report, moment.size));
  ASSIGN_OR_RETURN(
      life.path,
      policies_.ReadPath(report::AgencyName{report.agency_code}.ToString(),
                         moment));
  ASSIGN_OR_RETURN(life.policy, policies_.FindFor(life.path, moment.size));
  report::AddAwaitedStep(life.recorded.life, life.recorded.policy_of_latest,
                         &life.policy.policy);
  return life;
}

// Empty if nothing was corrected, or a content was erased.
absl::StatusOr<std::string> LifeReader::StatementOf(
    const RecordedLife& life) const {
  const int32_t after = life.life.effective();
  const int32_t before = life.life.EffectiveBefore(after);
  if (before == 0) return std::string();
  const std::string name = life.report.ToString();
  ASSIGN_OR_RETURN(const RecordedRevision older,
                   history_.Read(name, before, WithContent::kYes));
  ASSIGN_OR_RETURN(const RecordedRevision newer,
                   history_.Read(name, after, WithContent::kYes));
  if (older.erasure.has_value() || newer.erasure.has_value()) {
    return std::string();
  }
  ASSIGN_OR_RETURN(const v1::RevisionContent was, DecodeContent(older));
  ASSIGN_OR_RETURN(const v1::RevisionContent is, DecodeContent(newer));
  report::EffectiveCorrection correction;
  correction.before = &was.report();
  correction.after = &is.report();
  correction.day = report::DayInShanghai(life.effective_since);
  correction.reason_code = newer.entry.revision_recorded().reason_code();
  correction.reason = newer.entry.reason();
  return report::CorrectionStatement(correction);
}

absl::StatusOr<v1::Lifecycle> LifeReader::ToMessage(
    const GovernedLife& governed) const {
  const RecordedLife& recorded = governed.recorded;
  const report::ReportLife& life = recorded.life;
  v1::Lifecycle message;
  message.set_report(recorded.report.ToString());
  message.set_latest_revision(life.latest());
  message.set_effective_revision(life.effective());
  message.set_state(life.LastStep(life.latest()));
  for (v1::StepRule& rule : life.Legal(governed.policy.policy, life.latest())) {
    *message.add_next() = std::move(rule);
  }
  for (const v1::LedgerEntry& step : recorded.steps) {
    *message.add_steps() = ToLifecycleStep(step);
  }
  message.set_policy_agency(governed.policy.office());
  if (governed.policy.entry.has_value()) {
    message.set_policy_entry_index(governed.policy.entry->index());
  }
  for (const v1::PolicyPeriod& period : recorded.periods) {
    *message.add_periods() = period;
  }
  ASSIGN_OR_RETURN(*message.mutable_correction_statement(),
                   StatementOf(recorded));
  return message;
}

absl::StatusOr<v1::Policy> LifeReader::GetPolicy(
    const v1::GetPolicyRequest& request) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   report::ParseAgencyName(request.agency()));
  ASSIGN_OR_RETURN(const RegisterMoment moment, MomentFor(request));
  ASSIGN_OR_RETURN(const OfficePath path,
                   policies_.ReadPath(agency.ToString(), moment));
  if (path.offices.empty()) {
    ASSIGN_OR_RETURN(const uint64_t states_now,
                     ledger_.LengthOf(agency.ToString()));
    return states_now > 0 ? NoAgencyYet(agency.ToString())
                          : AgencyNotFound(agency.ToString());
  }
  ASSIGN_OR_RETURN(const GoverningPolicy found,
                   policies_.FindFor(path, moment.size));
  if (found.entry.has_value()) return ToPolicy(*found.entry);
  v1::Policy policy;
  *policy.mutable_policy() = found.policy;
  return policy;
}

}  // namespace annals
