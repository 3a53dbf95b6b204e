#include "service/report/narrative_rule.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/characters.h"
#include "service/report/finding_text.h"
#include "service/report/prose_figure.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

// What the prose says, and where.
struct ProseFigure {
  std::string path;
  std::optional<int64_t> value;
};

// A figure of table 3 that the prose could have meant: one cell, or that cell
// and the next.
struct Candidate {
  std::vector<TermRef> terms;
  std::optional<int64_t> value;
};

// REQUIRES: the rule's right side is two pairs of cells.
std::vector<Candidate> Candidates(const RuleInstance& instance,
                                  const CheckInput& input) {
  std::vector<Candidate> candidates;
  for (size_t pair = 0; pair < instance.right.size(); pair += 2) {
    const TermRef& first = instance.right[pair];
    const TermRef& second = instance.right[pair + 1];
    const auto& first_value = input.Value(first.cell, false);
    const auto& second_value = input.Value(second.cell, false);
    candidates.push_back({{first}, first_value});
    Candidate both = {{first, second}, std::nullopt};
    if (first_value.has_value() && second_value.has_value()) {
      CheckedSum sum;
      sum.Add(*first_value);
      sum.Add(*second_value);
      both.value = sum.Result();
    }
    candidates.push_back(both);
  }
  return candidates;
}

// A sum that is the same as its first cell says nothing new.
std::string CandidatesText(const std::vector<Candidate>& candidates,
                           const CheckInput& input, Language language) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (!candidate.value.has_value()) continue;
    if (candidate.terms.size() > 1 &&
        candidate.value == candidates[i - 1].value) {
      continue;
    }
    texts.push_back(
        SideText(candidate.terms, *candidate.value, input, language));
  }
  return absl::StrJoin(texts, language == Language::kZh ? "；" : "; ");
}

std::string BlanksText(const RuleInstance& instance, const CheckInput& input,
                       Language language) {
  std::vector<std::string> labels;
  for (const TermRef& term : instance.right) {
    if (input.Value(term.cell, false).has_value()) continue;
    labels.push_back(TermLabel(term, input, language));
  }
  return JoinLabels(labels, labels.size(), language);
}

// The table's figure that comes first on the form, and so is named first.
std::string MismatchText(const ProseFigure& prose,
                         const std::vector<Candidate>& candidates,
                         const CheckInput& input, Language language) {
  const std::string place = Schema::Get().TextLabel(prose.path, language);
  const int64_t table_figure = *candidates.front().value;
  int64_t difference = 0;
  std::string difference_text;
  const bool is_zh = language == Language::kZh;
  if (!__builtin_sub_overflow(*prose.value, table_figure, &difference)) {
    difference_text = absl::StrCat(is_zh ? "，相差 " : ", a difference of ",
                                   difference < 0 ? -difference : difference,
                                   is_zh ? " 件" : "");
  }
  const std::string options = CandidatesText(candidates, input, language);
  if (is_zh) {
    return absl::StrCat("正文“", place, "”写依申请公开 ", *prose.value,
                        " 件，表三为 ", table_figure, " 件", difference_text,
                        "。表三中：", options);
  }
  return absl::StrCat("the prose (", place, ") says ", *prose.value,
                      " applications, table 3 says ", table_figure,
                      difference_text, ". In table 3: ", options);
}

void FillSides(const RuleInstance& instance, const ProseFigure& prose,
               const CheckInput& input, v1::Finding* finding) {
  v1::Term* term = finding->mutable_left()->add_terms();
  term->set_cell(prose.path);
  if (prose.value.has_value()) {
    term->set_value(*prose.value);
    finding->mutable_left()->set_value(*prose.value);
  }
  for (const TermRef& ref : instance.right) {
    AddTerm(ref, input, finding->mutable_right());
  }
}

}  // namespace

v1::Outcome ApplyNarrativeRule(const RuleInstance& instance,
                               const CheckInput& input, v1::Finding* finding) {
  const StatedRequests& stated = input.stated_requests();
  const ProseFigure prose = {Schema::Get().texts()[stated.place].path,
                             stated.value};
  const std::vector<Candidate> candidates = Candidates(instance, input);
  bool has_blank = false;
  for (const Candidate& candidate : candidates) {
    if (prose.value.has_value() && candidate.value == prose.value) {
      return v1::OUTCOME_PASS;
    }
    has_blank = has_blank || !candidate.value.has_value();
  }
  FillSides(instance, prose, input, finding);
  if (!prose.value.has_value()) {
    SetMessage({"section one states no number of applications that could be "
                "compared with table 3",
                "第一部分没有写明可与表三核对的申请件数"},
               finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  if (has_blank) {
    SetMessage(
        {absl::StrCat("the prose says ", *prose.value,
                      " applications; in table 3 is blank: ",
                      BlanksText(instance, input, Language::kEn)),
         absl::StrCat("正文写依申请公开 ", *prose.value, " 件；表三空白：",
                      BlanksText(instance, input, Language::kZh))},
        finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  SetMessage({MismatchText(prose, candidates, input, Language::kEn),
              MismatchText(prose, candidates, input, Language::kZh)},
             finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
