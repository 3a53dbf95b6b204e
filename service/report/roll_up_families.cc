// The rules of a regional report and those that it adds up.

#include "service/report/roll_up_rules.h"
#include "service/report/rule_families.h"

namespace annals::report {
namespace {

const ErrorText& RollUpBasis() {
  static const ErrorText basis = {
      "article 49 of the Regulations on Open Government Information: "
      "departments "
      "report to the office that publishes the government's report",
      "《政府信息公开条例》第四十九条：部门向主管部门提交，主管部门公布本级政府"
      "报"
      "告"};
  return basis;
}

RuleFamily SumFamily(v1::Severity severity, Spread spread) {
  return {
      .id = "R-SUM-{cell}",
      .severity = severity,
      .apply = ApplyRollUpRule,
      .spread = spread,
      .left = {"{cell}"},
      .title =
          {"{cell}: the regional figure is the sum of the agency's own and "
           "of those it supervises",
           "{cell}：汇总数等于本机关与所辖各机关之和"},
      .basis = RollUpBasis(),
      .rationale =
          {"A regional report adds up what was reported to it. A failure "
           "mostly "
           "means that a report was left out, corrected after it was added, or "
           "counted twice. While reports are missing, only a sum that is too "
           "small already is a finding, and only for information. What is in "
           "force may be counted by another owner, and is information too.",
           "汇总报告是各单位报告之和。不符多半是漏加、加总后又有更正，或重复计"
           "入。"
           "尚有报告未报送时，只有汇总数已小于已报送之和才提示。现行有效等存量"
           "数可"
           "能口径不同，也只作提示。"},
      .example = {
          "Eleven units report 349, 933, 477, 301, 874, 216, 348, 55, "
          "26, 12 and 16 applications: the city's figure is 3607.",
          "11 个单位分别为 349、933、477、301、874、216、348、55、26、12、"
          "16 件，全市应为 3607 件。"}};
}

}  // namespace

std::vector<RuleFamily> RollUpFamilies() {
  return {
      SumFamily(v1::SEVERITY_WARNING, Spread::kDeeds),
      SumFamily(v1::SEVERITY_INFO, Spread::kStocks),
      {.id = "R-MISSING",
       .severity = v1::SEVERITY_INFO,
       .apply = ApplyMissingRule,
       .title = {"every report that a regional one adds up has been filed and "
                 "is in effect",
                 "汇总报告所包括的各份报告均已报送并生效"},
       .basis = RollUpBasis(),
       .rationale =
           {"A sum can be checked only when all of it is there. A failure "
            "names "
            "who has yet to file, or whose report has yet to take effect; "
            "without any of them at hand the figures of "
            "the regional report are not compared at all.",
            "各份报告齐全才能核对汇总数。不符时列出尚未报送、或报告尚未生效的单"
            "位；一份都没有时"
            "，不"
            "核对汇总数。"},
       .example = {"16 of 21 supervised agencies have filed; penalties come to "
                   "4,128,940 so far, and the region reports 4,289,602.",
                   "21 个单位中 16 个已报送，行政处罚合计 4128940 件，全市报 "
                   "4289602 件。"}},
      {.id = "R-DOUBLE",
       .severity = v1::SEVERITY_INFO,
       .apply = ApplyDoubleRule,
       .title = {"no agency counts twice: not beside the regional report that "
                 "covers it",
                 "同一机关不重复计入：已在下级汇总报告中的不再单独计入"},
       .basis = RollUpBasis(),
       .rationale =
           {"A district's regional report contains its departments. A failure "
            "means that the register puts a department of the district "
            "directly "
            "under the agency; it is left out of the sums.",
            "区县的汇总报告已包括其部门。不符说明登记时把区县部门直接挂在本机关"
            "之"
            "下；核对时不再计入。"},
       .example =
           {"The district 410303 files a regional report, and its bureau, "
            "too, is registered directly under the city.",
            "区（410303）已报汇总报告，其所属某局又直接登记在市之下。"}},
  };
}

}  // namespace annals::report
