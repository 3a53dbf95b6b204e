// The plausibility rules on what the texts say.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/utf8.h"
#include "service/report/characters.h"
#include "service/report/plausibility_rules.h"
#include "service/report/rule_support.h"

namespace annals::report {
namespace {

// A text of fewer characters says nothing of problems and improvements.
constexpr size_t kProblemsCharactersMin = 10;
constexpr size_t kLeftoversShown = 5;

// Real reports also write 信息公开处理费, 公开收费 and 信息处理费用.
constexpr absl::string_view kFeeWords[] = {"处理费", "信息费", "收费", "费用"};

// What the template says, and what stands where something is to be filled in.
constexpr absl::string_view kLeftovers[] = {"该部分以表格形式报告",
                                            "编写说明",
                                            "（文字描述）",
                                            "(文字描述)",
                                            "××",
                                            "ＸＸ",
                                            "XX"};

struct SubTopic {
  const char* path;
  // Its name comes first. The other words, too, tell that it is written of in a
  // section that does not set its sub-topics apart.
  std::vector<absl::string_view> words;
};

const std::vector<SubTopic>& SubTopics() {
  static const std::vector<SubTopic> topics = {
      {"s1_overview.s1_1_proactive", {"主动公开"}},
      {"s1_overview.s1_2_on_request", {"依申请公开", "公开申请", "申请公开"}},
      {"s1_overview.s1_3_information_management",
       {"信息管理", "规范管理", "信息审查", "保密审查", "公开审查",
        "动态调整"}},
      {"s1_overview.s1_4_platform",
       {"平台建设", "公开平台", "门户网站", "政府网站", "政务新媒体", "网站"}},
      {"s1_overview.s1_5_supervision",
       {"监督保障", "监督", "机制保障", "考核", "培训", "评议"}}};
  return topics;
}

// How many characters that are seen; at most `count_max`, to be quick.
size_t VisibleCharacters(absl::string_view text, size_t count_max) {
  size_t count = 0;
  while (count < count_max) {
    const auto c = ledger::ConsumeUtf8(&text);
    if (!c.has_value()) break;
    if (!IsInvisible(*c)) ++count;
  }
  return count;
}

std::string TextLabelAt(size_t place, Language language) {
  return Schema::Get().TextLabel(Schema::Get().texts()[place].path, language);
}

bool Has(absl::string_view text, absl::string_view word) {
  return FindWord(text, word) != absl::string_view::npos;
}

// Whether one of the texts has one of the first `count` words.
bool AnyHas(const std::vector<absl::string_view>& texts,
            const std::vector<absl::string_view>& words, size_t count) {
  for (absl::string_view text : texts) {
    for (size_t i = 0; i < count; ++i) {
      if (Has(text, words[i])) return true;
    }
  }
  return false;
}

}  // namespace

v1::Outcome ApplyFeeNoteRule(const RuleInstance&, const CheckInput& input,
                             v1::Finding* finding) {
  static const size_t place = PlaceOfText("s6_other");
  const absl::string_view text = TextAt(input.report(), place);
  const bool is_stated =
      std::any_of(std::begin(kFeeWords), std::end(kFeeWords),
                  [text](absl::string_view word) { return Has(text, word); });
  if (is_stated) return v1::OUTCOME_PASS;
  AddTextTerm(place, finding->mutable_left());
  if (IsBlank(text)) {
    SetMessage({"section six is blank", "第六部分为空白"}, finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  SetMessage({"section six does not say whether information-handling fees "
              "(信息处理费) were charged; state the amount, or that none were",
              "第六部分没有写明信息处理费的收取情况；请写明金额，或写明未收取"},
             finding);
  return v1::OUTCOME_FAIL;
}

v1::Outcome ApplyProblemsRule(const RuleInstance&, const CheckInput& input,
                              v1::Finding* finding) {
  static const size_t place = PlaceOfText("s5_problems");
  const absl::string_view text = TextAt(input.report(), place);
  const size_t count = VisibleCharacters(text, kProblemsCharactersMin);
  if (count >= kProblemsCharactersMin) return v1::OUTCOME_PASS;
  AddTextTerm(place, finding->mutable_left());
  if (count == 0) {
    SetMessage({"section five is blank", "第五部分为空白"}, finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  SetMessage({absl::StrCat("section five is only ", Quoted(text),
                           "; it must name problems and improvements"),
              absl::StrCat("第五部分只写了", Quoted(text),
                           "，应写明存在的主要问题及改进情况")},
             finding);
  return v1::OUTCOME_FAIL;
}

namespace {

// Where `leftover` begins in the text. Two capital letters are a gap to fill in
// only before Chinese: "XX局", and not in a word.
size_t FindLeftover(absl::string_view text, absl::string_view leftover) {
  if (leftover != "XX") return FindWord(text, leftover);
  for (size_t at = text.find(leftover); at != absl::string_view::npos;
       at = text.find(leftover, at + 1)) {
    const size_t end = text.find_first_not_of('X', at);
    if (end != absl::string_view::npos && (text[end] & '\x80') != 0) return at;
  }
  return absl::string_view::npos;
}

// A leftover with the label of the text it stands in.
std::string LeftoverText(absl::string_view leftover, size_t place,
                         Language language) {
  const bool is_zh = language == Language::kZh;
  return absl::StrCat(Quoted(leftover), is_zh ? "（" : " (",
                      TextLabelAt(place, language), is_zh ? "）" : ")");
}

}  // namespace

v1::Outcome ApplyTemplateRule(const RuleInstance&, const CheckInput& input,
                              v1::Finding* finding) {
  std::vector<std::string> zh;
  std::vector<std::string> en;
  const std::vector<TextInfo>& texts = Schema::Get().texts();
  for (size_t place = 0; place < texts.size(); ++place) {
    const absl::string_view text = TextAt(input.report(), place);
    bool has_leftover = false;
    for (absl::string_view leftover : kLeftovers) {
      if (FindLeftover(text, leftover) == absl::string_view::npos) continue;
      has_leftover = true;
      zh.push_back(LeftoverText(leftover, place, Language::kZh));
      en.push_back(LeftoverText(leftover, place, Language::kEn));
    }
    if (has_leftover) AddTextTerm(place, finding->mutable_left());
  }
  if (zh.empty()) return v1::OUTCOME_PASS;
  if (zh.size() > kLeftoversShown) zh.resize(kLeftoversShown);
  if (en.size() > kLeftoversShown) en.resize(kLeftoversShown);
  SetMessage(
      {absl::StrCat("left over from a template: ", absl::StrJoin(en, "; ")),
       absl::StrCat("残留模板文字：", absl::StrJoin(zh, "；"))},
      finding);
  return v1::OUTCOME_FAIL;
}

namespace {

// The texts of section one, and how many are of a sub-topic set apart.
struct OverviewTexts {
  std::vector<absl::string_view> texts;
  size_t set_apart = 0;
};

OverviewTexts OverviewOf(const ReportView& report) {
  static const size_t introduction = PlaceOfText("s1_overview.introduction");
  const std::vector<TextInfo>& infos = Schema::Get().texts();
  OverviewTexts overview;
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].parent == nullptr) continue;
    const absl::string_view text = TextAt(report, i);
    if (IsBlank(text)) continue;
    overview.texts.push_back(text);
    if (i != introduction) ++overview.set_apart;
  }
  return overview;
}

}  // namespace

v1::Outcome ApplySubTopicsRule(const RuleInstance&, const CheckInput& input,
                               v1::Finding* finding) {
  const OverviewTexts overview = OverviewOf(input.report());
  if (overview.set_apart == SubTopics().size()) return v1::OUTCOME_PASS;
  if (overview.texts.empty()) {
    SetMessage({"section one is blank", "第一部分为空白"}, finding);
    return v1::OUTCOME_NOT_ASSESSABLE;
  }
  std::vector<std::string> zh;
  std::vector<std::string> en;
  for (const SubTopic& topic : SubTopics()) {
    const size_t place = PlaceOfText(topic.path);
    if (!IsBlank(TextAt(input.report(), place))) continue;
    const size_t word_count = overview.set_apart > 0 ? 1 : topic.words.size();
    if (AnyHas(overview.texts, topic.words, word_count)) continue;
    AddTextTerm(place, finding->mutable_left());
    zh.push_back(TextLabelAt(place, Language::kZh));
    en.push_back(TextLabelAt(place, Language::kEn));
  }
  if (zh.empty()) return v1::OUTCOME_PASS;
  SetMessage(
      {absl::StrCat("section one says nothing of: ", absl::StrJoin(en, "; ")),
       absl::StrCat("第一部分没有写到：", absl::StrJoin(zh, "；"))},
      finding);
  return v1::OUTCOME_FAIL;
}

}  // namespace annals::report
