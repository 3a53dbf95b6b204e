#include "client/render/changes.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/counted.h"
#include "client/render/field_text.h"
#include "client/render/printable.h"
#include "client/session.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using google::protobuf::RepeatedPtrField;

void AppendCell(const v1::CellChange& change, Language language, bool colored,
                std::string* text) {
  const std::string old_figure = FigureText(
      change.cell(),
      change.has_old_value() ? std::optional(change.old_value()) : std::nullopt,
      language);
  const std::string new_figure = FigureText(
      change.cell(),
      change.has_new_value() ? std::optional(change.new_value()) : std::nullopt,
      language);
  absl::StrAppend(text, FieldLabelText(change.cell(), language), "\n    ",
                  Paint(old_figure, Tone::kRed, colored), " → ",
                  Paint(new_figure, Tone::kGreen, colored), "    ",
                  Paint(PrintableLine(change.cell()), Tone::kDim, colored),
                  "\n");
}

void AppendSide(const std::string& side, absl::string_view mark, Tone tone,
                bool colored, std::string* text) {
  for (absl::string_view line : absl::StrSplit(side, '\n')) {
    absl::StrAppend(
        text, "    ",
        Paint(absl::StrCat(mark, " ", PrintableText(line)), tone, colored),
        "\n");
  }
}

void AppendText(const v1::TextChange& change, Language language, bool colored,
                std::string* text) {
  const std::string label =
      report::Schema::Get().TextLabel(change.field(), language);
  absl::StrAppend(text, PrintableLine(label));
  if (label != change.field()) {
    absl::StrAppend(text, "    ",
                    Paint(PrintableLine(change.field()), Tone::kDim, colored));
  }
  absl::StrAppend(text, "\n");
  if (change.has_old_text()) {
    AppendSide(TextValueText(change.field(), change.old_text(), language), "-",
               Tone::kRed, colored, text);
  }
  if (change.has_new_text()) {
    AppendSide(TextValueText(change.field(), change.new_text(), language), "+",
               Tone::kGreen, colored, text);
  }
}

}  // namespace

void ToChanges(const report::Difference& difference,
               RepeatedPtrField<v1::CellChange>* cells,
               RepeatedPtrField<v1::TextChange>* texts) {
  for (const report::CellDifference& cell : difference.cells) {
    v1::CellChange* change = cells->Add();
    change->set_cell(report::Schema::Get().cells()[cell.cell].id);
    if (cell.old_value) change->set_old_value(*cell.old_value);
    if (cell.new_value) change->set_new_value(*cell.new_value);
  }
  for (const report::TextDifference& text : difference.texts) {
    v1::TextChange* change = texts->Add();
    change->set_field(text.field);
    if (text.old_text) change->set_old_text(*text.old_text);
    if (text.new_text) change->set_new_text(*text.new_text);
  }
}

std::string RenderChanges(const RepeatedPtrField<v1::CellChange>& cells,
                          const RepeatedPtrField<v1::TextChange>& texts,
                          Language language, bool colored) {
  std::string text;
  for (const v1::CellChange& change : cells) {
    AppendCell(change, language, colored, &text);
  }
  for (const v1::TextChange& change : texts) {
    AppendText(change, language, colored, &text);
  }
  absl::StrAppend(
      &text,
      Text{absl::StrCat("改动：单元格 ", cells.size(), " 个，文字 ",
                        texts.size(), " 处"),
           absl::StrCat("changed: ", Counted(cells.size(), "cell", "cells"),
                        ", ", Counted(texts.size(), "text", "texts"))}
          .In(language),
      "\n");
  return text;
}

}  // namespace annals::client
