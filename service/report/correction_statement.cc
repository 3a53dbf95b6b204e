#include "service/report/correction_statement.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/report/diff.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

std::string FigureText(const std::optional<int64_t>& value,
                       const CellInfo& cell, const v1::Report& report) {
  return value.has_value() ? FormatFigure(*value, cell, report) : "空白";
}

std::string Head(const EffectiveCorrection& correction) {
  const v1::Report& report = *correction.after;
  std::string head =
      absl::StrCat("更正说明\n\n", report.agency_name(), report.year(),
                   "年政府信息公开工作年度报告",
                   report.scope() == v1::SCOPE_REGIONAL ? "（汇总）" : "", "于",
                   correction.day.year(), "年", correction.day.month(), "月",
                   correction.day.day(), "日更正。\n更正原因：");
  const std::string label = EnumLabel(correction.reason_code, Language::kZh);
  return absl::StrCat(head, label, label.empty() ? "" : "。", correction.reason,
                      "\n");
}

std::string CellLines(const EffectiveCorrection& correction,
                      const std::vector<CellDifference>& cells) {
  std::string text = absl::StrCat("\n更正的数据（", cells.size(), "处）：\n");
  int place = 0;
  for (const CellDifference& change : cells) {
    const CellInfo& cell =
        Schema::Get().cells()[static_cast<size_t>(change.cell)];
    const v1::Edition edition = EditionOf(*correction.after, cell.table_number);
    absl::StrAppend(
        &text, ++place, ". ",
        Schema::Get().CellLabel(
            change.cell, cell.In(edition) ? edition : v1::EDITION_UNSPECIFIED,
            Language::kZh),
        "：由 ", FigureText(change.old_value, cell, *correction.before),
        " 更正为 ", FigureText(change.new_value, cell, *correction.after),
        "\n");
  }
  return text;
}

std::string TextLines(const std::vector<TextDifference>& texts) {
  std::string text = absl::StrCat("\n修改的文字（", texts.size(), "处）：\n");
  int place = 0;
  for (const TextDifference& change : texts) {
    absl::StrAppend(&text, ++place, ". ",
                    Schema::Get().TextLabel(change.field, Language::kZh), "：",
                    !change.old_text.has_value()   ? "新增"
                    : !change.new_text.has_value() ? "删去"
                                                   : "有修改",
                    "\n");
  }
  return text;
}

}  // namespace

std::string CorrectionStatement(const EffectiveCorrection& correction) {
  const Difference difference =
      DiffReports(*correction.before, *correction.after);
  std::string text = Head(correction);
  if (!difference.cells.empty()) {
    absl::StrAppend(&text, CellLines(correction, difference.cells));
  }
  if (!difference.texts.empty()) {
    absl::StrAppend(&text, TextLines(difference.texts));
  }
  if (difference.empty()) absl::StrAppend(&text, "\n数据和文字均无变化。\n");
  return text;
}

}  // namespace annals::report
