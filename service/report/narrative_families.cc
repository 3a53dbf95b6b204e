// The rules on what the prose says, beside the tables and by itself.

#include "service/report/narrative_rule.h"
#include "service/report/prose_rules.h"
#include "service/report/rule_families.h"

namespace annals::report {
namespace {

const ErrorText& ConsistencyBasis() {
  static const ErrorText basis = {"consistency of the report with itself",
                                  "报告前后一致"};
  return basis;
}

const ErrorText& FigureRationale() {
  static const ErrorText rationale = {
      "Readers compare the prose with the tables. If section one states the "
      "figure, it must be one that the table has or adds up. A failure mostly "
      "means that the prose was written before the table was final, or that it "
      "counts something else. The rule says nothing if the prose states no "
      "such "
      "figure.",
      "公众会拿正文与表格对照。第一部分写了这个数，就应与表中某格或某几格之和相"
      "符。不符多半是表格定稿后正文没有改，或两处口径不同。正文没有写这个数的，"
      "不"
      "作核对。"};
  return rationale;
}

const ErrorText& OutcomeExample() {
  static const ErrorText example = {
      "A city writes 1431 disclosed, 471 in part, 92 not disclosed, 941 not "
      "available, 117 not handled, 469 otherwise, 125 carried on; its table 3 "
      "has the very figures.",
      "某市正文写予以公开 1431 件、部分公开 471 件、不予公开 92 件、无法提供 "
      "941 "
      "件、不予处理 117 件、其他处理 469 件、转下年度 125 "
      "件，表三各数与之相同。"};
  return example;
}

using Candidates = std::vector<std::vector<const char*>>;

// A rule on a figure that section one may state.
struct StatedFigureRule {
  const char* id;
  v1::Severity severity;
  Topic topic;
  Candidates candidates;
  ErrorText title;
};

RuleFamily StatedFigureFamily(const StatedFigureRule& rule) {
  return {.id = rule.id,
          .severity = rule.severity,
          .apply = ApplyStatedFigureRule,
          .table_number = 3,
          .topic = rule.topic,
          .candidates = rule.candidates,
          .in_each_edition = true,
          .title = rule.title,
          .basis = ConsistencyBasis(),
          .rationale = FigureRationale(),
          .example = OutcomeExample()};
}

RuleFamily RequestsFamily() {
  return {
      .id = "N-REQUESTS",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplyNarrativeRule,
      .table_number = 3,
      .right = {"t3.new_received.total", "t3.carried_over_in.total",
                "t3.total_processed.total", "t3.carried_over_out.total"},
      .title =
          {"the number of applications that section one states is in table "
           "3: newly received, with or without those carried over; or "
           "handled, with or without those carried on",
           "第一部分所写的申请件数与表三相符：本年新收（或加上年结转），或办"
           "理总计（或加结转下年度）"},
      .basis = ConsistencyBasis(),
      .rationale =
          {"It is the figure that everyone quotes. A failure mostly means that "
           "the prose speaks of the office alone and the table of more, or "
           "that "
           "one of them is wrong: say which when you acknowledge it.",
           "这是引用最多的数。不符多半是正文只写本办公室、表格还包括其他单位，"
           "或"
           "其中一处有误；确认时请写明是哪一种。"},
      .example = {"30 in the prose, 35 in the table.",
                  "正文写 30 件，表三为 35 件。"}};
}

std::vector<StatedFigureRule> DisclosureRules() {
  return {
      {"N-CARRIED-IN",
       v1::SEVERITY_WARNING,
       Topic::kCarriedIn,
       {{"t3.carried_over_in.total"}, {"t3.carried_over_in.natural_person"}},
       {"what section one says was carried over from last year is in table "
        "3",
        "第一部分所写的上年结转件数与表三相符"}},
      {"N-CARRIED-OUT",
       v1::SEVERITY_WARNING,
       Topic::kCarriedOut,
       {{"t3.carried_over_out.total"}, {"t3.carried_over_out.natural_person"}},
       {"what section one says was carried over to next year is in table 3",
        "第一部分所写的结转下年度件数与表三相符"}},
      {"N-GRANTED",
       v1::SEVERITY_WARNING,
       Topic::kGranted,
       {{"t3.granted.total"},
        {"t3.granted.natural_person"},
        {"t3.granted.total", "t3.partially_granted.total"}},
       {"what section one says was disclosed is in table 3",
        "第一部分所写的予以公开件数与表三相符"}},
      {"N-PARTIALLY-GRANTED",
       v1::SEVERITY_WARNING,
       Topic::kPartiallyGranted,
       {{"t3.partially_granted.total"},
        {"t3.partially_granted.natural_person"}},
       {"what section one says was disclosed in part is in table 3",
        "第一部分所写的部分公开件数与表三相符"}}};
}

std::vector<StatedFigureRule> OtherOutcomeRules() {
  return {
      {"N-DENIED",
       v1::SEVERITY_INFO,
       Topic::kDenied,
       {{"t3.{denied}.total"},
        {"t3.{denied}.natural_person"},
        {"t3.{denied}.total", "t3.{refused}.total"},
        {"t3.{denied}.total", "t3.{unable}.total", "t3.{refused}.total"}},
       {"what section one says was not disclosed is in table 3",
        "第一部分所写的不予公开件数与表三相符"}},
      {"N-UNABLE",
       v1::SEVERITY_INFO,
       Topic::kUnable,
       {{"t3.{unable}.total"}, {"t3.{unable}.natural_person"}},
       {"what section one says could not be provided is in table 3",
        "第一部分所写的无法提供件数与表三相符"}},
      {"N-REFUSED",
       v1::SEVERITY_INFO,
       Topic::kRefused,
       {{"t3.{refused}.total"}, {"t3.{refused}.natural_person"}},
       {"what section one says was not handled is in table 3",
        "第一部分所写的不予处理件数与表三相符"}},
      {"N-OTHER",
       v1::SEVERITY_INFO,
       Topic::kOtherwise,
       {{"t3.{other}.total"}, {"t3.{other}.natural_person"}},
       {"what section one says was handled otherwise is in table 3",
        "第一部分所写的其他处理件数与表三相符"}},
  };
}

std::vector<RuleFamily> OutcomeFamilies() {
  std::vector<RuleFamily> families;
  for (const auto& rules : {DisclosureRules(), OtherOutcomeRules()}) {
    for (const StatedFigureRule& rule : rules) {
      families.push_back(StatedFigureFamily(rule));
    }
  }
  return families;
}

RuleFamily AnsweredFamily() {
  RuleFamily family = StatedFigureFamily(
      {"N-ANSWERED",
       v1::SEVERITY_INFO,
       Topic::kAnswered,
       {{"t3.total_processed.total"},
        {"t3.total_processed.total", "t3.carried_over_out.total"},
        {"t3.new_received.total"},
        {"t3.new_received.total", "t3.carried_over_in.total"},
        {"t3.total_processed.natural_person"}},
       {"the number of applications that section one says were answered is in "
        "table 3",
        "第一部分所写的答复办结件数与表三相符"}});
  family.example = {
      "A city received 3119 and answered 3050, 34 of them from last year, and "
      "carried 103 on; table 3 has 3119, 3050, 34 and 103.",
      "某市受理 3119 件，答复 3050 件（含上年结转 34 件），另有 103 "
      "件顺延到下年"
      "度；表三为 3119、3050、34、103。"};
  return family;
}

std::vector<RuleFamily> ApplicantFamilies() {
  std::vector<RuleFamily> families = {
      StatedFigureFamily({"N-NATURAL-PERSON",
                          v1::SEVERITY_INFO,
                          Topic::kNaturalPerson,
                          {{"t3.new_received.natural_person"},
                           {"t3.new_received.natural_person",
                            "t3.carried_over_in.natural_person"},
                           {"t3.total_processed.natural_person"}},
                          {"the applications of natural persons that section "
                           "one states are in "
                           "table 3",
                           "第一部分所写的自然人申请件数与表三相符"}}),
      StatedFigureFamily(
          {"N-ORGANISATION",
           v1::SEVERITY_INFO,
           Topic::kOrganisation,
           {{"t3.new_received.{organisation}"},
            {"t3.new_received.{organisation}",
             "t3.carried_over_in.{organisation}"},
            {"t3.total_processed.{organisation}"}},
           {"the applications of organisations that section one states are in "
            "table 3",
            "第一部分所写的法人或其他组织申请件数与表三相符"}})};
  for (RuleFamily& family : families) {
    family.example = {
        "3607 applications, 3493 of them of natural persons and 114 of "
        "organisations; table 3 has 3402 + 91 and 109 + 5.",
        "3607 件中自然人 3493 件、法人或其他组织 114 "
        "件；表三本年新收与上年结转之"
        "和为 3402 + 91、109 + 5。"};
  }
  return families;
}

std::vector<RuleFamily> DisputeFamilies() {
  std::vector<RuleFamily> families = {
      StatedFigureFamily(
          {"N-RECONSIDERATION",
           v1::SEVERITY_INFO,
           Topic::kReconsideration,
           {{"t4.reconsideration.total"},
            {"t4.reconsideration.total", "-t4.reconsideration.pending"},
            {"t4.reconsideration.pending"}},
           {"the reconsiderations that section one states are in table 4: all, "
            "those decided, or those pending",
            "第一部分所写的行政复议件数与表四相符：总计、已审结或尚未审结"}}),
      StatedFigureFamily(
          {"N-LITIGATION",
           v1::SEVERITY_INFO,
           Topic::kLitigation,
           {{"t4.litigation_direct.total",
             "t4.litigation_after_reconsideration.total"},
            {"t4.litigation_direct.total"},
            {"t4.litigation_after_reconsideration.total"},
            {"t4.litigation_direct.total",
             "t4.litigation_after_reconsideration.total",
             "-t4.litigation_direct.pending",
             "-t4.litigation_after_reconsideration.pending"},
            {"t4.litigation_direct.pending",
             "t4.litigation_after_reconsideration.pending"}},
           {"the lawsuits that section one states are in table 4: direct, "
            "after "
            "reconsideration, or both; all, those decided, or those pending",
            "第一部分所写的行政诉讼件数与表四相符：未经复议直接起诉、复议后起诉"
            "或"
            "两者之和，总计、已审结或尚未审结"}})};
  for (RuleFamily& family : families) {
    family.table_number = 4;
    family.example = {
        "A city writes of 134 reconsiderations and 57 lawsuits that were put "
        "on "
        "file; table 4 has 170 and 77: it counts more than those.",
        "某市正文写“备案”行政复议 134 件、行政诉讼 57 件，表四为 170 件、77 "
        "件；"
        "“备案”的只是其中一部分。"};
  }
  return families;
}

RuleFamily ShareFamily() {
  return {
      .id = "N-PERCENT",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyShareRule,
      .table_number = 3,
      .right = {"t3.new_received.total", "t3.carried_over_in.total",
                "t3.total_processed.total", "t3.carried_over_out.total"},
      .in_each_edition = true,
      .title =
          {"a share of applications that section one states is that of its "
           "figure in a total of table 3",
           "第一部分所写的占比与其件数、表三总数相符"},
      .basis = ConsistencyBasis(),
      .rationale =
          {"A share is worked out from figures that stand beside it. A "
           "failure "
           "mostly means that one of them was changed later. Rounding and "
           "cutting off are both accepted.",
           "占比由旁边的数算出。不符多半是后来改了其中一个数。四舍五入或截尾均"
           "可"
           "。"},
      .example = {"265 of 805 processed are 32.9 %.",
                  "总计 805 件中予以公开 265 件，占 32.9%。"}};
}

RuleFamily BalanceFamily() {
  return {
      .id = "N-BALANCE",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyBalanceRule,
      .texts = {"s1_overview"},
      .title = {"what section one says was received and carried in is what it "
                "says was answered and carried on",
                "第一部分所写的收到、上年结转与答复办结、结转下年度各数相平"},
      .basis = ConsistencyBasis(),
      .rationale =
          {"The paragraph has the same balance as table 3. A failure mostly "
           "means that figures of different days or offices stand in one "
           "sentence.",
           "这段文字与表三有同样的勾稽关系。不符多半是把不同时点、不同单位的数"
           "写"
           "在了一起。"},
      .example = {"3119 received and 34 carried in are 3050 answered and 103 "
                  "carried on.",
                  "受理 3119、上年结转 34，等于答复 3050、结转下年度 103。"}};
}

RuleFamily FeeFamily() {
  return {
      .id = "N-FEE",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyFeeRule,
      .table_number = 2,
      .left = {"t2.fees.amount_wan_yuan"},
      .texts = {"s6_other", "s1_overview.s1_2_on_request"},
      .in_each_edition = true,
      .title =
          {"the information-handling fees of section six are not the "
           "administrative fees of table 2, and the same wherever they are "
           "stated",
           "第六部分的信息处理费不是表二的行政事业性收费，且前后一致"},
      .basis =
          {"article 42 of the Regulations on Open Government Information "
           "for the one, article 20(8) for the other",
           "前者依《政府信息公开条例》第四十二条，后者依第二十条第（八）项"},
      .rationale =
          {"The first are charged for excessive applications, the second are "
           "all of the agency's fees. The same amount in both places mostly "
           "means that they were taken for one thing.",
           "信息处理费只向超量申请收取，行政事业性收费是机关的全部收费。两处金"
           "额"
           "相同，多半是混为一谈。"},
      .example = {"Section six: 77,302,800 yuan; table 2: 7730.28 万元.",
                  "第六部分写 77302800 元，表二为 7730.28 万元。"}};
}

std::vector<RuleFamily> WholeTextFamilies() {
  return {ShareFamily(), BalanceFamily(), FeeFamily()};
}

}  // namespace

std::vector<RuleFamily> NarrativeFamilies() {
  std::vector<RuleFamily> all = {RequestsFamily(), AnsweredFamily()};
  for (const auto& families : {OutcomeFamilies(), ApplicantFamilies(),
                               DisputeFamilies(), WholeTextFamilies()}) {
    all.insert(all.end(), families.begin(), families.end());
  }
  return all;
}

}  // namespace annals::report
