// Section one: its introduction and five sub-topics.

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/prose.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;

// A heading of a sub-topic has at most so many core characters, and so many
// more than the official words: 情况, 方面, 工作.
constexpr size_t kMaxHeadingCore = 25;
constexpr size_t kMaxExtraCore = 12;
// The same without a number before it.
constexpr size_t kMaxExtraUnnumbered = 6;

struct Subtopic {
  const FieldDescriptor* field = nullptr;
  // The text after the heading.
  absl::string_view text;
};

// The fields of the sub-topics with the wordings of their headings.
const std::vector<std::pair<const FieldDescriptor*, std::u32string>>&
SubtopicWordings() {
  static const auto* wordings = [] {
    auto* result =
        new std::vector<std::pair<const FieldDescriptor*, std::u32string>>();
    const auto* overview = v1::Overview::descriptor();
    for (int i = 0; i < overview->field_count(); ++i) {
      const FieldDescriptor* field = overview->field(i);
      if (field->name() == "introduction") continue;
      for (const LabelWording& wording : LabelWordings(field)) {
        result->emplace_back(field, CoreOf(wording.text));
      }
    }
    return result;
  }();
  return *wordings;
}

bool EndsHeading(char32_t code) {
  return code == ':' || code == U'。' || code == U'；' || code == ';';
}

// Where the first phrase of the text ends, its mark included.
size_t PhraseEnd(absl::string_view text) {
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    offset += point.size;
    if (EndsHeading(Fold(point.value))) return offset;
  }
  return text.size();
}

// The phrase without the words that join two others: 监督和保障.
std::u32string Joined(std::u32string phrase) {
  phrase.erase(std::remove_if(phrase.begin(), phrase.end(),
                              [](char32_t code) {
                                return code == U'和' || code == U'与' ||
                                       code == U'及';
                              }),
               phrase.end());
  return phrase;
}

// A line that is nothing but the heading, or the heading and a mark.
Subtopic ReadUnnumbered(absl::string_view paragraph) {
  const absl::string_view head = paragraph.substr(0, 120);
  const size_t end = PhraseEnd(head);
  const bool has_colon = absl::EndsWith(head.substr(0, end), ":") ||
                         absl::EndsWith(head.substr(0, end), "：");
  const bool may_say_more = end == paragraph.size() || has_colon;
  const std::u32string phrase = Joined(CoreOf(head.substr(0, end)));
  for (const auto& [field, core] : SubtopicWordings()) {
    const size_t at = phrase.find(core);
    if (at == std::u32string::npos ||
        phrase.size() > core.size() + kMaxExtraUnnumbered) {
      continue;
    }
    // 主动公开方面。 before its text.
    const std::u32string after = phrase.substr(at + core.size());
    const bool is_heading = at == 0 && (after.empty() || after == U"情况" ||
                                        after == U"方面" || after == U"工作");
    if (!may_say_more && !is_heading) continue;
    return {field, TrimBlanks(paragraph.substr(end))};
  }
  return {};
}

Subtopic ReadSubtopic(absl::string_view paragraph) {
  Segment numbering;
  const size_t number = NumberingLength(paragraph, &numbering);
  if (number == 0) return ReadUnnumbered(paragraph);
  if (numbering.style == NumberStyle::kHan) return {};
  const absl::string_view rest = paragraph.substr(number);
  const absl::string_view head = rest.substr(0, 400);
  const size_t end = PhraseEnd(head);
  const std::u32string phrase = Joined(CoreOf(rest.substr(0, end)));
  if (phrase.size() <= kMaxHeadingCore) {
    for (const auto& [field, core] : SubtopicWordings()) {
      if (phrase.find(core) != std::u32string::npos &&
          phrase.size() <= core.size() + kMaxExtraCore) {
        return {field, TrimBlanks(rest.substr(end))};
      }
    }
  }
  for (const auto& [field, core] : SubtopicWordings()) {
    if (MatchCorePrefix(head, core) != absl::string_view::npos) {
      return {field, TrimBlanks(rest)};
    }
  }
  return {};
}

}  // namespace

bool IsSubtopic(absl::string_view paragraph) {
  return ReadSubtopic(paragraph).field != nullptr;
}

void ReadOverview(const std::vector<std::string>& paragraphs,
                  v1::Overview* overview) {
  const FieldDescriptor* current =
      v1::Overview::descriptor()->FindFieldByName("introduction");
  const auto* reflection = v1::Overview::GetReflection();
  std::set<const FieldDescriptor*> seen;
  const auto append = [&](absl::string_view text) {
    std::string whole = reflection->GetString(*overview, current);
    if (!whole.empty() && !text.empty()) whole.push_back('\n');
    absl::StrAppend(&whole, text);
    reflection->SetString(overview, current, std::move(whole));
  };
  std::vector<std::string> pending;
  const auto flush = [&] {
    if (!pending.empty()) append(JoinParagraphs(pending));
    pending.clear();
  };
  for (const std::string& paragraph : paragraphs) {
    const Subtopic subtopic = ReadSubtopic(paragraph);
    if (subtopic.field != nullptr && seen.insert(subtopic.field).second) {
      flush();
      current = subtopic.field;
      append("");
      if (!subtopic.text.empty()) pending.emplace_back(subtopic.text);
    } else {
      pending.push_back(paragraph);
    }
  }
  flush();
}

}  // namespace annals::client
