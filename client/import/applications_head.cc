#include "client/import/applications_head.h"

#include <optional>

#include "client/import/head_order.h"
#include "client/import/head_words.h"
#include "client/import/header_check.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/other_meaning.h"
#include "client/import/stacked_head.h"

namespace annals::client {
namespace {

// What the head of the table may be made of.
HeadWords WordsOf(const std::vector<FormRow>& form) {
  HeadWords words(NameLayout::kOneToACell);
  for (report::CellIndex cell : form[0].cells) {
    words.AddColumn(ApplicantNames(cell));
    words.AddHeads(report::Schema::Get().cells()[cell].figure);
  }
  for (const FormRow& row : form) {
    for (const LabelWording& wording : LabelWordings(row.field)) {
      words.AddOther(wording.text);
    }
    words.AddHeads(row.field);
  }
  words.AddTableTexts(3);
  return words;
}

StackedNames StackedNamesOf(const std::vector<FormRow>& form) {
  StackedNames names;
  names.beside.push_back(CoreOf(
      v1::Table3::descriptor()->options().GetExtension(v1::table_note).zh()));
  for (report::CellIndex cell : form[0].cells) {
    names.columns.push_back(ApplicantNames(cell));
    const auto* figure = report::Schema::Get().cells()[cell].figure;
    for (const std::string& head : HeadWordings(figure)) {
      names.spans.insert(CoreOf(head));
    }
  }
  for (const FormRow& row : form) {
    for (const LabelWording& wording : LabelWordings(row.field)) {
      names.beside.push_back(CoreOf(wording.text));
    }
    for (const std::string& head : HeadWordings(row.field)) {
      names.beside.push_back(CoreOf(head));
    }
  }
  return names;
}

}  // namespace

std::vector<std::u32string> ApplicantNames(report::CellIndex cell) {
  const auto* field = report::Schema::Get().cells()[cell].figure;
  std::vector<std::u32string> cores;
  for (const LabelWording& wording : LabelWordings(field)) {
    cores.push_back(CoreOf(wording.text));
  }
  if (cores.front() == U"总计") cores.emplace_back(U"合计");
  return cores;
}

bool NamesApplicantsOnly(const std::vector<Line>& lines, LineRange head,
                         const std::vector<FormRow>& form) {
  const std::vector<HeadLine> printed = HeadLinesOf(lines, head);
  const std::optional<size_t> begin = WordsOf(form).Find(printed);
  std::optional<size_t> first;
  if (begin.has_value() &&
      ApplicantsInOrder(lines, {printed[*begin].line, head.end})) {
    first = printed[*begin].line;
  } else {
    first = FindStackedNames(lines, head, StackedNamesOf(form));
  }
  // What stands from there on is known.
  return first.has_value() &&
         !NamesOtherFigures(TextCore(lines, {head.begin, *first}));
}

}  // namespace annals::client
