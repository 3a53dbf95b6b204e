// What findings mean for acceptance: errors block, warnings need a reason.

#include "service/report/acknowledge.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/characters.h"
#include "service/report/check.h"
#include "service/report/validate.h"

namespace annals::report {
namespace {

constexpr int kViolationsMax = 20;
constexpr size_t kReasonCharactersMax = 2000;

bool IsFailed(const v1::Finding& finding, v1::Severity severity) {
  return finding.outcome() == v1::OUTCOME_FAIL &&
         finding.severity() == severity;
}

// A family is named by its prefix with a star: `Y-CARRY-*`, and not `Y-*`.
bool NamesRule(absl::string_view name, absl::string_view rule_id) {
  const bool is_family = absl::ConsumeSuffix(&name, "-*");
  if (!is_family) return name == rule_id;
  return absl::StrContains(name, '-') && absl::ConsumePrefix(&rule_id, name) &&
         absl::StartsWith(rule_id, "-");
}

// Where in the report the finding points.
std::string FieldOf(const v1::Finding& finding) {
  for (const v1::Side* side : {&finding.left(), &finding.right()}) {
    for (const v1::Term& term : side->terms()) {
      if (term.report().empty()) return absl::StrCat("report.", term.cell());
    }
  }
  return "report";
}

absl::Status UnknownAcknowledgement(int index, ErrorText text) {
  const std::string field = absl::StrCat("acknowledgements[", index, "]");
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "UNKNOWN_ACKNOWLEDGEMENT",
      {absl::StrCat(field, " ", text.en), absl::StrCat(field, " ", text.zh)});
  AddFieldViolation({field, text.en}, &status);
  return status;
}

absl::Status CheckAcknowledgement(const v1::CheckResult& check, int index,
                                  const v1::Acknowledgement& acknowledgement) {
  if (IsBlank(acknowledgement.reason())) {
    return UnknownAcknowledgement(
        index, {absl::StrCat("for ", Quoted(acknowledgement.rule_id()),
                             " has no reason; say why the warning stands"),
                absl::StrCat("（", Quoted(acknowledgement.rule_id()),
                             "）没有理由，请说明警告为何成立")});
  }
  RETURN_IF_ERROR(
      ValidateText(absl::StrCat("acknowledgements[", index, "].reason"),
                   acknowledgement.reason(), kReasonCharactersMax));
  for (const v1::Finding& finding : check.findings()) {
    if (IsFailed(finding, v1::SEVERITY_WARNING) &&
        Acknowledges(acknowledgement, finding)) {
      return absl::OkStatus();
    }
  }
  const std::string named =
      Quoted(acknowledgement.rule_id().empty() ? acknowledgement.fingerprint()
                                               : acknowledgement.rule_id());
  return UnknownAcknowledgement(
      index, {absl::StrCat("names ", named, ", but no such warning was raised"),
              absl::StrCat("所指 ", named, " 并无对应的警告")});
}

}  // namespace

bool Acknowledges(const v1::Acknowledgement& acknowledgement,
                  const v1::Finding& finding) {
  const std::string& rule_id = acknowledgement.rule_id();
  const std::string& fingerprint = acknowledgement.fingerprint();
  if (rule_id.empty() && fingerprint.empty()) return false;
  return (rule_id.empty() || NamesRule(rule_id, finding.rule_id())) &&
         (fingerprint.empty() || fingerprint == finding.fingerprint());
}

absl::Status RequireNoErrors(const v1::CheckResult& check) {
  const int count = FailedCount(check, v1::SEVERITY_ERROR);
  if (count == 0) return absl::OkStatus();
  absl::Status status;
  int listed = 0;
  for (const v1::Finding& finding : check.findings()) {
    if (!IsFailed(finding, v1::SEVERITY_ERROR)) continue;
    if (listed == 0) {
      status = MakeError(
          absl::StatusCode::kInvalidArgument, "REPORT_BREAKS_RULES",
          {absl::StrCat("the report breaks ", count,
                        count == 1 ? " rule" : " rules",
                        " of the form and is not accepted; first ",
                        finding.rule_id(), ": ", finding.message().en()),
           absl::StrCat("报告有 ", count,
                        " 处不符合表格规则，不予接收；首先是 ",
                        finding.rule_id(), "：", finding.message().zh())});
    }
    if (listed++ == kViolationsMax) break;
    AddFieldViolation({FieldOf(finding), absl::StrCat(finding.rule_id(), ": ",
                                                      finding.message().en())},
                      &status);
  }
  AddErrorMetadata("errorCount", absl::StrCat(count), &status);
  return status;
}

absl::Status RequireAcknowledged(
    const v1::CheckResult& check,
    const google::protobuf::RepeatedPtrField<v1::Acknowledgement>&
        acknowledgements) {
  for (int i = 0; i < acknowledgements.size(); ++i) {
    RETURN_IF_ERROR(CheckAcknowledgement(check, i, acknowledgements[i]));
  }
  std::vector<const v1::Finding*> open;
  for (const v1::Finding& finding : check.findings()) {
    if (!IsFailed(finding, v1::SEVERITY_WARNING)) continue;
    bool is_acknowledged = false;
    for (const v1::Acknowledgement& acknowledgement : acknowledgements) {
      is_acknowledged =
          is_acknowledged || Acknowledges(acknowledgement, finding);
    }
    if (!is_acknowledged) open.push_back(&finding);
  }
  if (open.empty()) return absl::OkStatus();
  std::set<std::string> rule_ids;
  for (const v1::Finding* finding : open) rule_ids.insert(finding->rule_id());
  const std::string named = absl::StrJoin(rule_ids, ", ");
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "WARNINGS_NOT_ACKNOWLEDGED",
      {absl::StrCat("acknowledge with a reason, or mend: ", named,
                    "; first: ", open.front()->message().en()),
       absl::StrCat("请说明理由或改正：", named, "；首先是：",
                    open.front()->message().zh())});
  AddErrorMetadata("ruleIds", named, &status);
  for (size_t i = 0; i < open.size() && i < kViolationsMax; ++i) {
    AddFieldViolation(
        {FieldOf(*open[i]),
         absl::StrCat(open[i]->rule_id(), ": ", open[i]->message().en())},
        &status);
  }
  return status;
}

}  // namespace annals::report
