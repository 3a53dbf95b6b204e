// Which revision of a report gave each figure and each paragraph its value.

#ifndef ANNALS_SERVICE_REPORT_BLAME_H_
#define ANNALS_SERVICE_REPORT_BLAME_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "annals/v1/report.pb.h"
#include "annals/v1/report_service.pb.h"
#include "service/report/field_texts.h"

namespace annals::report {

// The figure of a v1::FieldValue or v1::CellValue; nullopt if it is blank.
template <typename Message>
std::optional<int64_t> FigureOf(const Message* message) {
  if (!message->has_value()) return std::nullopt;
  return message->value();
}

// INVALID_ARGUMENT with reason FIELD_NOT_FOUND.
absl::Status FieldNotFound(const std::string& field);

// OK if each is a cell's id or the path of a text of the schema.
// As FieldNotFound of the first that is not.
absl::Status RequireFields(const std::vector<std::string>& fields);

// Follows the fields of a report from its first revision on. What a revision
// did whose content was erased can't be told: each field begins anew with the
// next one, also if it is as it was before. If there is none, nobody can tell
// what the report says now: each field then begins with the last revision and
// no value.
class BlameBuilder {
 public:
  // Only `fields`, cells' ids and paths of texts; all if it is empty.
  explicit BlameBuilder(const std::vector<std::string>& fields);

  // The revisions in the order of their numbers.
  void Add(int revision, const v1::Report& report);
  // One whose content was erased.
  void AddErased(int revision) { erased_since_ = revision; }

  // The figures in the order of the form, then the texts. A text of several
  // paragraphs has a row for each, `path#1` and so on, and one for each
  // paragraph that is not there any more, `path#-1` and so on, oldest first.
  std::vector<v1::FieldBlame> Build() const;

 private:
  // Oldest first; never empty.
  using Values = std::vector<v1::FieldValue>;

  struct TextTrack {
    std::string path;
    std::vector<Values> present;
    std::vector<Values> gone;
  };

  bool Wants(const std::string& field) const;
  v1::FieldBlame Row(const std::string& field, const Values& values) const;
  void AddCells(int revision, const v1::Report& report);
  void AddTexts(int revision, const v1::Report& report);
  void AddText(int revision, const std::string* text, TextTrack* track) const;

  const absl::flat_hash_set<std::string> fields_;
  // By CellIndex; empty for a cell that is not wanted.
  std::vector<Values> cells_;
  std::map<FieldPlace, TextTrack> texts_;
  // The last revision, if its content was erased; otherwise 0.
  int erased_since_ = 0;
  // Whether the content of the revision before the one being added was erased.
  bool is_after_gap_ = false;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_BLAME_H_
