#include "client/commands/batch_result.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/json_text.h"
#include "client/verify.h"
#include "ledger/error.h"

namespace annals::client {

bool IsForFindings(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return reason == "REPORT_BREAKS_RULES" ||
         reason == "WARNINGS_NOT_ACKNOWLEDGED";
}

void AddChinese(const v1::CheckResult& check, FileResult* result) {
  const std::vector<FieldViolation> violations =
      FieldViolations(result->status);
  for (size_t i = 0; i < violations.size(); ++i) {
    absl::string_view said = violations[i].description;
    // A long one was cut off for the answer.
    const bool is_cut = absl::ConsumeSuffix(&said, "…");
    for (const v1::Finding& finding : check.findings()) {
      const std::string en =
          absl::StrCat(finding.rule_id(), ": ", finding.message().en());
      if (is_cut ? !absl::StartsWith(en, said) : en != said) continue;
      result->findings[i].zh =
          absl::StrCat(violations[i].field, "：", finding.rule_id(), "：",
                       finding.message().zh());
      break;
    }
  }
}

FileResult ResultOf(
    const absl::StatusOr<v1::SubmitRevisionResponse>& response) {
  FileResult result;
  if (!response.ok()) {
    result.word = {"未记录", "refused"};
    result.json_word = "refused";
    result.status = response.status();
    result.details = {ErrorTextZh(result.status),
                      std::string(result.status.message())};
    for (const FieldViolation& violation : FieldViolations(result.status)) {
      const std::string line =
          absl::StrCat(violation.field, ": ", violation.description);
      result.findings.push_back({line, line});
    }
    return result;
  }
  result.word = {"已记录", "recorded"};
  result.json_word = "recorded";
  result.revision = response->revision();
  for (const v1::Finding& finding : response->check().findings()) {
    if (finding.outcome() != v1::OUTCOME_FAIL) continue;
    result.findings.push_back(
        {absl::StrCat(finding.rule_id(), "：", finding.message().zh()),
         absl::StrCat(finding.rule_id(), ": ", finding.message().en())});
  }
  const std::string& name = response->revision().name();
  const size_t count = result.findings.size();
  result.details = {
      absl::StrCat(name, count == 0 ? "" : absl::StrCat("  提示 ", count)),
      absl::StrCat(name,
                   count == 0 ? "" : absl::StrCat("  information ", count))};
  return result;
}

void MakePresent(const v1::Revision& revision, FileResult* result) {
  result->word = {"已有", "present"};
  result->json_word = "present";
  result->revision = revision;
  result->details = {revision.name(), revision.name()};
  result->findings.clear();
  result->status = absl::OkStatus();
}

absl::StatusOr<std::string> JsonOf(const std::string& file,
                                   const std::string& report,
                                   const FileResult& result,
                                   Language language) {
  JsonObject json;
  json.Add("file", file);
  if (!report.empty()) json.Add("report", report);
  json.Add("result", result.json_word);
  if (result.revision.has_value()) {
    json.Add("revision", result.revision->name());
    json.Add("entry_index", absl::StrCat(result.revision->entry_index()));
    json.Add("etag", result.revision->etag());
  } else {
    json.Add("reason", ErrorReason(result.status));
    json.Add("message", result.details.In(language));
  }
  std::vector<std::string> findings;
  for (const Text& finding : result.findings) {
    findings.push_back(finding.In(language));
  }
  json.Add("findings", findings);
  return json.Line();
}

}  // namespace annals::client
