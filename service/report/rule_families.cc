#include "service/report/rule_families.h"

namespace annals::report {
namespace {

const ErrorText& TotalBasis() {
  static const ErrorText basis = {
      "the meaning of the total on the official form",
      "表格格式中总计一栏的含义"};
  return basis;
}

RuleFamily BalanceFamily() {
  return {
      .id = "T3-ID-{c}",
      .severity = v1::SEVERITY_ERROR,
      .demand = Demand::kEqual,
      .spread = Spread::kColumns3,
      .table_number = 3,
      .left = {"t3.new_received.{c}", "t3.carried_over_in.{c}"},
      .right = {"t3.total_processed.{c}", "t3.carried_over_out.{c}"},
      .title = {"{column}: {note}", "{column}：{note}"},
      .basis = {"printed on the official form", "表格格式中印明的勾稽关系"},
      .rationale =
          {"Every application is either answered in the year or carried on to "
           "the next. A failure mostly means that an outcome was left out, "
           "that a figure stands in the wrong column, or that applications "
           "carried over were counted as new.",
           "每件申请要么当年办结，要么结转下年度。不符多半是漏填某项办理结果、"
           "数字填错列，或把上年结转的申请又计入本年新收。"},
      .example = {
          "A city reports 3119 new and 34 carried in, together 3153; 3050 "
          "processed and 103 carried on, together 3153: it holds. With 3040 "
          "processed the difference is 10.",
          "某市本年新收 3119、上年结转 34，合计 3153；总计 3050、结转下年度 "
          "103，合计 3153，相符。若总计误填 3040，则相差 10。"}};
}

RuleFamily OutcomeSumFamily() {
  return {
      .id = "T3-SUM-{c}",
      .severity = v1::SEVERITY_ERROR,
      .demand = Demand::kEqual,
      .spread = Spread::kColumns3,
      .table_number = 3,
      .left = {"t3.total_processed.{c}"},
      .right = {"t3.{outcome}.{c}"},
      .title = {"{column}: \"{row}\" is the sum of the outcomes",
                "{column}：“{row}”等于各项办理结果之和"},
      .basis = TotalBasis(),
      .rationale =
          {"A total counts what stands above it, each application once. A "
           "failure mostly means that a row was mistyped, or that a decision "
           "to disclose in part was counted under another outcome as well.",
           "总计等于其上各行之和，每件申请只计一次。不符多半是某行误填，或“区"
           "分"
           "处理”的申请在部分公开之外又计入了别的结果。"},
      .example = {
          "12 disclosed, 5 refused, 2 not held and 16 otherwise make "
          "35; a total of 36 is off by 1.",
          "予以公开 12、不予公开 5、无法提供 2、其他处理 16，合计 35；总"
          "计填 36 则相差 1。"}};
}

RuleFamily RowSumFamily() {
  return {
      .id = "T3-ROW-{r}",
      .severity = v1::SEVERITY_ERROR,
      .demand = Demand::kEqual,
      .spread = Spread::kRows3,
      .table_number = 3,
      .left = {"t3.{r}.total"},
      .right = {"t3.{r}.{part}"},
      .title = {"{row}: \"{column}\" is the sum of the other columns",
                "{row}：“{column}”等于其余各列之和"},
      .basis = TotalBasis(),
      .rationale =
          {"The total column counts the applicants of all six kinds. A "
           "failure mostly means that a figure slipped into a neighbouring "
           "column, or that the total was typed and not added up.",
           "总计列是六类申请人之和。不符多半是数字错位到相邻列，或总计是手填而"
           "非相加得来。"},
      .example = {
          "3402 natural persons and 99, 4, 5 and 1 organisations make "
          "3511; a total of 3501 is off by 10.",
          "自然人 3402，商业企业 99、社会公益组织 4、法律服务机构 5、其他 "
          "1，合计 3511；总计填 3501 则相差 10。"}};
}

std::vector<RuleFamily> Table3Families() {
  return {BalanceFamily(), OutcomeSumFamily(), RowSumFamily()};
}

RuleFamily Table4Family(const char* id, const char* total, const char* parts) {
  return {
      .id = id,
      .severity = v1::SEVERITY_ERROR,
      .demand = Demand::kEqual,
      .table_number = 4,
      .left = {total},
      .right = {parts},
      .title = {"{row}: \"{column}\" is the sum of the results",
                "{row}：“{column}”等于各项结果之和"},
      .basis = TotalBasis(),
      .rationale =
          {"The total counts the four results: upheld, corrected, other, "
           "pending. A failure mostly means that the total was left at 0, or "
           "that pending cases were left out of it.",
           "总计等于维持、纠正、其他结果、尚未审结四项之和。不符多半是总计漏填"
           "为 "
           "0，或没有计入尚未审结的案件。"},
      .example = {
          "A district printed 10 upheld and 1 corrected with a total of "
          "0: the difference is 11.",
          "某区结果维持 10、结果纠正 1，总计却印为 0，相差 11。"}};
}

std::vector<RuleFamily> FigureFamilies() {
  return {
      Table4Family("T4-SUM-A", "t4.reconsideration.total",
                   "t4.reconsideration.{result}"),
      Table4Family("T4-SUM-B", "t4.litigation_direct.total",
                   "t4.litigation_direct.{result}"),
      Table4Family("T4-SUM-C", "t4.litigation_after_reconsideration.total",
                   "t4.litigation_after_reconsideration.{result}"),
      {.id = "T-NN-{cell}",
       .severity = v1::SEVERITY_ERROR,
       .demand = Demand::kAtLeast,
       .spread = Spread::kFigures,
       .left = {"{cell}"},
       .title = {"{cell}: not negative", "{cell}：不得为负数"},
       .basis = {"the nature of a count", "计数的含义"},
       .rationale =
           {"Nothing can be counted or charged less than zero times; only the "
            "yearly changes of the 2019 form have a sign. A failure mostly "
            "means that a dash was typed before a figure.",
            "件数和金额不会小于零；只有 2019 年版的“本年增/减”可以为负。不符多"
            "半是在数字前误输入了横线。"},
       .example = {"-3 where 3 was meant.", "应填 3 而填成 -3。"}},
  };
}

}  // namespace

std::vector<RuleFamily> ArithmeticFamilies() {
  std::vector<RuleFamily> all = Table3Families();
  const std::vector<RuleFamily> figures = FigureFamilies();
  all.insert(all.end(), figures.begin(), figures.end());
  return all;
}

std::vector<RuleFamily> RuleFamilies() {
  std::vector<RuleFamily> all;
  for (const auto& families :
       {ArithmeticFamilies(), ContentFamilies(), YearFamilies(),
        NarrativeFamilies(), PlausibilityFamilies(), RollUpFamilies()}) {
    all.insert(all.end(), families.begin(), families.end());
  }
  return all;
}

}  // namespace annals::report
