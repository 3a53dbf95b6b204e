#include "service/report/prose_rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/report/arithmetic_rules.h"
#include "service/report/finding_text.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

std::string TopicName(Topic topic, Language language) {
  const bool is_zh = language == Language::kZh;
  switch (topic) {
    case Topic::kReceived:
      return is_zh ? "收到申请" : "applications received";
    case Topic::kAnswered:
      return is_zh ? "答复办结" : "applications answered";
    case Topic::kCarriedIn:
      return is_zh ? "上年结转" : "carried over from last year";
    case Topic::kCarriedOut:
      return is_zh ? "结转下年度" : "carried over to next year";
    case Topic::kGranted:
      return is_zh ? "予以公开" : "disclosed";
    case Topic::kPartiallyGranted:
      return is_zh ? "部分公开" : "disclosed in part";
    case Topic::kDenied:
      return is_zh ? "不予公开" : "not disclosed";
    case Topic::kUnable:
      return is_zh ? "无法提供" : "unable to provide";
    case Topic::kRefused:
      return is_zh ? "不予处理" : "not handled";
    case Topic::kOtherwise:
      return is_zh ? "其他处理" : "handled otherwise";
    case Topic::kNaturalPerson:
      return is_zh ? "自然人申请" : "applications of natural persons";
    case Topic::kOrganisation:
      return is_zh ? "法人或其他组织申请" : "applications of organisations";
    case Topic::kReconsideration:
      return is_zh ? "行政复议" : "reconsiderations";
    case Topic::kLitigation:
      return is_zh ? "行政诉讼" : "lawsuits";
    case Topic::kNone:
    case Topic::kElsewhere:
      break;
  }
  return std::string();
}

std::string PlaceLabel(size_t place, Language language) {
  return Schema::Get().TextLabel(Schema::Get().texts()[place].path, language);
}

bool IsOnApplications(Topic topic) {
  return topic != Topic::kReconsideration && topic != Topic::kLitigation;
}

// The sum of the terms; nullopt if one is blank or it overflows.
std::optional<int64_t> SumOf(const std::vector<TermRef>& terms,
                             const CheckInput& input) {
  CheckedSum sum;
  for (const TermRef& term : terms) {
    if (IsLeftOut(term, terms, input)) continue;
    const auto& value = input.Value(term.cell, false);
    if (!value.has_value()) return std::nullopt;
    if (term.is_negative) {
      sum.Subtract(*value);
    } else {
      sum.Add(*value);
    }
  }
  return sum.Result();
}

// The four totals of applications that a text may mean: new, carried in,
// processed, carried out.
struct RequestTotals {
  std::optional<int64_t> received;
  std::optional<int64_t> received_in_all;
  std::optional<int64_t> processed;
  std::optional<int64_t> processed_in_all;

  bool Has(int64_t value) const {
    return received == value || received_in_all == value ||
           processed == value || processed_in_all == value;
  }
  bool IsWhole() const {
    return received.has_value() && received_in_all.has_value() &&
           processed.has_value() && processed_in_all.has_value();
  }
};

RequestTotals TotalsOf(const CheckInput& input) {
  static const TermRef received = {RequireCell("t3.new_received.total")};
  static const TermRef carried_in = {RequireCell("t3.carried_over_in.total")};
  static const TermRef processed = {RequireCell("t3.total_processed.total")};
  static const TermRef carried_out = {RequireCell("t3.carried_over_out.total")};
  return {SumOf({received}, input), SumOf({received, carried_in}, input),
          SumOf({processed}, input), SumOf({processed, carried_out}, input)};
}

// Whether the prose states another number of applications than table 3.
bool SpeaksOfOtherApplications(const CheckInput& input) {
  const auto& stated = input.stated_requests().value;
  return stated.has_value() && !TotalsOf(input).Has(*stated);
}

// The figures of the topic that the rule looks at. What N-REQUESTS compares
// already is not compared again.
std::vector<StatedFigure> FiguresOf(Topic topic, const CheckInput& input) {
  std::vector<StatedFigure> figures;
  for (const StatedFigure& figure : input.prose().figures) {
    if (figure.topic != topic) continue;
    const bool is_requests = topic == Topic::kAnswered &&
                             figure.value == input.stated_requests().value;
    if (!is_requests) figures.push_back(figure);
  }
  return figures;
}

void FillFigureSides(const RuleInstance& instance, const StatedFigure& figure,
                     const CheckInput& input, v1::Finding* finding) {
  v1::Term* term = finding->mutable_left()->add_terms();
  term->set_cell(Schema::Get().texts()[figure.place].path);
  term->set_value(figure.value);
  finding->mutable_left()->set_value(figure.value);
  for (const TermRef& ref : instance.right) {
    if (input.IsLeftOut(ref.cell, false)) continue;
    AddTerm(ref, input, finding->mutable_right());
  }
}

std::string StatedText(const StatedFigure& figure, Language language) {
  const std::string topic = TopicName(figure.topic, language);
  const std::string place = PlaceLabel(figure.place, language);
  return language == Language::kZh
             ? absl::StrCat("正文“", place, "”写", topic, " ", figure.value,
                            " 件")
             : absl::StrCat("the prose (", place, ") says ", figure.value, " ",
                            topic);
}

// Each sum that the figure may mean, the same value once.
std::string CandidatesText(const RuleInstance& instance,
                           const CheckInput& input, Language language) {
  std::vector<std::string> texts;
  std::vector<int64_t> shown;
  for (const std::vector<TermRef>& candidate : instance.candidates) {
    const std::optional<int64_t> value = SumOf(candidate, input);
    if (!value.has_value() ||
        std::find(shown.begin(), shown.end(), *value) != shown.end()) {
      continue;
    }
    shown.push_back(*value);
    texts.push_back(SideText(candidate, *value, input, language));
  }
  return absl::StrJoin(texts, language == Language::kZh ? "；" : "; ");
}

v1::Outcome NotAssessable(const StatedFigure& figure, ErrorText why,
                          v1::Finding* finding) {
  SetMessage({absl::StrCat(StatedText(figure, Language::kEn), "; ", why.en),
              absl::StrCat(StatedText(figure, Language::kZh), "；", why.zh)},
             finding);
  return v1::OUTCOME_NOT_ASSESSABLE;
}

}  // namespace

v1::Outcome ApplyStatedFigureRule(const RuleInstance& instance,
                                  const CheckInput& input,
                                  v1::Finding* finding) {
  const std::vector<StatedFigure> figures = FiguresOf(instance.topic, input);
  if (figures.empty()) return v1::OUTCOME_UNSPECIFIED;
  bool has_blank = false;
  for (const std::vector<TermRef>& candidate : instance.candidates) {
    const std::optional<int64_t> value = SumOf(candidate, input);
    has_blank = has_blank || !value.has_value();
    for (const StatedFigure& figure : figures) {
      if (value == figure.value) return v1::OUTCOME_PASS;
    }
  }
  const StatedFigure& figure = figures.front();
  FillFigureSides(instance, figure, input, finding);
  const int table = instance.table_number;
  if (has_blank) {
    return NotAssessable(
        figure,
        {absl::StrCat("figures of ", TableName(table, Language::kEn),
                      " that it may mean are blank"),
         absl::StrCat(TableName(table, Language::kZh),
                      "中可与之核对的数有空白")},
        finding);
  }
  if (IsOnApplications(instance.topic) && SpeaksOfOtherApplications(input)) {
    return NotAssessable(figure,
                         {"it speaks of other applications than table 3 (see "
                          "N-REQUESTS)",
                          "正文与表三的申请口径不同（见 N-REQUESTS）"},
                         finding);
  }
  SetMessage({absl::StrCat(StatedText(figure, Language::kEn), ", ",
                           TableName(table, Language::kEn), " has none such: ",
                           CandidatesText(instance, input, Language::kEn)),
              absl::StrCat(StatedText(figure, Language::kZh), "，与",
                           TableName(table, Language::kZh), "各数都不相符：",
                           CandidatesText(instance, input, Language::kZh))},
             finding);
  return v1::OUTCOME_FAIL;
}

namespace {

// Whether `part` of `whole` is the share, rounded or cut off at its decimals.
bool IsShare(const StatedShare& share, int64_t whole) {
  if (whole <= 0) return false;
  __int128 part = static_cast<__int128>(share.part.value) * 100;
  for (int i = 0; i < share.decimals; ++i) part *= 10;
  const __int128 stated = static_cast<__int128>(share.percent) * whole;
  return part >= stated ? part - stated < whole : (stated - part) * 2 <= whole;
}

std::string PercentText(const StatedShare& share) {
  std::string digits = absl::StrCat(share.percent);
  const auto decimals = static_cast<size_t>(share.decimals);
  if (digits.size() <= decimals) {
    digits.insert(0, decimals + 1 - digits.size(), '0');
  }
  if (decimals > 0) digits.insert(digits.size() - decimals, 1, '.');
  return digits;
}

}  // namespace

v1::Outcome ApplyShareRule(const RuleInstance& instance,
                           const CheckInput& input, v1::Finding* finding) {
  // More decimals than anyone prints would overflow.
  constexpr int kDecimalsMax = 6;
  const std::vector<StatedShare>& shares = input.prose().shares;
  if (shares.empty()) return v1::OUTCOME_UNSPECIFIED;
  const RequestTotals totals = TotalsOf(input);
  const StatedShare* wrong = nullptr;
  for (const StatedShare& share : shares) {
    if (share.decimals > kDecimalsMax) continue;
    const auto is_of = [&share](const std::optional<int64_t>& whole) {
      return whole.has_value() && IsShare(share, *whole);
    };
    const auto& stated = input.stated_requests().value;
    if (is_of(totals.received) || is_of(totals.received_in_all) ||
        is_of(totals.processed) || is_of(totals.processed_in_all) ||
        is_of(stated)) {
      continue;
    }
    wrong = &share;
    break;
  }
  if (wrong == nullptr) return v1::OUTCOME_PASS;
  FillFigureSides(instance, wrong->part, input, finding);
  if (!totals.IsWhole()) {
    return NotAssessable(wrong->part,
                         {"totals of table 3 are blank", "表三总计有空白"},
                         finding);
  }
  SetMessage(
      {absl::StrCat(StatedText(wrong->part, Language::kEn), ", ",
                    PercentText(*wrong),
                    "%; that is no such share of any total of table 3: ",
                    *totals.received, ", ", *totals.received_in_all, ", ",
                    *totals.processed, ", ", *totals.processed_in_all),
       absl::StrCat(StatedText(wrong->part, Language::kZh), "，占 ",
                    PercentText(*wrong), "%；以表三各总数（", *totals.received,
                    "、", *totals.received_in_all, "、", *totals.processed,
                    "、", *totals.processed_in_all, "）计算都不是这个比例")},
      finding);
  return v1::OUTCOME_FAIL;
}

namespace {

// The parts of the balance that the prose states, each the first of its topic.
struct Balance {
  const StatedFigure* received = nullptr;
  const StatedFigure* carried_in = nullptr;
  const StatedFigure* carried_out = nullptr;
  // Answered as the prose states it, or the sum of all six outcomes.
  std::optional<int64_t> answered;

  // Whether enough is stated that it must balance.
  bool IsStated() const {
    return received != nullptr && answered.has_value() &&
           (carried_in != nullptr || carried_out != nullptr);
  }
};

std::optional<int64_t> AnsweredIn(const ProseReading& prose) {
  if (const StatedFigure* answered = prose.First(Topic::kAnswered)) {
    return answered->value;
  }
  CheckedSum sum;
  for (const Topic topic :
       {Topic::kGranted, Topic::kPartiallyGranted, Topic::kDenied,
        Topic::kUnable, Topic::kRefused, Topic::kOtherwise}) {
    const StatedFigure* outcome = prose.First(topic);
    if (outcome == nullptr) return std::nullopt;
    sum.Add(outcome->value);
  }
  return sum.Result();
}

// The balance holds in one of the ways in which it is written: with or without
// what was carried over in the numbers received and answered.
bool Holds(const Balance& balance) {
  const auto or_zero = [](const StatedFigure* figure) {
    return figure == nullptr ? 0 : figure->value;
  };
  const __int128 received = balance.received->value;
  const __int128 answered = *balance.answered;
  const __int128 in = or_zero(balance.carried_in);
  const __int128 out = or_zero(balance.carried_out);
  const bool are_both_stated =
      balance.carried_in != nullptr && balance.carried_out != nullptr;
  return received + in == answered + out || received == answered + out ||
         received + in == answered ||
         (received == answered && !are_both_stated);
}

std::string BalanceText(const Balance& balance, Language language) {
  const bool is_zh = language == Language::kZh;
  const auto stated = [](const StatedFigure* figure) {
    return figure == nullptr ? std::string("–") : absl::StrCat(figure->value);
  };
  if (is_zh) {
    return absl::StrCat("正文“", PlaceLabel(balance.received->place, language),
                        "”各数不平：收到 ", balance.received->value,
                        "，上年结转 ", stated(balance.carried_in),
                        "，答复办结 ", *balance.answered, "，结转下年度 ",
                        stated(balance.carried_out));
  }
  return absl::StrCat(
      "the prose (", PlaceLabel(balance.received->place, language),
      ") does not balance: received ", balance.received->value, ", carried in ",
      stated(balance.carried_in), ", answered ", *balance.answered,
      ", carried on ", stated(balance.carried_out));
}

void AddStated(const StatedFigure* figure, v1::Side* side) {
  if (figure == nullptr) return;
  v1::Term* term = side->add_terms();
  term->set_cell(Schema::Get().texts()[figure->place].path);
  term->set_value(figure->value);
}

}  // namespace

v1::Outcome ApplyBalanceRule(const RuleInstance&, const CheckInput& input,
                             v1::Finding* finding) {
  const ProseReading& prose = input.prose();
  const Balance balance = {prose.First(Topic::kReceived),
                           prose.First(Topic::kCarriedIn),
                           prose.First(Topic::kCarriedOut), AnsweredIn(prose)};
  if (!balance.IsStated()) return v1::OUTCOME_UNSPECIFIED;
  if (Holds(balance)) return v1::OUTCOME_PASS;
  AddStated(balance.received, finding->mutable_left());
  AddStated(balance.carried_in, finding->mutable_left());
  AddStated(prose.First(Topic::kAnswered), finding->mutable_right());
  AddStated(balance.carried_out, finding->mutable_right());
  SetMessage({BalanceText(balance, Language::kEn),
              BalanceText(balance, Language::kZh)},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyFeeRule(const RuleInstance& instance, const CheckInput& input,
                         v1::Finding* finding) {
  static const size_t other = PlaceOfText("s6_other");
  static const size_t on_request = PlaceOfText("s1_overview.s1_2_on_request");
  const auto fee = HandlingFeeIn(TextAt(input.report(), other));
  if (!fee.has_value()) return v1::OUTCOME_UNSPECIFIED;
  const auto in_overview = HandlingFeeIn(TextAt(input.report(), on_request));
  const TermRef& table_fee = instance.left.front();
  const auto charged = FigureOf(input, table_fee.cell, false);
  const bool differs = in_overview.has_value() && in_overview != fee;
  const bool is_confused = *fee > 0 && charged == fee;
  if (!differs && !is_confused) return v1::OUTCOME_PASS;
  AddTextTerm(other, finding->mutable_left());
  finding->mutable_left()->mutable_terms(0)->set_value(*fee);
  const std::string amount = FormatFen(*fee, v1::UNIT_UNSPECIFIED);
  if (differs) {
    AddTextTerm(on_request, finding->mutable_right());
    finding->mutable_right()->mutable_terms(0)->set_value(*in_overview);
    const std::string other_amount =
        FormatFen(*in_overview, v1::UNIT_UNSPECIFIED);
    SetMessage(
        {absl::StrCat("section six states information-handling fees of ",
                      amount, " yuan, section one ", other_amount, " yuan"),
         absl::StrCat("第六部分写信息处理费 ", amount, " 元，第一部分写 ",
                      other_amount, " 元")},
        finding);
    return v1::OUTCOME_FAIL;
  }
  AddTerm(table_fee, input, finding->mutable_right());
  SetMessage(
      {absl::StrCat("section six states information-handling fees (信息处理费) "
                    "of ",
                    amount,
                    " yuan, which is the very amount of administrative fees "
                    "(行政事业性收费) in table 2; the two are often confused"),
       absl::StrCat("第六部分写信息处理费 ", amount,
                    " 元，与表二行政事业性收费金额相同；两者不是一回事，常被"
                    "混淆")},
      finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
