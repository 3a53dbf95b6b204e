#include "client/life_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

// `steps`: of Step, as protobuf holds them.
template <typename Steps>
Text Labels(const Steps& steps) {
  Text text;
  for (const int step : steps) {
    const Text label = StepLabel(static_cast<v1::Step>(step));
    absl::StrAppend(&text.zh, text.zh.empty() ? "" : "、", label.zh);
    absl::StrAppend(&text.en, text.en.empty() ? "" : ", ", label.en);
  }
  return text;
}

void Append(const Text& part, Text* text) {
  absl::StrAppend(&text->zh, text->zh.empty() ? "" : "；", part.zh);
  absl::StrAppend(&text->en, text->en.empty() ? "" : "; ", part.en);
}

Text PublicationText(const v1::Publication& publication) {
  const std::string day =
      absl::StrFormat("%04d-%02d-%02d", publication.date().year(),
                      publication.date().month(), publication.date().day());
  const std::string address =
      publication.url().empty() ? "" : absl::StrCat(" ", publication.url());
  return {absl::StrCat("（", day, address, "）"),
          absl::StrCat(" (", day, address, ")")};
}

}  // namespace

Text StepLabel(v1::Step step) {
  return {report::EnumLabel(step, Language::kZh),
          report::EnumLabel(step, Language::kEn)};
}

Text StepText(const v1::StepTaken& step) {
  const Text label = StepLabel(step.step());
  const Text where = step.has_publication()
                         ? PublicationText(step.publication())
                         : Text{"", ""};
  return {absl::StrCat(step.report(), " 修订 ", step.number(), "：", label.zh,
                       where.zh),
          absl::StrCat(step.report(), " revision ", step.number(), ": ",
                       label.en, where.en)};
}

Text PolicyText(const v1::PolicySet& policy) {
  const bool is_set = policy.has_policy();
  return {absl::StrCat(policy.agency(), "，第 ", policy.number(), " 版",
                       is_set ? "" : "：取消"),
          absl::StrCat(policy.agency(), ", policy ", policy.number(),
                       is_set ? "" : ": removed")};
}

Text RuleText(const v1::StepRule& rule) {
  Text text;
  if (!rule.after().empty()) {
    const Text after = Labels(rule.after());
    Append({absl::StrCat("在“", after.zh, "”之后"),
            absl::StrCat("after: ", after.en)},
           &text);
  }
  if (rule.party() != v1::PARTY_UNSPECIFIED) {
    Append(
        {absl::StrCat("由", report::EnumLabel(rule.party(), Language::kZh)),
         absl::StrCat("by ", report::EnumLabel(rule.party(), Language::kEn))},
        &text);
  }
  if (!rule.other_person_than().empty()) {
    const Text other = Labels(rule.other_person_than());
    Append({absl::StrCat("不得与“", other.zh, "”为同一人"),
            absl::StrCat("by another person than: ", other.en)},
           &text);
  }
  return text;
}

std::vector<Text> PolicyInWords(const v1::ReviewPolicy& policy) {
  std::vector<Text> lines;
  for (const v1::StepRule& rule : policy.steps()) {
    const Text label = StepLabel(rule.step());
    const Text when = RuleText(rule);
    lines.push_back(
        {absl::StrCat(label.zh, when.zh.empty() ? "" : "：", when.zh),
         absl::StrCat(label.en, when.en.empty() ? "" : ": ", when.en)});
  }
  if (policy.effective_after() == v1::STEP_UNSPECIFIED) {
    lines.push_back({"修订一经记录即生效",
                     "a revision is in effect as soon as it is recorded"});
  } else {
    const Text label = StepLabel(policy.effective_after());
    lines.push_back(
        {absl::StrCat("修订在“", label.zh, "”之后生效"),
         absl::StrCat("a revision takes effect when it is ", label.en)});
  }
  for (const v1::Deadline& deadline : policy.deadlines()) {
    const bool is_any = deadline.kind() == v1::AGENCY_KIND_UNSPECIFIED;
    const Text any = policy.deadlines_size() == 1
                         ? Text{"各类机关", "every kind of agency"}
                         : Text{"其他各类机关", "every other kind of agency"};
    const std::string day =
        absl::StrFormat("%02d-%02d", deadline.month(), deadline.day());
    lines.push_back({absl::StrCat("截止日 ", day, "：",
                                  is_any ? any.zh
                                         : report::EnumLabel(deadline.kind(),
                                                             Language::kZh)),
                     absl::StrCat("due by ", day, ": ",
                                  is_any ? any.en
                                         : report::EnumLabel(deadline.kind(),
                                                             Language::kEn))});
  }
  return lines;
}

}  // namespace annals::client
