#include "service/report/year_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"
#include "service/report/text_repetition.h"

namespace annals::report {
namespace {

constexpr size_t kCellsShown = 10;
// Below it a figure has no order of magnitude to speak of: 3 after 0 is no
// jump.
constexpr int64_t kJumpCountMin = 50;
constexpr int64_t kJumpFenMin = 10000000;  // 10 万元.
constexpr int64_t kJumpFactor = 10;

// The figures of both years that both editions have.
struct FigurePair {
  CellIndex cell = 0;
  int64_t now = 0;
  int64_t before = 0;
};

std::vector<FigurePair> PairsOf(const CheckInput& input) {
  const std::vector<CellInfo>& infos = Schema::Get().cells();
  std::vector<FigurePair> pairs;
  for (size_t i = 0; i < infos.size(); ++i) {
    const CellIndex cell = static_cast<CellIndex>(i);
    const auto now = FigureOf(input, cell, false);
    const auto before = FigureOf(input, cell, true);
    if (now.has_value() && before.has_value()) {
      pairs.push_back({cell, *now, *before});
    }
  }
  return pairs;
}

// Two quiet years may well have as many documents in force, so that only what
// was done in the year says something.
bool AreFiguresSame(const std::vector<FigurePair>& pairs) {
  bool has_deeds = false;
  for (const FigurePair& pair : pairs) {
    if (pair.now != pair.before) return false;
    has_deeds = has_deeds ||
                (pair.now != 0 && !Schema::Get().cells()[pair.cell].is_stock);
  }
  return has_deeds;
}

std::vector<absl::string_view> ProseOf(const ReportView& report) {
  std::vector<absl::string_view> texts;
  for (const size_t place : SectionPlaces()) {
    texts.push_back(TextAt(report, place));
  }
  return texts;
}

ErrorText SameText(bool are_figures_same, size_t figure_count,
                   const Repetition& repetition) {
  ErrorText text;
  if (are_figures_same) {
    text.en = absl::StrCat("all ", figure_count,
                           " figures of tables 2 to 4 are those of last year");
    text.zh = absl::StrCat("表二至表四的 ", figure_count,
                           " 个数与上年度报告完全相同");
  }
  if (!repetition.IsMoreThanHalf()) return text;
  absl::StrAppend(&text.en, text.en.empty() ? "" : "; ", repetition.Percent(),
                  "% of the prose repeats last year's report (runs of ",
                  kRepeatedRunCharacters, " characters or more)");
  absl::StrAppend(&text.zh, text.zh.empty() ? "" : "；",
                  "正文与上年度报告的重复率为 ", repetition.Percent(),
                  "%（连续 ", kRepeatedRunCharacters, " 字以上相同）");
  return text;
}

}  // namespace

v1::Outcome ApplySameRule(const RuleInstance&, const CheckInput& input,
                          v1::Finding* finding) {
  if (!input.has_previous()) return LacksPreviousReport(input, finding);
  const std::vector<FigurePair> pairs = PairsOf(input);
  const bool are_figures_same = AreFiguresSame(pairs);
  const Repetition repetition =
      RepeatedIn(ProseOf(input.report()), ProseOf(*input.context().previous));
  if (!are_figures_same && !repetition.IsMoreThanHalf()) {
    return v1::OUTCOME_PASS;
  }
  if (repetition.IsMoreThanHalf()) {
    for (const size_t place : SectionPlaces()) {
      if (TextAt(input.report(), place).empty()) continue;
      AddTextTerm(place, finding->mutable_left());
      AddTextTerm(place, finding->mutable_right());
    }
    for (v1::Term& term : *finding->mutable_right()->mutable_terms()) {
      term.set_report(input.context().previous_name);
    }
  }
  SetMessage(SameText(are_figures_same, pairs.size(), repetition), finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyZeroRule(const RuleInstance& instance, const CheckInput& input,
                          v1::Finding* finding) {
  if (!input.has_previous()) return LacksPreviousReport(input, finding);
  bool has_figure = false;
  bool was_filled = false;
  for (const TermRef& term : instance.left) {
    const auto now = FigureOf(input, term.cell, false);
    if (now.value_or(0) != 0) return v1::OUTCOME_PASS;
    has_figure = has_figure || now.has_value();
    was_filled =
        was_filled || FigureOf(input, term.cell, true).value_or(0) != 0;
  }
  if (!has_figure) {
    SetMessage({"tables 3 and 4 are blank", "表三、表四均为空白"}, finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  if (!was_filled) return v1::OUTCOME_PASS;
  std::vector<std::string> zh;
  std::vector<std::string> en;
  for (TermRef term : instance.left) {
    AddTerm(term, input, finding->mutable_left());
    term.is_previous = true;
    AddTerm(term, input, finding->mutable_right());
    const auto before = FigureOf(input, term.cell, true);
    if (before.value_or(0) == 0) continue;
    zh.push_back(absl::StrCat(TermLabel(term, input, Language::kZh), "（",
                              *before, "）"));
    en.push_back(absl::StrCat(TermLabel(term, input, Language::kEn), " (",
                              *before, ")"));
  }
  SetMessage({absl::StrCat("tables 3 and 4 are all zero; last year they were "
                           "not: ",
                           JoinLabels(en, kCellsShown, Language::kEn)),
              absl::StrCat("表三、表四全部为 0，而上年度不为 0：",
                           JoinLabels(zh, kCellsShown, Language::kZh))},
             finding);
  return v1::OUTCOME_FAIL;
}

namespace {

bool IsJump(const CellInfo& cell, int64_t now, int64_t before) {
  const int64_t larger = std::max(now, before);
  const int64_t smaller = std::max<int64_t>(std::min(now, before), 1);
  const bool is_money = cell.unit != v1::UNIT_UNSPECIFIED;
  return larger >= (is_money ? kJumpFenMin : kJumpCountMin) &&
         larger / kJumpFactor >= smaller;
}

std::string JumpText(const TermRef& term, const CheckInput& input,
                     Language language) {
  const CellInfo& cell = Schema::Get().cells()[term.cell];
  const auto figure = [&cell, &term, &input](bool is_previous) {
    const ReportView& report =
        is_previous ? *input.context().previous : input.report();
    return FormatFigure(*input.Value(term.cell, is_previous), cell,
                        report.head());
  };
  const bool is_zh = language == Language::kZh;
  return absl::StrCat(TableName(cell.table_number, language),
                      is_zh ? " " : ", ", TermLabel(term, input, language),
                      is_zh ? "：" : ": ", figure(true), " → ", figure(false));
}

}  // namespace

v1::Outcome ApplyJumpRule(const RuleInstance& instance, const CheckInput& input,
                          v1::Finding* finding) {
  if (!input.has_previous()) return LacksPreviousReport(input, finding);
  bool is_comparable = false;
  std::vector<std::string> zh;
  std::vector<std::string> en;
  for (const TermRef& term : instance.left) {
    const auto now = FigureOf(input, term.cell, false);
    const auto before = FigureOf(input, term.cell, true);
    if (!now.has_value() || !before.has_value()) continue;
    is_comparable = true;
    if (!IsJump(Schema::Get().cells()[term.cell], *now, *before)) continue;
    AddTerm(term, input, finding->mutable_left());
    AddTerm({term.cell, /*is_previous=*/true}, input, finding->mutable_right());
    zh.push_back(JumpText(term, input, Language::kZh));
    en.push_back(JumpText(term, input, Language::kEn));
  }
  if (!is_comparable) {
    SetMessage({"no figure is filled in both years", "两年没有都填写的数"},
               finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  if (zh.empty()) return v1::OUTCOME_PASS;
  SetMessage({absl::StrCat("tenfold or a tenth of last year's: ",
                           JoinLabels(en, kCellsShown, Language::kEn)),
              absl::StrCat("与上年度相差十倍以上：",
                           JoinLabels(zh, kCellsShown, Language::kZh))},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyPendingRule(const RuleInstance& instance,
                             const CheckInput& input, v1::Finding* finding) {
  if (!input.has_previous()) return LacksPreviousReport(input, finding);
  std::vector<std::string> zh;
  std::vector<std::string> en;
  for (size_t i = 0; i < instance.left.size(); ++i) {
    const TermRef& total = instance.left[i];
    const TermRef& pending = instance.right[i];
    const auto now = FigureOf(input, total.cell, false);
    const auto before = FigureOf(input, pending.cell, true);
    if (before.value_or(0) <= 0 || now.value_or(0) != 0) continue;
    if (!now.has_value()) {
      SetMessage(
          {absl::StrCat("blank: ", TermLabel(total, input, Language::kEn)),
           absl::StrCat("空白：", TermLabel(total, input, Language::kZh))},
          finding);
      AddTerm(total, input, finding->mutable_left());
      AddTerm(pending, input, finding->mutable_right());
      return v1::OUTCOME_NOT_ASSESSABLE;
    }
    AddTerm(total, input, finding->mutable_left());
    AddTerm(pending, input, finding->mutable_right());
    zh.push_back(absl::StrCat(TermLabel(pending, input, Language::kZh), "（",
                              *before, "），而本年 ",
                              TermLabel(total, input, Language::kZh), "（0）"));
    en.push_back(absl::StrCat(TermLabel(pending, input, Language::kEn), " (",
                              *before, "), but this year's ",
                              TermLabel(total, input, Language::kEn), " (0)"));
  }
  if (zh.empty()) return v1::OUTCOME_PASS;
  SetMessage(
      {absl::StrCat("table 4: ", JoinLabels(en, kCellsShown, Language::kEn)),
       absl::StrCat("表四：", JoinLabels(zh, kCellsShown, Language::kZh))},
      finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
