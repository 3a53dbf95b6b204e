#include "service/assessment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/request.h"

namespace annals {
namespace {

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

bool IsAmongFailed(const v1::Finding& finding, const v1::CheckResult& check) {
  return std::any_of(check.findings().begin(), check.findings().end(),
                     [&finding](const v1::Finding& other) {
                       return other.outcome() == v1::OUTCOME_FAIL &&
                              other.rule_id() == finding.rule_id() &&
                              other.fingerprint() == finding.fingerprint();
                     });
}

// The findings that fail in one check and not in the other.
void AddFailedOnlyIn(const v1::CheckResult& check, const v1::CheckResult& other,
                     google::protobuf::RepeatedPtrField<v1::Finding>* only) {
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL) continue;
    if (!IsAmongFailed(finding, other)) *only->Add() = finding;
  }
}

report::ReportName NextYear(report::ReportName name) {
  ++name.year;
  return name;
}

}  // namespace

// What a report is checked against besides itself, kept alive for the check.
struct Assessor::Surroundings {
  std::optional<report::ReportView> previous;
  uint64_t previous_length = 0;
};

absl::StatusOr<std::optional<report::ReportView>> Assessor::FindReport(
    const std::string& name, uint64_t* length) const {
  ASSIGN_OR_RETURN(const std::optional<RecordedRevision> revision,
                   history_.FindLatest(name, WithContent::kYes));
  if (!revision.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const v1::RevisionContent content, DecodeContent(*revision));
  *length = static_cast<uint64_t>(revision->entry.revision_recorded().number());
  return report::ReportView::Of(content.report());
}

absl::StatusOr<Assessor::Surroundings> Assessor::Gather(
    const report::ReportView&, const report::ReportName& name) const {
  Surroundings surroundings;
  ASSIGN_OR_RETURN(
      surroundings.previous,
      FindReport(name.Previous().ToString(), &surroundings.previous_length));
  return surroundings;
}

namespace {

v1::CheckResult Apply(const report::ReportView& report,
                      const report::ReportName& name,
                      const report::ReportView* previous) {
  report::CheckContext context;
  context.filing_year = name.year;
  context.previous_name = name.Previous().ToString();
  context.previous = previous;
  return report::CheckReport(report, context);
}

}  // namespace

absl::StatusOr<Assessment> Assessor::Assess(
    const report::ReportView& report, const report::ReportName& name) const {
  ASSIGN_OR_RETURN(const Surroundings surroundings, Gather(report, name));
  Assessment assessment;
  assessment.check = Apply(
      report, name,
      surroundings.previous.has_value() ? &*surroundings.previous : nullptr);
  assessment.relied_on = {
      {name.Previous().ToString(), surroundings.previous_length}};
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
  if (previous == nullptr) {
    ASSIGN_OR_RETURN(Assessment assessment, Assess(report, name));
    *result.mutable_check() = std::move(assessment.check);
  } else {
    *result.mutable_check() = Apply(report, name, previous);
  }
  AddFailedOnlyIn(result.check(), content.check(), result.mutable_appeared());
  AddFailedOnlyIn(content.check(), result.check(), result.mutable_resolved());
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

absl::StatusOr<std::optional<v1::Reassessment>> Assessor::FollowingYear(
    const report::ReportView& report, const report::ReportName& name) const {
  const report::ReportName following = NextYear(name);
  ASSIGN_OR_RETURN(
      const std::optional<RecordedRevision> revision,
      history_.FindLatest(following.ToString(), WithContent::kYes));
  if (!revision.has_value()) return std::nullopt;
  return Compare(*revision, following, &report);
}

}  // namespace annals
