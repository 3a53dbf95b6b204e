#include "service/report/finding_text.h"

#include "absl/strings/str_cat.h"

namespace annals::report {
namespace {

// Sums of more terms than this are printed without their zeros.
constexpr size_t kShortSumTerms = 4;
// So many cells of a sum are named if all of it is zero.
constexpr size_t kZerosNamed = 3;

std::string OfLastYear(const TermRef& term, absl::string_view label,
                       Language language) {
  if (!term.is_previous) return std::string(label);
  return absl::StrCat(
      language == Language::kZh ? "上年度报告 " : "last year's ", label);
}

std::string SideExpression(const std::vector<TermRef>& side,
                           v1::Edition edition, Language language) {
  if (side.empty()) return "0";
  std::string text;
  for (const TermRef& term : side) {
    if (!text.empty()) text += term.is_negative ? " − " : " + ";
    text += OfLastYear(
        term, Schema::Get().CellLabel(term.cell, edition, language), language);
  }
  return text;
}

std::string TermText(const TermRef& term, const CheckInput& input,
                     Language language) {
  const CellInfo& cell = Schema::Get().cells()[term.cell];
  const v1::Report& report =
      (term.is_previous ? *input.context().previous : input.report()).head();
  const std::string figure =
      FormatFigure(*input.Value(term.cell, term.is_previous), cell, report);
  const bool is_zh = language == Language::kZh;
  return absl::StrCat(TermLabel(term, input, language), is_zh ? "（" : " (",
                      figure, is_zh ? "）" : ")");
}

// A long sum of which nothing is left: what it adds up.
std::string ZerosText(const std::vector<TermRef>& side, const CheckInput& input,
                      Language language) {
  std::vector<std::string> labels;
  for (const TermRef& term : side) {
    if (IsLeftOut(term, side, input)) continue;
    labels.push_back(TermLabel(term, input, language));
  }
  if (labels.empty()) return "0";
  const std::string joined = JoinLabels(labels, kZerosNamed, language);
  return language == Language::kZh
             ? absl::StrCat("0（", joined, "，均为 0）")
             : absl::StrCat("0 (all of these are 0: ", joined, ")");
}

}  // namespace

bool IsLeftOut(const TermRef& term, const std::vector<TermRef>& side,
               const CheckInput& input) {
  return side.size() > 1 && !term.is_previous &&
         input.IsLeftOut(term.cell, false);
}

std::string TableName(int table_number, Language language) {
  if (language == Language::kEn) return absl::StrCat("table ", table_number);
  switch (table_number) {
    case 2:
      return "表二";
    case 3:
      return "表三";
    default:
      return "表四";
  }
}

std::string TermLabel(const TermRef& term, const CheckInput& input,
                      Language language) {
  const CellInfo& cell = Schema::Get().cells()[term.cell];
  const ReportView& report = term.is_previous && input.context().previous
                                 ? *input.context().previous
                                 : input.report();
  return OfLastYear(
      term,
      Schema::Get().CellLabel(
          term.cell, EditionOf(report.head(), cell.table_number), language),
      language);
}

std::string RuleExpression(const RuleInstance& instance, v1::Edition edition,
                           Language language) {
  return absl::StrCat(SideExpression(instance.left, edition, language),
                      instance.demand == Demand::kAtLeast ? " ≥ " : " = ",
                      SideExpression(instance.right, edition, language));
}

std::string SideText(const std::vector<TermRef>& side, int64_t sum,
                     const CheckInput& input, Language language) {
  std::string text;
  for (const TermRef& term : side) {
    const auto& value = input.Value(term.cell, term.is_previous);
    if (!value.has_value() || IsLeftOut(term, side, input)) continue;
    if (side.size() > kShortSumTerms && *value == 0) continue;
    if (!text.empty() || term.is_negative) {
      text += term.is_negative ? " − " : " + ";
    }
    text += TermText(term, input, language);
  }
  if (side.size() == 1) return text;
  if (text.empty() && !side.empty()) return ZerosText(side, input, language);
  return absl::StrCat(text, text.empty() ? "" : " = ", sum);
}

std::string JoinLabels(const std::vector<std::string>& labels, size_t count_max,
                       Language language) {
  const bool is_zh = language == Language::kZh;
  std::string text;
  for (size_t i = 0; i < labels.size() && i < count_max; ++i) {
    if (i > 0) text += is_zh ? "；" : "; ";
    text += labels[i];
  }
  if (labels.size() > count_max) {
    text += is_zh ? absl::StrCat("等共 ", labels.size(), " 格")
                  : absl::StrCat("; and ", labels.size() - count_max, " more");
  }
  return text;
}

}  // namespace annals::report
