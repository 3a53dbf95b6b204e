// Recognises the labels of the form, which come from the schema with their
// aliases, in wordings that real reports print: split or numbered otherwise;
// and, never surely, cut or with a misprint. Never by place.

#ifndef ANNALS_CLIENT_IMPORT_LABEL_MATCH_H_
#define ANNALS_CLIENT_IMPORT_LABEL_MATCH_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/normalise.h"

namespace annals::client {

// A label or an alias of it.
struct LabelWording {
  std::string text;
  bool in_2019 = true;
  bool in_2021 = true;
};

// All wordings of a field's label, official ones first.
std::vector<LabelWording> LabelWordings(
    const google::protobuf::FieldDescriptor* field);

// All wordings of an enum value's label, such as a section's.
std::vector<std::string> LabelWordings(
    const google::protobuf::EnumValueDescriptor* value);

// All wordings of the heads over a row or column.
std::vector<std::string> HeadWordings(
    const google::protobuf::FieldDescriptor* field);

// How surely a wording is a label, from less to more.
enum class MatchQuality {
  kNone,
  kWeak,    // Some of its characters are others: it may say something else.
  kStrong,  // It ends in a word that changes nothing: 数量.
  kExact,   // But for its number and punctuation.
};

struct LabelMatch {
  int row = -1;
  MatchQuality quality = MatchQuality::kNone;
};

// The labels of one set of rows.
class LabelMatcher {
 public:
  // Adds a wording of the row's label.
  void Add(int row, absl::string_view wording);

  // Adds a wording that stands over several rows and is no row's label there,
  // though in another edition of the form it may be one.
  void AddHead(absl::string_view wording);

  // Whether the segment is the wording of a head.
  bool IsHead(const Segment& segment) const;
  // Whether the core is a piece of a head that was broken over lines.
  bool IsPartOfHead(const std::u32string& core) const;

  // The row whose label the segment is, if it is exactly one.
  LabelMatch MatchExact(const Segment& segment) const;

  // The same with tolerance. Remembers answers, and stops trying after a number
  // of different wordings that no report has, so that time stays linear.
  LabelMatch Match(const Segment& segment);

 private:
  struct Entry {
    int row;
    Segment label;
  };

  void AddSegment(int row, const Segment& label);

  LabelMatch Approximate(const Segment& segment) const;
  LabelMatch MatchWithoutEnding(const Segment& segment) const;
  LabelMatch MatchShortened(const Segment& segment) const;
  LabelMatch MatchPart(const Segment& segment) const;
  LabelMatch MatchMisprint(const Segment& segment) const;

  std::vector<Entry> entries_;
  std::map<std::u32string, std::vector<size_t>> by_core_;
  std::set<std::u32string> heads_;
  std::map<std::u32string, LabelMatch> remembered_;
};

// The number of insertions, deletions and replacements that make `a` of `b`;
// `limit` + 1 if it is more than `limit`.
int EditDistance(const std::u32string& a, const std::u32string& b, int limit);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_LABEL_MATCH_H_
