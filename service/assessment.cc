#include "service/assessment.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/report/finding_value.h"
#include "service/report/schema.h"
#include "service/request.h"

namespace annals {
namespace {

// More agencies than a regional report is checked against: a submission must
// not wait for longer.
constexpr size_t kPartsMax = 2000;

// Which revision an assessment is asked for.
struct Asked {
  report::ReportName report;
  std::optional<int64_t> number;  // Absent for the latest.
};

absl::StatusOr<Asked> ParseAsked(const std::string& name) {
  if (absl::StrContains(name, "/revisions/")) {
    ASSIGN_OR_RETURN(const report::RevisionName revision,
                     report::ParseRevisionName(name));
    return Asked{revision.report, revision.number};
  }
  ASSIGN_OR_RETURN(report::ReportName report, report::ParseReportName(name));
  return Asked{std::move(report), std::nullopt};
}

// The same rule on the same cells, failed in `check`; null if there is none.
const v1::Finding* FindFailed(const v1::Finding& finding,
                              const v1::CheckResult& check) {
  const auto found =
      std::find_if(check.findings().begin(), check.findings().end(),
                   [&finding](const v1::Finding& other) {
                     return other.outcome() == v1::OUTCOME_FAIL &&
                            other.rule_id() == finding.rule_id() &&
                            other.fingerprint() == finding.fingerprint();
                   });
  return found == check.findings().end() ? nullptr : &*found;
}

// The findings that fail in one check and not in the other.
void AddFailedOnlyIn(const v1::CheckResult& check, const v1::CheckResult& other,
                     google::protobuf::RepeatedPtrField<v1::Finding>* only) {
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL) continue;
    if (FindFailed(finding, other) == nullptr) *only->Add() = finding;
  }
}

template <typename Message>
bool HaveSameValue(const Message& left, const Message& right) {
  return left.has_value() == right.has_value() &&
         report::ValueOf(left) == report::ValueOf(right);
}

// Rules that compare no sums leave both sides without one, and name figures.
bool HaveSameFigures(const v1::Side& left, const v1::Side& right) {
  if (left.has_value() || right.has_value()) return HaveSameValue(left, right);
  return std::equal(left.terms().begin(), left.terms().end(),
                    right.terms().begin(), right.terms().end(),
                    [](const v1::Term& a, const v1::Term& b) {
                      return a.cell() == b.cell() && HaveSameValue(a, b);
                    });
}

// Findings that fail in both checks, with other figures. What the prose rules
// measure stands in their words only, which are compared if no other version of
// the rules may have worded them.
void AddChanged(const v1::CheckResult& recorded, const v1::CheckResult& now,
                google::protobuf::RepeatedPtrField<v1::FindingChange>* all) {
  const bool are_same_rules =
      recorded.rule_set_version() == now.rule_set_version();
  for (const v1::Finding& finding : now.findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL) continue;
    const v1::Finding* before = FindFailed(finding, recorded);
    if (before == nullptr) continue;
    const bool is_same =
        HaveSameFigures(before->left(), finding.left()) &&
        HaveSameFigures(before->right(), finding.right()) &&
        (!are_same_rules || before->message().zh() == finding.message().zh());
    if (is_same) continue;
    v1::FindingChange* change = all->Add();
    *change->mutable_recorded() = *before;
    *change->mutable_now() = finding;
  }
}

report::ReportName NextYear(report::ReportName name) {
  ++name.year;
  return name;
}

}  // namespace

// What a report is checked against besides itself, kept alive for the check.
struct Assessor::Surroundings {
  // Last year's report, and what it was decided by; or the one given for it.
  std::optional<report::ReportView> recorded_previous;
  const report::ReportView* previous = nullptr;
  std::vector<ledger::StreamLength> previous_decided_by;
  std::optional<v1::Agency> agency;
  std::optional<std::vector<report::PartReport>> parts;
  // What the parts point to.
  std::vector<std::unique_ptr<const report::ReportView>> part_reports;
};

namespace {

absl::StatusOr<report::ReportView> ViewOf(const RecordedRevision& revision) {
  ASSIGN_OR_RETURN(const v1::RevisionContent content, DecodeContent(revision));
  return report::ReportView::Of(content.report());
}

// Few reports need the agency: those of a region, and those with rules.
bool NeedsAgency(const report::ReportView& report) {
  static const std::vector<report::CellIndex> regulations = [] {
    std::vector<report::CellIndex> cells;
    const auto& infos = report::Schema::Get().cells();
    for (size_t i = 0; i < infos.size(); ++i) {
      if (infos[i].row->name() == "regulations") {
        cells.push_back(static_cast<report::CellIndex>(i));
      }
    }
    return cells;
  }();
  return report.head().scope() == v1::SCOPE_REGIONAL ||
         std::any_of(
             regulations.begin(), regulations.end(),
             [&report](report::CellIndex cell) {
               return report.cells()[static_cast<size_t>(cell)].value_or(0) > 0;
             });
}

}  // namespace

// nullopt if it was erased: that counts as missing.
absl::StatusOr<std::optional<report::ReportView>> Assessor::ReadRevision(
    const report::ReportName& name, int64_t number) const {
  ASSIGN_OR_RETURN(const RecordedRevision revision,
                   history_.Read(name.ToString(), number, WithContent::kYes));
  if (revision.erasure.has_value()) return std::nullopt;
  return ViewOf(revision);
}

absl::Status Assessor::FindPrevious(const report::ReportName& name,
                                    Surroundings* surroundings) const {
  const report::ReportName previous = name.Previous();
  ASSIGN_OR_RETURN(InEffect in_effect, publications_->FindInEffect(previous));
  surroundings->previous_decided_by = std::move(in_effect.decided_by);
  if (in_effect.number == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(surroundings->recorded_previous,
                   ReadRevision(previous, in_effect.number));
  if (surroundings->recorded_previous.has_value()) {
    surroundings->previous = &*surroundings->recorded_previous;
  }
  return absl::OkStatus();
}

absl::Status Assessor::AddPart(const RollUpMember& member,
                               Surroundings* surroundings) const {
  report::PartReport part;
  part.agency_display_name = member.agency.display_name();
  part.division_code = member.agency.division_code();
  part.agency_kind = member.agency.kind();
  part.scope = member.report.scope;
  part.name = member.report.ToString();
  if (member.end.has_value()) {
    ASSIGN_OR_RETURN(
        std::optional<report::ReportView> view,
        ReadRevision(member.report, static_cast<int64_t>(member.end->length)));
    if (view.has_value()) {
      surroundings->part_reports.push_back(
          std::make_unique<const report::ReportView>(*std::move(view)));
      part.report = surroundings->part_reports.back().get();
    }
  }
  surroundings->parts->push_back(std::move(part));
  return absl::OkStatus();
}

absl::Status Assessor::FindParts(const report::ReportName& name,
                                 Surroundings* surroundings) const {
  const absl::StatusOr<RollUpMembers> found = FindRollUpMembers(
      {name.agency_code, name.year, agencies_->Latest().size, kPartsMax},
      *publications_, ledger_);
  if (absl::IsNotFound(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  // A sum of some of very many would be wrong.
  if (found->members.size() < 2 || !found->is_complete) {
    return absl::OkStatus();
  }
  surroundings->parts.emplace();
  for (const RollUpMember& member : found->members) {
    RETURN_IF_ERROR(AddPart(member, surroundings));
  }
  return absl::OkStatus();
}

// Applies the rules with what the surroundings hold of last year, and with the
// agency and the subordinate reports as the ledger has them.
absl::StatusOr<v1::CheckResult> Assessor::Apply(
    const report::ReportView& report, const report::ReportName& name,
    Surroundings* surroundings) const {
  if (NeedsAgency(report)) {
    ASSIGN_OR_RETURN(surroundings->agency, agencies_->Find(name.agency_code));
  }
  if (name.scope == v1::SCOPE_REGIONAL) {
    RETURN_IF_ERROR(FindParts(name, surroundings));
  }
  report::CheckContext context;
  context.filing_year = name.year;
  context.previous_name = name.Previous().ToString();
  context.previous = surroundings->previous;
  if (surroundings->agency.has_value()) {
    context.agency = &*surroundings->agency;
  }
  context.parts = std::move(surroundings->parts);
  return report::CheckReport(report, context);
}

absl::StatusOr<Assessment> Assessor::Assess(
    const report::ReportView& report, const report::ReportName& name) const {
  Surroundings surroundings;
  RETURN_IF_ERROR(FindPrevious(name, &surroundings));
  Assessment assessment;
  ASSIGN_OR_RETURN(assessment.check, Apply(report, name, &surroundings));
  assessment.relied_on = std::move(surroundings.previous_decided_by);
  return assessment;
}

// `previous`: the report of the year before; null for the one that the ledger
// has.
absl::StatusOr<v1::Reassessment> Assessor::Compare(
    const RecordedRevision& revision, const report::ReportName& name,
    const report::ReportView* previous) const {
  ASSIGN_OR_RETURN(const v1::RevisionContent content, DecodeContent(revision));
  const auto report = report::ReportView::Of(content.report());
  v1::Reassessment result;
  result.set_revision(
      report::RevisionName{name, revision.entry.revision_recorded().number()}
          .ToString());
  Surroundings surroundings;
  surroundings.previous = previous;
  if (previous == nullptr) {
    RETURN_IF_ERROR(FindPrevious(name, &surroundings));
  }
  ASSIGN_OR_RETURN(*result.mutable_check(), Apply(report, name, &surroundings));
  AddFailedOnlyIn(result.check(), content.check(), result.mutable_appeared());
  AddFailedOnlyIn(content.check(), result.check(), result.mutable_resolved());
  AddChanged(content.check(), result.check(), result.mutable_changed());
  return result;
}

absl::StatusOr<v1::Reassessment> Assessor::Reassess(
    const v1::AssessReportRequest& request) const {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  ASSIGN_OR_RETURN(const Asked asked, ParseAsked(request.name()));
  const std::string name = asked.report.ToString();
  RecordedRevision revision;
  if (asked.number.has_value()) {
    ASSIGN_OR_RETURN(revision,
                     history_.Read(name, *asked.number, WithContent::kYes));
  } else {
    ASSIGN_OR_RETURN(revision, history_.ReadLatest(name, WithContent::kYes));
  }
  return Compare(revision, asked.report, nullptr);
}

absl::StatusOr<bool> Assessor::IsInEffect(const report::ReportName& name,
                                          int64_t number) const {
  ASSIGN_OR_RETURN(const InEffect in_effect, publications_->FindInEffect(name));
  return in_effect.number == number;
}

absl::StatusOr<bool> Assessor::HasFollowingYear(
    const report::ReportName& name) const {
  ASSIGN_OR_RETURN(const uint64_t length,
                   ledger_->LengthOf(NextYear(name).ToString()));
  return length > 0;
}

absl::StatusOr<std::optional<v1::Reassessment>> Assessor::FollowingYear(
    const report::ReportView& report, const report::ReportName& name) const {
  const report::ReportName following = NextYear(name);
  ASSIGN_OR_RETURN(
      const std::optional<RecordedRevision> revision,
      history_.FindLatest(following.ToString(), WithContent::kYes));
  if (!revision.has_value() || revision->erasure.has_value()) {
    return std::nullopt;
  }
  return Compare(*revision, following, &report);
}

}  // namespace annals
