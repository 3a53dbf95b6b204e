#include "service/report/plausibility_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

// From what share on 其他 is no rare case any more, and from what number on a
// share says something.
constexpr int64_t kOtherPercent = 20;
constexpr int64_t kOtherCountMin = 5;

bool IsForGovernment(const v1::Agency& agency) {
  switch (agency.kind()) {
    case v1::AGENCY_KIND_GOVERNMENT:
    case v1::AGENCY_KIND_GOVERNMENT_OFFICE:
      return true;
    case v1::AGENCY_KIND_UNSPECIFIED:
      return absl::EndsWith(agency.display_name(), "人民政府") ||
             absl::EndsWith(agency.display_name(), "人民政府办公厅") ||
             absl::EndsWith(agency.display_name(), "人民政府办公室");
    default:
      return false;
  }
}

// Cities divided into districts are numbered 01 to 20 and 51 to 70 within the
// province; 21 to 50 are autonomous prefectures, which make rules, and
// prefectures and leagues, which do not.
std::optional<bool> HasPrefecturalPower(const v1::Agency& agency,
                                        absl::string_view prefecture) {
  if (prefecture <= "20" || (prefecture >= "51" && prefecture <= "70")) {
    return true;
  }
  if (prefecture >= "71") return false;
  if (absl::StrContains(agency.display_name(), "自治州")) return true;
  const bool is_commission =
      absl::StrContains(agency.display_name(), "行政公署") ||
      absl::StrContains(agency.display_name(), "地区");
  return is_commission ? std::optional<bool>(false) : std::nullopt;
}

}  // namespace

std::optional<bool> HasRuleMakingPower(const v1::Agency& agency) {
  const absl::string_view code = agency.division_code();
  if (code.size() < 6) return std::nullopt;
  // 10 is the State in codes of registering authorities; no province has it.
  const bool is_national =
      absl::StartsWith(code, "10") || absl::StartsWith(code, "00");
  if (is_national) return true;
  if (code.size() > 6 || code.substr(4, 2) != "00") return false;
  if (!IsForGovernment(agency)) {
    return agency.kind() == v1::AGENCY_KIND_UNSPECIFIED
               ? std::nullopt
               : std::optional<bool>(false);
  }
  if (code.substr(2, 2) == "00") return true;
  return HasPrefecturalPower(agency, code.substr(2, 2));
}

namespace {

// The terms of a side that are not zero, with their figures.
std::string FilledText(const std::vector<TermRef>& side,
                       const CheckInput& input, Language language) {
  std::vector<std::string> texts;
  for (const TermRef& term : side) {
    const auto value = FigureOf(input, term.cell, false);
    if (value.value_or(0) == 0) continue;
    texts.push_back(SideText({term}, *value, input, language));
  }
  return absl::StrJoin(texts, language == Language::kZh ? "；" : "; ");
}

void AddFilledTerms(const std::vector<TermRef>& side, const CheckInput& input,
                    v1::Side* terms) {
  for (const TermRef& term : side) {
    if (FigureOf(input, term.cell, false).value_or(0) != 0) {
      AddTerm(term, input, terms);
    }
  }
}

bool HasFigure(const std::vector<TermRef>& side, const CheckInput& input) {
  return std::any_of(side.begin(), side.end(), [&input](const TermRef& term) {
    return FigureOf(input, term.cell, term.is_previous).value_or(0) > 0;
  });
}

}  // namespace

v1::Outcome ApplyRegulationPowerRule(const RuleInstance& instance,
                                     const CheckInput& input,
                                     v1::Finding* finding) {
  if (!HasFigure(instance.left, input)) return v1::OUTCOME_PASS;
  const v1::Agency* agency = input.context().agency;
  const std::optional<bool> has_power =
      agency == nullptr ? std::nullopt : HasRuleMakingPower(*agency);
  if (has_power == true) return v1::OUTCOME_PASS;
  AddFilledTerms(instance.left, input, finding->mutable_left());
  const std::string zh = FilledText(instance.left, input, Language::kZh);
  const std::string en = FilledText(instance.left, input, Language::kEn);
  if (has_power == std::nullopt) {
    const ErrorText why =
        agency == nullptr
            ? ErrorText{"the agency's division code is not at hand",
                        "没有机关的行政区划代码"}
            : ErrorText{
                  "its kind and division code do not tell whether it may "
                  "make rules",
                  "从机关类型和行政区划代码看不出有无规章制定权"};
    SetMessage({absl::StrCat("table 2: ", en, "; ", why.en),
                absl::StrCat("表二：", zh, "；", why.zh)},
               finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  SetMessage(
      {absl::StrCat("table 2: ", en, "; ", agency->display_name(),
                    " (division ", agency->division_code(),
                    ") has no power to make rules (规章). They may be "
                    "normative documents, which stand in the row below"),
       absl::StrCat("表二：", zh, "；", agency->display_name(), "（区划 ",
                    agency->division_code(),
                    "）没有规章制定权。可能是把行政规范性文件填入了规章一行")},
      finding);
  return v1::OUTCOME_FAIL;
}

namespace {

// `dividend` / `divisor`, which is above zero, rounded.
std::string OneDecimal(__int128 dividend, int64_t divisor) {
  const __int128 tenths = (dividend * 10 + divisor / 2) / divisor;
  return absl::StrCat(static_cast<int64_t>(tenths / 10), ".",
                      static_cast<int64_t>(tenths % 10));
}

}  // namespace

v1::Outcome ApplyOtherShareRule(const RuleInstance& instance,
                                const CheckInput& input, v1::Finding* finding) {
  const TermRef& part = instance.left.front();
  const TermRef& whole = instance.right.front();
  // The edition of 2019 has one row for all other cases.
  if (input.IsLeftOut(part.cell, false)) return v1::OUTCOME_UNSPECIFIED;
  const auto part_value = FigureOf(input, part.cell, false);
  const auto whole_value = FigureOf(input, whole.cell, false);
  AddTerm(part, input, finding->mutable_left());
  AddTerm(whole, input, finding->mutable_right());
  if (!part_value.has_value() || !whole_value.has_value()) {
    const TermRef& blank = part_value.has_value() ? whole : part;
    SetMessage({absl::StrCat("blank: ", TermLabel(blank, input, Language::kEn)),
                absl::StrCat("空白：", TermLabel(blank, input, Language::kZh))},
               finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  // In wide numbers: a count may be as large as 64 bits.
  const auto scaled = static_cast<__int128>(*part_value) * 100;
  const bool is_large =
      *part_value >= kOtherCountMin && *whole_value > 0 &&
      scaled > static_cast<__int128>(*whole_value) * kOtherPercent;
  if (!is_large) {
    finding->Clear();
    return v1::OUTCOME_PASS;
  }
  const std::string percent = OneDecimal(scaled, *whole_value);
  SetMessage(
      {absl::StrCat(
           "table 3: ", SideText({part}, *part_value, input, Language::kEn),
           " is ", percent, "% of ",
           SideText({whole}, *whole_value, input, Language::kEn),
           "; the row is meant for rare cases, such as applications "
           "that were withdrawn"),
       absl::StrCat(
           "表三：", SideText({part}, *part_value, input, Language::kZh),
           " 占 ", SideText({whole}, *whole_value, input, Language::kZh),
           " 的 ", percent, "%；该项只用于极少数特殊情况，如申请人主动撤回")},
      finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyOrphanRule(const RuleInstance& instance,
                            const CheckInput& input, v1::Finding* finding) {
  if (!HasFigure(instance.left, input)) return v1::OUTCOME_PASS;
  bool has_blank = false;
  for (const TermRef& term : instance.right) {
    if (term.is_previous && !input.has_previous()) continue;
    const auto value = FigureOf(input, term.cell, term.is_previous);
    if (value.value_or(0) > 0) return v1::OUTCOME_PASS;
    has_blank = has_blank || !value.has_value();
  }
  AddFilledTerms(instance.left, input, finding->mutable_left());
  const std::string zh = FilledText(instance.left, input, Language::kZh);
  const std::string en = FilledText(instance.left, input, Language::kEn);
  if (!input.has_previous()) {
    LacksPreviousReport(input, finding);
    SetMessage(
        {absl::StrCat("table 4: ", en, ", and table 3 has no applications; ",
                      finding->message().en()),
         absl::StrCat("表四：", zh, "，而表三没有申请；",
                      finding->message().zh())},
        finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  for (const TermRef& term : instance.right) {
    AddTerm(term, input, finding->mutable_right());
  }
  SetMessage(
      {absl::StrCat("table 4: ", en,
                    has_blank ? "; the applications in table 3 are blank"
                              : "; neither this year's nor last year's table "
                                "3 has any applications they could concern"),
       absl::StrCat("表四：", zh,
                    has_blank ? "；表三的申请数量为空白"
                              : "；而本年和上年的表三都没有申请，复议诉讼从何"
                                "而来")},
      finding);
  return has_blank ? v1::OUTCOME_NOT_ASSESSABLE : v1::OUTCOME_FAIL;
}

}  // namespace annals::report
