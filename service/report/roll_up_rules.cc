#include "service/report/roll_up_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/checked_sum.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

// A finding stands in the ledger for good, two hundred of them beside each
// other: of the parts, only so many are named in one.
constexpr size_t kTermsMax = 40;
constexpr size_t kPartsShown = 5;
constexpr size_t kMissingNamedPerCell = 5;
constexpr size_t kMissingListedMax = 1000;

bool IsRegional(const CheckInput& input) {
  return input.report().head().scope() == v1::SCOPE_REGIONAL;
}

std::string NameOf(const PartReport& part) {
  return part.agency_display_name.empty()
             ? part.name
             : absl::StrCat(part.agency_display_name, " ", part.name);
}

std::string NamesText(const std::vector<const PartReport*>& parts,
                      Language language) {
  const bool is_zh = language == Language::kZh;
  std::vector<std::string> names;
  for (size_t i = 0; i < parts.size() && i < kPartsShown; ++i) {
    names.push_back(NameOf(*parts[i]));
  }
  std::string text = absl::StrJoin(names, is_zh ? "；" : "; ");
  if (parts.size() > kPartsShown) {
    absl::StrAppend(
        &text,
        is_zh ? absl::StrCat("等 ", parts.size(), " 份")
              : absl::StrCat("; and ", parts.size() - kPartsShown, " more"));
  }
  return text;
}

// What the parts that were filed say of one cell.
struct PartSum {
  CheckedSum sum;
  bool has_figure = false;
  // Filed, but the cell is blank or not in the edition of the table.
  std::vector<const PartReport*> blank;
  std::vector<std::pair<const PartReport*, int64_t>> figures;  // Not zero.
};

PartSum AddUpParts(CellIndex cell, const RollUpParts& parts) {
  const CellInfo& info = Schema::Get().cells()[cell];
  PartSum result;
  for (const PartReport* part : parts.filed) {
    const v1::Edition edition =
        EditionOf(part->report->head(), info.table_number);
    const auto& value = part->report->cells()[static_cast<size_t>(cell)];
    if (!value.has_value() || !info.In(edition)) {
      result.blank.push_back(part);
      continue;
    }
    result.sum.Add(*value);
    if (*value != 0) result.figures.push_back({part, *value});
  }
  return result;
}

// The parts with the largest figures.
void AddPartTerms(CellIndex cell, PartSum* sum, v1::Side* side) {
  const auto shown =
      sum->figures.begin() +
      static_cast<std::ptrdiff_t>(std::min(sum->figures.size(), kTermsMax));
  std::partial_sort(sum->figures.begin(), shown, sum->figures.end(),
                    [](const auto& a, const auto& b) {
                      if (a.second != b.second) return a.second > b.second;
                      return a.first->name < b.first->name;
                    });
  for (auto figure = sum->figures.begin(); figure != shown; ++figure) {
    v1::Term* term = side->add_terms();
    term->set_cell(Schema::Get().cells()[cell].id);
    term->set_report(figure->first->name);
    term->set_value(figure->second);
  }
}

std::string CellText(CellIndex cell, const CheckInput& input,
                     Language language) {
  const CellInfo& info = Schema::Get().cells()[cell];
  const bool is_zh = language == Language::kZh;
  const auto& value = input.Value(cell, false);
  return absl::StrCat(
      TableName(info.table_number, language), is_zh ? "：" : ": ",
      TermLabel({cell}, input, language), is_zh ? "（" : " (",
      value.has_value() ? FormatFigure(*value, info, input.report().head())
                        : std::string(is_zh ? "空白" : "blank"),
      is_zh ? "）" : ")");
}

std::string FigureText(CellIndex cell, int64_t value, const CheckInput& input) {
  return FormatFigure(value, Schema::Get().cells()[cell],
                      input.report().head());
}

void SetUnequalMessage(CellIndex cell, int64_t sum, const RollUpParts& parts,
                       const CheckInput& input, v1::Finding* finding) {
  const int64_t own = *input.Value(cell, false);
  int64_t difference = 0;
  const bool has_difference = !__builtin_sub_overflow(
      std::max(own, sum), std::min(own, sum), &difference);
  const std::string sum_text = FigureText(cell, sum, input);
  const std::string difference_text =
      has_difference ? FigureText(cell, difference, input) : std::string();
  const size_t filed = parts.filed.size();
  const size_t missing = parts.missing.size();
  SetMessage(
      {absl::StrCat(
           CellText(cell, input, Language::kEn), ", but the ", filed,
           " reports that it adds up make ", sum_text,
           has_difference ? "; the difference is " : "", difference_text,
           missing > 0 ? absl::StrCat(", and ", missing,
                                      " more are not filed or not in effect")
                       : ""),
       absl::StrCat(
           CellText(cell, input, Language::kZh), "，而所汇总的 ", filed,
           " 份报告合计 ", sum_text, has_difference ? "，相差 " : "",
           difference_text,
           missing > 0 ? absl::StrCat("，另有 ", missing, " 份尚未报送或未生效")
                       : "")},
      finding);
}

v1::Outcome NotAssessable(CellIndex cell,
                          const std::vector<const PartReport*>& culprits,
                          ErrorText why, const CheckInput& input,
                          v1::Finding* finding) {
  SetMessage({absl::StrCat(CellText(cell, input, Language::kEn), "; ", why.en,
                           NamesText(culprits, Language::kEn)),
              absl::StrCat(CellText(cell, input, Language::kZh), "；", why.zh,
                           NamesText(culprits, Language::kZh))},
             finding);
  return v1::OUTCOME_NOT_ASSESSABLE;
}

v1::Outcome DecideRollUp(CellIndex cell, const RollUpParts& parts, PartSum* sum,
                         const CheckInput& input, v1::Finding* finding) {
  const auto& own = input.Value(cell, false);
  const std::optional<int64_t> total = sum->sum.Result();
  AddTerm({cell}, input, finding->mutable_left());
  AddPartTerms(cell, sum, finding->mutable_right());
  if (own.has_value()) finding->mutable_left()->set_value(*own);
  if (total.has_value()) finding->mutable_right()->set_value(*total);
  for (const PartReport* part : parts.missing) {
    if (finding->missing_reports_size() >=
        static_cast<int>(kMissingNamedPerCell)) {
      break;
    }
    finding->add_missing_reports(part->name);
  }
  if (!own.has_value() || !total.has_value()) {
    return NotAssessable(
        cell, {},
        own.has_value()
            ? ErrorText{"the sum is beyond 64 bits", "合计超出 64 位整数"}
            : ErrorText{"nothing to compare", "无从核对"},
        input, finding);
  }
  const bool can_grow = !Schema::Get().cells()[cell].may_be_negative;
  if (!parts.missing.empty() && !(can_grow && *own < *total)) {
    return NotAssessable(
        cell, parts.missing,
        {absl::StrCat("what was filed makes ", FigureText(cell, *total, input),
                      "; not filed or not in effect: "),
         absl::StrCat("已报送的合计 ", FigureText(cell, *total, input),
                      "；尚未报送或未生效：")},
        input, finding);
  }
  if (!sum->blank.empty() && !(can_grow && *own < *total)) {
    return NotAssessable(cell, sum->blank,
                         {"the cell is blank, or not in the edition, of: ",
                          "下列报告此格空白，或其格式版本没有此格："},
                         input, finding);
  }
  SetUnequalMessage(cell, *total, parts, input, finding);
  if (!parts.missing.empty()) finding->set_severity(v1::SEVERITY_INFO);
  return v1::OUTCOME_FAIL;
}

}  // namespace

v1::Outcome ApplyRollUpRule(const RuleInstance& instance,
                            const CheckInput& input, v1::Finding* finding) {
  if (!IsRegional(input) || !input.context().parts.has_value()) {
    return v1::OUTCOME_UNSPECIFIED;
  }
  const CellIndex cell = instance.left.front().cell;
  if (input.IsLeftOut(cell, false)) return v1::OUTCOME_UNSPECIFIED;
  const RollUpParts& parts = input.roll_up_parts();
  if (parts.filed.empty()) return v1::OUTCOME_UNSPECIFIED;
  PartSum sum = AddUpParts(cell, parts);
  const auto& own = input.Value(cell, false);
  const bool is_complete = parts.missing.empty() && sum.blank.empty();
  const bool is_equal = own.has_value() && sum.sum.Result() == own;
  if (is_complete && is_equal) return v1::OUTCOME_PASS;
  // Zero everywhere so far: there is nothing to say of it yet.
  if (!is_complete && is_equal && *own == 0) return v1::OUTCOME_UNSPECIFIED;
  return DecideRollUp(cell, parts, &sum, input, finding);
}

v1::Outcome ApplyMissingRule(const RuleInstance&, const CheckInput& input,
                             v1::Finding* finding) {
  if (!IsRegional(input)) return v1::OUTCOME_UNSPECIFIED;
  if (!input.context().parts.has_value()) {
    SetMessage(
        {"the reports that it adds up are not at hand, so that no figure "
         "could be compared with them (R-SUM)",
         "没有所汇总的各份报告，无法逐格核对汇总数（R-SUM）"},
        finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  const RollUpParts& parts = input.roll_up_parts();
  if (parts.missing.empty()) return v1::OUTCOME_PASS;
  for (const PartReport* part : parts.missing) {
    if (finding->missing_reports_size() >=
        static_cast<int>(kMissingListedMax)) {
      break;
    }
    finding->add_missing_reports(part->name);
  }
  const size_t all = parts.missing.size() + parts.filed.size();
  SetMessage({absl::StrCat(parts.missing.size(), " of the ", all,
                           " reports that it adds up ",
                           parts.missing.size() == 1 ? "is" : "are",
                           " not filed or not in effect: ",
                           NamesText(parts.missing, Language::kEn)),
              absl::StrCat("所汇总的 ", all, " 份报告中有 ",
                           parts.missing.size(), " 份尚未报送或未生效：",
                           NamesText(parts.missing, Language::kZh))},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyDoubleRule(const RuleInstance&, const CheckInput& input,
                            v1::Finding* finding) {
  if (!IsRegional(input)) return v1::OUTCOME_UNSPECIFIED;
  if (!input.context().parts.has_value()) {
    SetMessage(
        {"the reports that it adds up are not at hand", "没有所汇总的各份报告"},
        finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  const std::vector<const PartReport*>& twice = input.roll_up_parts().twice;
  if (twice.empty()) return v1::OUTCOME_PASS;
  SetMessage(
      {absl::StrCat("a subordinate regional report covers these as well, so "
                    "they are not added up a second time: ",
                    NamesText(twice, Language::kEn)),
       absl::StrCat("下级汇总报告已包含下列报告，核对时不再重复计入：",
                    NamesText(twice, Language::kZh))},
      finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
