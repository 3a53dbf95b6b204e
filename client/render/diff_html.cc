#include "client/render/diff_html.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/counted.h"
#include "client/render/field_text.h"
#include "client/render/form_html.h"
#include "client/render/printable.h"
#include "client/render/word_diff.h"
#include "service/report/diff.h"
#include "service/report/field_texts.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

using report::CellIndex;

constexpr char kStyle[] = R"(@page { size: A4 landscape; margin: 15mm; }
body { max-width: 440mm; font-size: 12pt; }
h1 { font-size: 16pt; }
h2, h3 { font-size: 12pt; text-indent: 0; }
.lead {
  font-family: "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  font-size: 10.5pt; line-height: 1.5; border-bottom: 2px solid #000;
  margin-bottom: 1em;
}
.lead strong { font-size: 14pt; }
.lead li { break-inside: avoid; }
.pair {
  display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
}
.pair > div { min-width: 0; padding-right: 1.2em; }
.pair > div + div {
  border-left: 1px solid #999; padding-left: 1.2em; padding-right: 0;
}
.prose p { text-indent: 0; white-space: pre-wrap; }
table.t2 { font-size: 10pt; }
table.t3, table.t4 { font-size: 7.5pt; }
table.form th, table.form td { padding: .2em .1em; }
del, td.old { background: #ffd6d6; text-decoration-color: #b00000; }
ins, td.new { background: #d2f3d2; text-decoration-color: #006400; }
table.form td.old { border: 3px dashed #b00000; }
table.form td.new { border: 3px solid #006400; }
td sup { font-weight: bold; }
.absent { color: #595959; }
del, ins, td.old, td.new { print-color-adjust: exact; }
)";

enum class Side { kOld, kNew };

// The changed figures of one side.
class ChangeMarks : public FormMarks {
 public:
  // What changed in each cell.
  using Explanations = absl::flat_hash_map<CellIndex, std::string>;

  ChangeMarks(Side side, const Explanations& explanations) : side_(side) {
    for (const auto& [cell, explanation] : explanations) {
      cells_.emplace(cell, CellMark{side == Side::kOld ? "old" : "new",
                                    explanation,
                                    {{side == Side::kOld ? "−" : "+", ""}}});
    }
  }

  const CellMark* OfCell(CellIndex cell) const override {
    const auto mark = cells_.find(cell);
    return mark == cells_.end() ? nullptr : &mark->second;
  }

  std::string IdPrefix() const override {
    return side_ == Side::kOld ? "old-" : "new-";
  }

 private:
  const Side side_;
  absl::flat_hash_map<CellIndex, CellMark> cells_;
};

// The part of a difference that one side has, within an element of text or, at
// line ends, in several paragraphs.
void AppendPieces(const std::vector<DiffPiece>& pieces, Side side,
                  const std::string& paragraph, HtmlBuilder* html) {
  const DiffKind hidden =
      side == Side::kOld ? DiffKind::kInserted : DiffKind::kDeleted;
  const std::string tag = side == Side::kOld ? "del" : "ins";
  html->Open(paragraph);
  for (const DiffPiece& piece : pieces) {
    if (piece.kind == hidden) continue;
    bool is_first = true;
    for (absl::string_view line : absl::StrSplit(piece.text, '\n')) {
      if (!is_first) {
        html->Close(paragraph);
        html->Open(paragraph);
      }
      is_first = false;
      if (line.empty()) continue;
      if (piece.kind == DiffKind::kEqual) {
        html->Text(line);
      } else {
        html->Element(tag, line);
      }
    }
  }
  html->Close(paragraph);
}

class DiffPage {
 public:
  DiffPage(const DiffSide& older, const DiffSide& newer, Language language)
      : older_(older),
        newer_(newer),
        language_(language),
        difference_(report::DiffReports(older.report, newer.report)),
        explanations_(Explanations()),
        old_marks_(Side::kOld, CellExplanations()),
        new_marks_(Side::kNew, CellExplanations()) {}

  std::string Render() {
    const auto old_blocks =
        LayOutForm(older_.report, language_, Absent::kShown);
    const auto new_blocks =
        LayOutForm(newer_.report, language_, Absent::kShown);
    shown_ = FieldsShown(new_blocks);
    AppendLead();
    html_.Open("main");
    // Both have the same blocks: none is left out.
    for (size_t i = 0; i < old_blocks.size() && i < new_blocks.size(); ++i) {
      if (old_blocks[i].is_present || new_blocks[i].is_present) {
        AppendPair(old_blocks[i], new_blocks[i]);
      }
    }
    html_.Close("main");
    const std::string title =
        absl::StrCat(Pick({"修订对比：", "Changes: "}), newer_.report.title());
    return RenderPage({language_, title, absl::StrCat(FormStyle(), kStyle)},
                      html_);
  }

 private:
  const std::string& Pick(const Text& text) const { return text.In(language_); }

  std::string Figure(std::optional<int64_t> value, CellIndex cell,
                     const v1::Report& report) const {
    if (!value.has_value()) return Pick({"空白", "blank"});
    return report::FormatFigure(*value, report::Schema::Get().cells()[cell],
                                report);
  }

  // `35 → 36`, for each changed figure.
  std::vector<std::string> Explanations() const {
    std::vector<std::string> explanations;
    for (const report::CellDifference& change : difference_.cells) {
      explanations.push_back(absl::StrCat(
          Figure(change.old_value, change.cell, older_.report), " → ",
          Figure(change.new_value, change.cell, newer_.report)));
    }
    return explanations;
  }

  // The figures that changed, and what is printed beside or instead of them.
  ChangeMarks::Explanations CellExplanations() const {
    ChangeMarks::Explanations all;
    for (size_t i = 0; i < difference_.cells.size(); ++i) {
      all[difference_.cells[i].cell] = explanations_[i];
    }
    for (const report::TextDifference& change : difference_.texts) {
      const auto cell = report::CellOfNote(change.field);
      if (!cell.has_value()) continue;
      std::string& explanation = all[*cell];
      absl::StrAppend(
          &explanation, explanation.empty() ? "" : Pick({"；", "; "}),
          Pick({"附注：", "remark: "}),
          PrintableLine(change.old_text.value_or(Pick({"无", "none"}))), " → ",
          PrintableLine(change.new_text.value_or(Pick({"无", "none"}))));
    }
    return all;
  }

  void AppendLead() {
    html_.Open("header", {{"class", "lead"}});
    html_.Open("p");
    html_.Element("strong", Pick({"修订对比", "What changed"}));
    html_.Close("p");
    html_.Element("p", absl::StrCat(Pick({"旧（左，−）：", "old (left, −): "}),
                                    PrintableLine(older_.caption)));
    html_.Element("p", absl::StrCat(Pick({"新（右，+）：", "new (right, +): "}),
                                    PrintableLine(newer_.caption)));
    html_.Element(
        "p", Pick({absl::StrCat("改动：单元格 ", difference_.cells.size(),
                                " 个，文字 ", difference_.texts.size(), " 处"),
                   absl::StrCat(
                       "changed: ",
                       Counted(difference_.cells.size(), "cell", "cells"), ", ",
                       Counted(difference_.texts.size(), "text", "texts"))}));
    if (!difference_.empty()) {
      html_.Open("ul");
      AppendCellList();
      AppendTextList();
      html_.Close("ul");
    }
    html_.Close("header");
  }

  // A link to where the page shows it, if it does.
  void AppendReference(const std::string& field, const std::string& label) {
    if (!shown_.contains(field)) return html_.Text(PrintableLine(label));
    html_.Element("a", PrintableLine(label),
                  {{"href", absl::StrCat("#", ElementId(field, new_marks_))}});
  }

  void AppendCellList() {
    const report::Schema& schema = report::Schema::Get();
    for (size_t i = 0; i < difference_.cells.size(); ++i) {
      const CellIndex cell = difference_.cells[i].cell;
      const v1::Edition edition =
          report::EditionOf(newer_.report, schema.cells()[cell].table_number);
      html_.Open("li");
      AppendReference(schema.cells()[cell].id,
                      schema.CellLabel(cell, edition, language_));
      html_.Text(Pick({"：", ": "}));
      html_.Element("b", explanations_[i]);
      html_.Close("li");
    }
  }

  std::string ValueOf(const std::string& text,
                      const report::TextDifference& change) const {
    return TextValueText(change.field, text, language_);
  }

  // A text that the form does not show is told here.
  void AppendTextList() {
    for (const report::TextDifference& change : difference_.texts) {
      const std::string label =
          report::Schema::Get().TextLabel(change.field, language_);
      html_.Open("li");
      const auto noted = report::CellOfNote(change.field);
      AppendReference(noted.has_value()
                          ? report::Schema::Get().cells()[*noted].id
                          : change.field,
                      label);
      if (!shown_.contains(change.field)) {
        html_.Text(Pick({"：", ": "}));
        if (change.old_text)
          html_.Element("del", ValueOf(*change.old_text, change));
        html_.Text(" → ");
        if (change.new_text)
          html_.Element("ins", ValueOf(*change.new_text, change));
      }
      html_.Close("li");
    }
  }

  void AppendPair(const FormBlock& older, const FormBlock& newer) {
    html_.Open("div", {{"class", "pair"}});
    if (older.kind == BlockKind::kTable) {
      html_.Open("div");
      AppendBlock(older, old_marks_, &html_);
      html_.Close("div");
      html_.Open("div");
      AppendBlock(newer, new_marks_, &html_);
      html_.Close("div");
    } else {
      const std::vector<DiffPiece> pieces = DiffTexts(older.text, newer.text);
      AppendText(older, pieces, Side::kOld);
      AppendText(newer, pieces, Side::kNew);
    }
    html_.Close("div");
  }

  void AppendText(const FormBlock& block, const std::vector<DiffPiece>& pieces,
                  Side side) {
    const FormMarks& marks = side == Side::kOld ? old_marks_ : new_marks_;
    const bool is_heading = block.kind == BlockKind::kSectionHeading ||
                            block.kind == BlockKind::kTopicHeading;
    HtmlAttributes attributes = {{"class", block.kind == BlockKind::kPublication
                                               ? "publication"
                                               : "prose"}};
    // The heading of a text stands above what has its id.
    if (!is_heading) {
      attributes.emplace_back("id", ElementId(block.field, marks));
      attributes.emplace_back("lang", "zh-CN");
    }
    html_.Open("div", attributes);
    if (!block.is_present) {
      html_.Element("p", Pick({"（无）", "(none)"}),
                    {{"class", "absent"}, {"lang", LanguageOf()}});
    } else {
      AppendPieces(pieces, side, TagOf(block.kind), &html_);
    }
    html_.Close("div");
  }

  std::string LanguageOf() const {
    return std::string(LanguageCode(language_));
  }

  static std::string TagOf(BlockKind kind) {
    switch (kind) {
      case BlockKind::kTitle:
        return "h1";
      case BlockKind::kSectionHeading:
        return "h2";
      case BlockKind::kTopicHeading:
        return "h3";
      case BlockKind::kPublication:
      case BlockKind::kPreface:
      case BlockKind::kProse:
      case BlockKind::kTable:
        return "p";
    }
    return "p";
  }

  const DiffSide older_;
  const DiffSide newer_;
  const Language language_;
  const report::Difference difference_;
  const std::vector<std::string> explanations_;
  const ChangeMarks old_marks_;
  const ChangeMarks new_marks_;
  std::set<std::string> shown_;  // Links lead only to what is shown.
  HtmlBuilder html_;
};

}  // namespace

std::string RenderDiffHtml(const DiffSide& older, const DiffSide& newer,
                           Language language) {
  return DiffPage(older, newer, language).Render();
}

}  // namespace annals::client
