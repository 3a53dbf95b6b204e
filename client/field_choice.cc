#include "client/field_choice.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/render/field_text.h"
#include "client/render/printable.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr size_t kNamedCandidatesMax = 8;

// A label without what people write differently: spaces, width, case.
std::string Normalised(absl::string_view label) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(label, {{" ", ""},
                                                           {"　", ""},
                                                           {"·", ""},
                                                           {"（", "("},
                                                           {"）", ")"},
                                                           {"．", "."}}));
}

struct Field {
  std::string name;
  // In each edition and language.
  std::vector<std::string> labels;
};

Field CellField(report::CellIndex cell) {
  const report::Schema& schema = report::Schema::Get();
  Field field;
  field.name = schema.cells()[cell].id;
  for (const v1::Edition edition :
       {v1::EDITION_UNSPECIFIED, v1::EDITION_2019, v1::EDITION_2021}) {
    for (const Language language : {Language::kZh, Language::kEn}) {
      field.labels.push_back(
          Normalised(schema.CellLabel(cell, edition, language)));
    }
  }
  return field;
}

const std::vector<Field>& AllFields() {
  static const auto* const kFields = [] {
    const report::Schema& schema = report::Schema::Get();
    auto* fields = new std::vector<Field>();
    for (size_t i = 0; i < schema.cells().size(); ++i) {
      fields->push_back(CellField(static_cast<report::CellIndex>(i)));
    }
    for (const report::TextInfo& text : schema.texts()) {
      fields->push_back(
          {text.path,
           {Normalised(schema.TextLabel(text.path, Language::kZh)),
            Normalised(schema.TextLabel(text.path, Language::kEn))}});
    }
    return fields;
  }();
  return *kFields;
}

template <typename Predicate>
std::vector<std::string> FieldsWhere(Predicate predicate) {
  std::vector<std::string> names;
  for (const Field& field : AllFields()) {
    if (predicate(field)) names.push_back(field.name);
  }
  return names;
}

bool HasLabel(const Field& field, absl::string_view label) {
  return std::find(field.labels.begin(), field.labels.end(), label) !=
         field.labels.end();
}

bool HasWords(const Field& field, const std::vector<std::string>& words) {
  return std::any_of(
      field.labels.begin(), field.labels.end(), [&](const std::string& label) {
        return std::all_of(words.begin(), words.end(), [&](const auto& word) {
          return absl::StrContains(label, word);
        });
      });
}

absl::Status NotFound(const std::string& words) {
  const std::string shown = PrintableLine(words);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FIELD_NOT_FOUND",
      {absl::StrCat("No figure or text of the form is called \"", shown,
                    "\"; `annals cells FILE|REPORT` lists the cells of a "
                    "report with their labels."),
       absl::StrCat("表格中没有名为“", shown,
                    "”的单元格或文字；annals cells FILE|REPORT "
                    "列出一份报告的全部单元格及其名称。")});
}

absl::Status NoFigure(const std::string& words) {
  const std::string shown = PrintableLine(words);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FIELD_NOT_FOUND",
      {absl::StrCat("\"", shown,
                    "\" is text, and only a figure can be followed here; "
                    "`annals blame` tells who changed a text."),
       absl::StrCat("“", shown,
                    "”是文字，此处只能查单元格的数据；文字由谁修改请用 annals "
                    "blame 查看。")});
}

absl::Status Ambiguous(const std::string& words,
                       const std::vector<std::string>& names) {
  const std::string shown = PrintableLine(words);
  const auto candidates = [&](Language language) {
    const size_t count = std::min(names.size(), kNamedCandidatesMax);
    std::string text = absl::StrJoin(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), "",
        [&](std::string* out, const std::string& name) {
          absl::StrAppend(out, "\n  ", name, "  ",
                          FieldLabelText(name, language));
        });
    if (count < names.size()) absl::StrAppend(&text, "\n  …");
    return text;
  };
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FIELD_AMBIGUOUS",
      {absl::StrCat("\"", shown, "\" may mean ", names.size(),
                    " fields; name one:", candidates(Language::kEn)),
       absl::StrCat("“", shown, "”可指 ", names.size(), " 处，请指明一处：",
                    candidates(Language::kZh))});
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindFields(const std::string& words) {
  std::vector<std::string> names =
      FieldsWhere([&](const Field& field) { return field.name == words; });
  if (!names.empty()) return names;
  // Parts of a name end at a dot, and words within them at an underscore.
  for (const char* const end : {".", "_"}) {
    const std::string prefix = absl::StrCat(words, end);
    names = FieldsWhere([&](const Field& field) {
      return absl::StartsWith(field.name, prefix);
    });
    if (!names.empty()) return names;
  }
  const std::string label = Normalised(words);
  if (label.empty()) return NotFound(words);
  names =
      FieldsWhere([&](const Field& field) { return HasLabel(field, label); });
  if (!names.empty()) return names;
  std::vector<std::string> parts;
  for (const absl::string_view part :
       absl::StrSplit(words, ' ', absl::SkipEmpty())) {
    parts.push_back(Normalised(part));
  }
  names =
      FieldsWhere([&](const Field& field) { return HasWords(field, parts); });
  if (names.empty()) return NotFound(words);
  return names;
}

absl::StatusOr<std::string> FindCell(const std::string& words) {
  ASSIGN_OR_RETURN(std::vector<std::string> names, FindFields(words));
  names.erase(
      std::remove_if(names.begin(), names.end(),
                     [](const std::string& name) {
                       return !report::Schema::Get().Find(name).has_value();
                     }),
      names.end());
  if (names.empty()) return NoFigure(words);
  if (names.size() > 1) return Ambiguous(words, names);
  return names.front();
}

}  // namespace annals::client
