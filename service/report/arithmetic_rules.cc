#include "service/report/arithmetic_rules.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

constexpr size_t kBlanksShown = 5;

// One side of a rule, added up.
struct Sum {
  bool has_blank = false;
  std::optional<int64_t> value;  // Absent if a figure is blank or it overflows.
};

Sum AddUp(const std::vector<TermRef>& side, const CheckInput& input) {
  Sum sum;
  CheckedSum checked;
  for (const TermRef& term : side) {
    if (IsLeftOut(term, side, input)) continue;
    const auto& value = input.Value(term.cell, term.is_previous);
    if (!value.has_value()) {
      sum.has_blank = true;
    } else if (term.is_negative) {
      checked.Subtract(*value);
    } else {
      checked.Add(*value);
    }
  }
  if (!sum.has_blank) sum.value = checked.Result();
  return sum;
}

bool Applies(const RuleInstance& instance, const CheckInput& input) {
  if (instance.previous == Previous::kAbsent &&
      input.previous_state() == PreviousState::kUsable) {
    return false;
  }
  if (instance.is_silent_on_blank) {
    return input.Value(instance.left.front().cell, false).has_value();
  }
  return input.Edition(instance.table_number, false) == v1::EDITION_2019
             ? instance.in_2019
             : instance.in_2021;
}

// A term whose table declares no edition, or one that has no such cell.
const TermRef* FirstWithoutEdition(const RuleInstance& instance,
                                   const CheckInput& input) {
  for (const auto* side : {&instance.left, &instance.right}) {
    for (const TermRef& term : *side) {
      const CellInfo& cell = Schema::Get().cells()[term.cell];
      const v1::Edition edition =
          input.Edition(cell.table_number, term.is_previous);
      if (edition == v1::EDITION_UNSPECIFIED) return &term;
      if (term.is_previous && !cell.In(edition)) return &term;
    }
  }
  return nullptr;
}

std::string EditionText(const TermRef& term, const CheckInput& input,
                        Language language) {
  const CellInfo& cell = Schema::Get().cells()[term.cell];
  const bool is_zh = language == Language::kZh;
  const std::string table = absl::StrCat(
      term.is_previous ? (is_zh ? "上年度报告" : "last year's ") : "",
      TableName(cell.table_number, language));
  const v1::Edition edition =
      input.Edition(cell.table_number, term.is_previous);
  if (edition == v1::EDITION_UNSPECIFIED) {
    return absl::StrCat(
        table, is_zh ? "未注明格式版本" : " does not declare its edition");
  }
  return absl::StrCat(table, is_zh ? "采用" : " follows the ",
                      EnumLabel(edition, language),
                      is_zh ? "，没有这一栏" : ", which has no such cell");
}

std::string BlanksText(const RuleInstance& instance, const CheckInput& input,
                       Language language) {
  std::vector<std::string> blanks;
  for (const auto* side : {&instance.left, &instance.right}) {
    for (const TermRef& term : *side) {
      if (input.Value(term.cell, term.is_previous).has_value()) continue;
      if (IsLeftOut(term, *side, input)) continue;
      blanks.push_back(TermLabel(term, input, language));
    }
  }
  return absl::StrCat(language == Language::kZh ? "空白：" : "blank: ",
                      JoinLabels(blanks, kBlanksShown, language));
}

std::string WhyNotAssessable(const RuleInstance& instance,
                             const CheckInput& input, bool has_blank,
                             Language language) {
  const bool is_zh = language == Language::kZh;
  if (const TermRef* term = FirstWithoutEdition(instance, input)) {
    return EditionText(*term, input, language);
  }
  if (has_blank) return BlanksText(instance, input, language);
  return is_zh ? "合计超出 64 位整数，请核对各数"
               : "a sum is beyond 64 bits; check the figures";
}

void FillSide(const std::vector<TermRef>& refs, const CheckInput& input,
              const Sum& sum, v1::Side* side) {
  for (const TermRef& ref : refs) {
    if (IsLeftOut(ref, refs, input)) continue;
    AddTerm(ref, input, side);
  }
  if (sum.value.has_value()) side->set_value(*sum.value);
}

std::string DifferenceText(int64_t left, int64_t right, Language language) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(left, right, &difference)) return std::string();
  // The magnitude of the least int64 is no int64.
  const uint64_t magnitude = difference < 0
                                 ? 0 - static_cast<uint64_t>(difference)
                                 : static_cast<uint64_t>(difference);
  return absl::StrCat(
      language == Language::kZh ? "，相差 " : "; the difference is ",
      magnitude);
}

std::string FailText(const RuleInstance& instance, const CheckInput& input,
                     int64_t left, int64_t right, Language language) {
  const bool is_zh = language == Language::kZh;
  const CellInfo& cell = Schema::Get().cells()[instance.left.front().cell];
  const std::string table =
      absl::StrCat(TableName(cell.table_number, language), is_zh ? "：" : ": ");
  const std::string left_text = SideText(instance.left, left, input, language);
  if (instance.right.empty()) {
    return absl::StrCat(table, left_text, is_zh ? " 为负数" : " is negative");
  }
  return absl::StrCat(table, left_text, is_zh ? "，而 " : ", but ",
                      SideText(instance.right, right, input, language),
                      DifferenceText(left, right, language));
}

v1::Outcome Decide(const RuleInstance& instance, const Sum& left,
                   const Sum& right) {
  if (!left.value.has_value() || !right.value.has_value()) {
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  const bool holds = instance.demand == Demand::kEqual
                         ? *left.value == *right.value
                         : *left.value >= *right.value;
  return holds ? v1::OUTCOME_PASS : v1::OUTCOME_FAIL;
}

bool LacksEdition(const RuleInstance& instance, const CheckInput& input) {
  if (instance.is_silent_on_blank) return false;
  // Nearly always, and then no term needs a look.
  if (input.has_all_editions() && instance.previous != Previous::kNeeded) {
    return false;
  }
  return FirstWithoutEdition(instance, input) != nullptr;
}

// True for every rule that looks back on a first report: the text says only
// that, for it stands in each revision so many times.
bool LacksPrevious(const RuleInstance& instance, const CheckInput& input) {
  return instance.previous == Previous::kNeeded &&
         input.previous_state() != PreviousState::kUsable;
}

}  // namespace

void AddTerm(const TermRef& ref, const CheckInput& input, v1::Side* side) {
  v1::Term* term = side->add_terms();
  term->set_cell(Schema::Get().cells()[ref.cell].id);
  if (ref.is_previous) term->set_report(input.context().previous_name);
  const auto& value = input.Value(ref.cell, ref.is_previous);
  if (value.has_value()) term->set_value(*value);
  if (ref.is_negative) term->set_negative(true);
}

v1::Outcome ApplyArithmeticRule(const RuleInstance& instance,
                                const CheckInput& input, v1::Finding* finding) {
  if (!Applies(instance, input)) return v1::OUTCOME_UNSPECIFIED;
  if (instance.is_silent_on_blank &&
      *input.Value(instance.left.front().cell, false) >= 0) {
    return v1::OUTCOME_PASS;  // Most rules end here.
  }
  if (LacksPrevious(instance, input)) {
    // There is no second side to show; the catalogue names the rule's cells.
    return LacksPreviousReport(input, finding);
  }
  const Sum left = AddUp(instance.left, input);
  const Sum right = AddUp(instance.right, input);
  v1::Outcome outcome = Decide(instance, left, right);
  if (LacksEdition(instance, input)) outcome = v1::OUTCOME_NOT_ASSESSABLE;
  if (outcome == v1::OUTCOME_PASS) return outcome;
  FillSide(instance.left, input, left, finding->mutable_left());
  FillSide(instance.right, input, right, finding->mutable_right());
  if (outcome == v1::OUTCOME_FAIL) {
    SetMessage(
        {FailText(instance, input, *left.value, *right.value, Language::kEn),
         FailText(instance, input, *left.value, *right.value, Language::kZh)},
        finding);
    return outcome;
  }
  const bool has_blank = left.has_blank || right.has_blank;
  SetMessage({absl::StrCat(
                  instance.rule.title().en(), ": ",
                  WhyNotAssessable(instance, input, has_blank, Language::kEn)),
              absl::StrCat(
                  instance.rule.title().zh(), "：",
                  WhyNotAssessable(instance, input, has_blank, Language::kZh))},
             finding);
  return outcome;
}

}  // namespace annals::report
