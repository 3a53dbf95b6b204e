#include "client/render/form_document.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "annals/v1/schema_options.pb.h"
#include "client/render/table_layout.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;
using report::FieldLabel;

constexpr absl::string_view kOrdinals[] = {"一", "二", "三", "四", "五", "六"};
constexpr absl::string_view kIdeographicSpace = "\u3000";

std::string Day(const v1::Date& date, Language language) {
  return Text{
      absl::StrCat(date.year(), "年", date.month(), "月", date.day(), "日"),
      absl::StrCat(date.year(), "-", date.month(), "-", date.day())}
      .In(language);
}

class FormWriter {
 public:
  FormWriter(const v1::Report& report, Language language, Absent absent)
      : report_(report), language_(language), absent_(absent) {}

  std::vector<FormBlock> Write() {
    WritePublication();
    Add(BlockKind::kTitle, "title", report_.title(), true);
    WritePreface();
    for (const FieldDescriptor* section : SectionFields()) {
      Add(BlockKind::kSectionHeading, section->name(), Heading(section), true);
      if (section->type() == FieldDescriptor::TYPE_STRING) {
        const auto* reflection = report_.GetReflection();
        Add(BlockKind::kProse, section->name(),
            reflection->GetString(report_, section),
            reflection->HasField(report_, section));
      } else if (section->message_type() == v1::Overview::descriptor()) {
        WriteOverview(section);
      } else {
        FormBlock block{BlockKind::kTable, section->name()};
        block.table = LayOutFormTable(
            report_, section->options().GetExtension(v1::section), language_);
        blocks_.push_back(std::move(block));
      }
    }
    return std::move(blocks_);
  }

 private:
  void Add(BlockKind kind, absl::string_view field, std::string text,
           bool is_present) {
    if (!is_present && absent_ == Absent::kLeftOut) return;
    blocks_.push_back(
        {kind, std::string(field), std::move(text), {}, is_present});
  }

  void WritePublication() {
    const v1::Publication& publication = report_.publication();
    std::vector<std::string> facts;
    const auto fact = [this, &facts](absl::string_view field,
                                     absl::string_view value) {
      if (value.empty()) return;
      const FieldDescriptor* const described =
          v1::Publication::descriptor()->FindFieldByName(std::string(field));
      facts.push_back(absl::StrCat(
          FieldLabel(described, v1::EDITION_UNSPECIFIED, language_),
          Text{"：", ": "}.In(language_), value));
    };
    fact("index_number", publication.index_number());
    fact("date", publication.has_date() ? Day(publication.date(), language_)
                                        : std::string());
    fact("signer", publication.signer());
    fact("url", publication.url());
    Add(BlockKind::kPublication, "publication",
        absl::StrJoin(facts,
                      absl::StrCat(kIdeographicSpace, kIdeographicSpace)),
        !facts.empty());
  }

  // A printed preface states the period itself.
  void WritePreface() {
    if (report_.has_preface() || !report_.has_period()) {
      Add(BlockKind::kPreface, "preface", report_.preface(),
          report_.has_preface());
      return;
    }
    const std::string start = Day(report_.period().start(), language_);
    const std::string end = Day(report_.period().end(), language_);
    const std::string label =
        report::Schema::Get().TextLabel("period", language_);
    Add(BlockKind::kPreface, "preface",
        Text{absl::StrCat(label, "自", start, "起至", end, "止。"),
             absl::StrCat(label, ": ", start, " to ", end, ".")}
            .In(language_),
        true);
  }

  std::string Heading(const FieldDescriptor* section) const {
    const v1::Section which = section->options().GetExtension(v1::section);
    if (language_ == Language::kZh) {
      for (const v1::PrintedHeading& heading : report_.printed_headings()) {
        if (heading.section() == which && !heading.text().empty()) {
          return heading.text();
        }
      }
    }
    return FieldLabel(section, v1::EDITION_UNSPECIFIED, language_);
  }

  // The introduction has no heading; the sub-topics are （一） to （五）.
  void WriteOverview(const FieldDescriptor* section) {
    size_t topic = 0;
    for (const report::TextInfo& text : report::Schema::Get().texts()) {
      if (text.parent != section) continue;
      const std::string* prose = report::FindText(report_, text);
      const bool has_heading = text.text->number() != 1;
      if (has_heading) {
        const std::string label =
            FieldLabel(text.text, v1::EDITION_UNSPECIFIED, language_);
        Add(BlockKind::kTopicHeading, text.path,
            Text{absl::StrCat("（", kOrdinals[topic], "）", label),
                 absl::StrCat("(", topic + 1, ") ", label)}
                .In(language_),
            prose != nullptr);
        if (topic + 1 < std::size(kOrdinals)) ++topic;
      }
      Add(BlockKind::kProse, text.path, prose == nullptr ? "" : *prose,
          prose != nullptr);
    }
  }

  const v1::Report& report_;
  const Language language_;
  const Absent absent_;
  std::vector<FormBlock> blocks_;
};

absl::string_view WithoutIndent(absl::string_view line) {
  size_t before = 0;
  do {
    before = line.size();
    line = absl::StripAsciiWhitespace(line);
    while (absl::ConsumePrefix(&line, kIdeographicSpace)) continue;
  } while (line.size() != before);
  return line;
}

}  // namespace

std::vector<FormBlock> LayOutForm(const v1::Report& report, Language language,
                                  Absent absent) {
  return FormWriter(report, language, absent).Write();
}

std::vector<std::string> ParagraphsOf(absl::string_view prose) {
  std::vector<std::string> paragraphs;
  for (absl::string_view line : absl::StrSplit(prose, '\n')) {
    line = WithoutIndent(line);
    if (!line.empty()) paragraphs.emplace_back(line);
  }
  return paragraphs;
}

}  // namespace annals::client
