#include "client/import/label_match.h"

#include <algorithm>
#include <cstdlib>

#include "client/import/unicode.h"

namespace annals::client {
namespace {

// Shorter cores (其他, 总计) stand in many places: they need their number.
constexpr size_t kMinUnnumbered = 3;
// A part of a label says something from this length on.
constexpr size_t kMinPart = 4;
constexpr size_t kMinMisprint = 5;
// A shortened label with its number.
constexpr size_t kMinNumberedPart = 6;
// No label is longer; longer texts are not compared.
constexpr size_t kMaxCore = 80;
// Different wordings that are compared in one text.
constexpr size_t kMaxRemembered = 5000;

bool SameNumber(const Segment& a, const Segment& b) {
  return a.style == b.style && a.number == b.number;
}

void AddLabel(const v1::Label& label, std::vector<LabelWording>* official,
              std::vector<LabelWording>* aliases) {
  LabelWording wording;
  if (label.editions_size() > 0) {
    wording.in_2019 = false;
    wording.in_2021 = false;
    for (int edition : label.editions()) {
      if (edition == v1::EDITION_2019) wording.in_2019 = true;
      if (edition == v1::EDITION_2021) wording.in_2021 = true;
    }
  }
  wording.text = label.zh();
  official->push_back(wording);
  for (const std::string& alias : label.alias()) {
    wording.text = alias;
    aliases->push_back(wording);
  }
}

}  // namespace

std::vector<LabelWording> LabelWordings(
    const google::protobuf::FieldDescriptor* field) {
  std::vector<LabelWording> wordings;
  std::vector<LabelWording> aliases;
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::label); ++i) {
    AddLabel(options.GetExtension(v1::label, i), &wordings, &aliases);
  }
  wordings.insert(wordings.end(), aliases.begin(), aliases.end());
  return wordings;
}

std::vector<std::string> LabelWordings(
    const google::protobuf::EnumValueDescriptor* value) {
  const v1::Label& label = value->options().GetExtension(v1::enum_label);
  std::vector<std::string> wordings = {label.zh()};
  wordings.insert(wordings.end(), label.alias().begin(), label.alias().end());
  return wordings;
}

std::vector<std::string> HeadWordings(
    const google::protobuf::FieldDescriptor* field) {
  std::vector<std::string> wordings;
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::heads); ++i) {
    const auto* head = v1::Head_descriptor()->FindValueByNumber(
        options.GetExtension(v1::heads, i));
    const std::vector<std::string> some = LabelWordings(head);
    wordings.insert(wordings.end(), some.begin(), some.end());
  }
  return wordings;
}

int EditDistance(const std::u32string& a, const std::u32string& b, int limit) {
  const int rows = static_cast<int>(a.size());
  const int columns = static_cast<int>(b.size());
  if (std::abs(rows - columns) > limit) return limit + 1;
  std::vector<int> above(columns + 1);
  std::vector<int> current(columns + 1);
  for (int j = 0; j <= columns; ++j) above[j] = j;
  for (int i = 1; i <= rows; ++i) {
    current[0] = i;
    int least = i;
    for (int j = 1; j <= columns; ++j) {
      const int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({replaced, above[j] + 1, current[j - 1] + 1});
      least = std::min(least, current[j]);
    }
    if (least > limit) return limit + 1;
    above.swap(current);
  }
  return std::min(above[columns], limit + 1);
}

void LabelMatcher::AddSegment(int row, const Segment& label) {
  if (label.core.empty()) return;
  std::vector<size_t>& same_core = by_core_[label.core];
  const bool known =
      std::any_of(same_core.begin(), same_core.end(), [&](size_t entry) {
        return entries_[entry].row == row &&
               SameNumber(entries_[entry].label, label);
      });
  if (known) return;
  same_core.push_back(entries_.size());
  entries_.push_back({row, label});
}

void LabelMatcher::Add(int row, absl::string_view wording) {
  for (absl::string_view text : {wording, WithoutTrailingBracket(wording)}) {
    const std::vector<Segment> segments = SegmentsOf(text);
    if (segments.empty()) continue;
    AddSegment(row, segments.back());
    if (segments.back().core == U"总计") {
      AddSegment(row, {segments.back().style, segments.back().number, U"合计"});
    }
    // What the table is about is often left out: 上年结转申请数量.
    Segment bare = segments.back();
    const std::u32string subject = U"政府信息公开";
    const size_t at = bare.core.find(subject);
    if (at == std::u32string::npos ||
        bare.core.size() < subject.size() + kMinNumberedPart) {
      continue;
    }
    AddSegment(row,
               {bare.style, bare.number, bare.core.erase(at, subject.size())});
  }
}

void LabelMatcher::AddHead(absl::string_view wording) {
  heads_.insert(SegmentsOf(wording).back().core);
}

bool LabelMatcher::IsHead(const Segment& segment) const {
  return heads_.count(segment.core) > 0;
}

bool LabelMatcher::IsPartOfHead(const std::u32string& core) const {
  return std::any_of(heads_.begin(), heads_.end(),
                     [&core](const std::u32string& head) {
                       return head.find(core) != std::u32string::npos;
                     });
}

LabelMatch LabelMatcher::MatchExact(const Segment& segment) const {
  const auto found = by_core_.find(segment.core);
  if (found == by_core_.end()) return {};
  bool one_row = true;
  for (size_t entry : found->second) {
    if (SameNumber(entries_[entry].label, segment)) {
      return {entries_[entry].row, MatchQuality::kExact};
    }
    one_row = one_row && entries_[entry].row == entries_[found->second[0]].row;
  }
  if (!one_row || segment.core.size() < kMinUnnumbered) return {};
  return {entries_[found->second[0]].row, MatchQuality::kExact};
}

LabelMatch LabelMatcher::Match(const Segment& segment) {
  const LabelMatch exact = MatchExact(segment);
  if (exact.quality != MatchQuality::kNone) return exact;
  if (segment.core.size() < kMinPart || segment.core.size() > kMaxCore) {
    return {};
  }
  std::u32string key = segment.core;
  key.push_back(static_cast<char32_t>(segment.style));
  key.push_back(static_cast<char32_t>(segment.number));
  const auto found = remembered_.find(key);
  if (found != remembered_.end()) return found->second;
  if (remembered_.size() >= kMaxRemembered) return {};
  const LabelMatch match = Approximate(segment);
  remembered_.emplace(std::move(key), match);
  return match;
}

bool EndsWith(const std::u32string& text, const std::u32string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool IsSubsequence(const std::u32string& part, const std::u32string& whole) {
  size_t at = 0;
  for (char32_t code : whole) {
    if (at < part.size() && part[at] == code) ++at;
  }
  return at == part.size();
}

// 结转下年度继续办理数量: what is counted stands at the end.
LabelMatch LabelMatcher::MatchWithoutEnding(const Segment& segment) const {
  for (const char32_t* word : {U"数量", U"件数", U"件", U"情况", U"申请"}) {
    const std::u32string ending = word;
    if (!EndsWith(segment.core, ending)) continue;
    Segment bare = segment;
    bare.core.resize(segment.core.size() - ending.size());
    if (bare.core.size() < kMinPart) continue;
    const LabelMatch match = MatchExact(bare);
    if (match.quality != MatchQuality::kNone) {
      return {match.row, MatchQuality::kStrong};
    }
  }
  return {};
}

// 2.法律法规禁止公开: words are left out, but those that stand are one label's
// only, and its number stands before them.
LabelMatch LabelMatcher::MatchShortened(const Segment& segment) const {
  if (segment.style == NumberStyle::kNone ||
      segment.core.size() < kMinNumberedPart) {
    return {};
  }
  int row = -1;
  bool numbered = false;
  for (const Entry& entry : entries_) {
    if (entry.label.core.size() > 2 * segment.core.size() ||
        !IsSubsequence(segment.core, entry.label.core)) {
      continue;
    }
    if (row != -1 && row != entry.row) return {};
    row = entry.row;
    numbered = numbered || SameNumber(entry.label, segment);
  }
  if (row == -1 || !numbered) return {};
  return {row, MatchQuality::kWeak};
}

LabelMatch LabelMatcher::Approximate(const Segment& segment) const {
  for (const LabelMatch& match :
       {MatchWithoutEnding(segment), MatchShortened(segment),
        MatchPart(segment), MatchMisprint(segment)}) {
    if (match.quality != MatchQuality::kNone) return match;
  }
  return {};
}

// A label that was cut (要求行政机关确认) or shortened: the text is found in
// the labels of one row only.
LabelMatch LabelMatcher::MatchPart(const Segment& segment) const {
  int row = -1;
  for (const Entry& entry : entries_) {
    if (entry.label.core.find(segment.core) == std::u32string::npos) continue;
    if (row != -1 && row != entry.row) return {};
    row = entry.row;
  }
  if (row == -1) return {};
  return {row, MatchQuality::kWeak};
}

LabelMatch LabelMatcher::MatchMisprint(const Segment& segment) const {
  const bool short_label = segment.core.size() < kMinMisprint;
  if (short_label && segment.style == NumberStyle::kNone) return {};
  const int limit = static_cast<int>(segment.core.size()) / 3;
  int best = limit + 3;
  int second = limit + 3;
  int row = -1;
  bool numbered = false;
  for (const Entry& entry : entries_) {
    const int distance =
        EditDistance(segment.core, entry.label.core, limit + 2);
    if (distance <= best && entry.row != row) numbered = false;
    if (distance <= best) numbered |= SameNumber(entry.label, segment);
    if (entry.row == row) {
      best = std::min(best, distance);
    } else if (distance < best) {
      second = best;
      best = distance;
      row = entry.row;
    } else {
      second = std::min(second, distance);
    }
  }
  if (row == -1 || best > limit || second < best + 2) return {};
  if (short_label && !numbered) return {};
  return {row, MatchQuality::kWeak};
}

}  // namespace annals::client
