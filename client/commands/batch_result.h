// What came of one file of a batch, as a line says it.

#ifndef ANNALS_CLIENT_COMMANDS_BATCH_RESULT_H_
#define ANNALS_CLIENT_COMMANDS_BATCH_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "client/language.h"
#include "client/text.h"

namespace annals::client {

struct FileResult {
  Text word;
  std::string json_word;
  Text details;
  // If it is recorded.
  std::optional<v1::Revision> revision;
  std::vector<Text> findings;
  // If it is not.
  absl::Status status;
};

FileResult ResultOf(const absl::StatusOr<v1::SubmitRevisionResponse>& response);

// Says that `revision` was there before this run.
void MakePresent(const v1::Revision& revision, FileResult* result);

// Whether it was refused for findings.
bool IsForFindings(const absl::Status& status);

// A refusal lists places in English only: of findings, the rules know both
// languages. Places that are not among `check` stay as they are.
void AddChinese(const v1::CheckResult& check, FileResult* result);

// `file` as it was named, `report` as it is named in the ledger, or empty.
absl::StatusOr<std::string> JsonOf(const std::string& file,
                                   const std::string& report,
                                   const FileResult& result, Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_BATCH_RESULT_H_
