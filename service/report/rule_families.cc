#include "service/report/rule_families.h"

namespace annals::report {
namespace {

const ErrorText& TotalBasis() {
  static const ErrorText basis = {
      "the meaning of the total on the official form",
      "表格格式中总计一栏的含义"};
  return basis;
}

const ErrorText& ArticleFiftyBasis() {
  static const ErrorText basis = {
      "article 50 of the Regulations on Open Government Information; notice "
      "国办公开办函〔2021〕30号",
      "《政府信息公开条例》第五十条；国办公开办函〔2021〕30号"};
  return basis;
}

const ErrorText& ContinuityBasis() {
  static const ErrorText basis = {
      "continuity with last year's report; exceptions are reorganisation, a "
      "corrected prior year, re-counting",
      "与上年度报告衔接；机构改革、上年更正、清理重新统计等情形除外"};
  return basis;
}

std::vector<RuleFamily> Table3Families() {
  return {
      {"T3-ID-{c}",
       v1::SEVERITY_ERROR,
       Demand::kEqual,
       Spread::kColumns3,
       Previous::kUnused,
       3,
       {"t3.new_received.{c}", "t3.carried_over_in.{c}"},
       {"t3.total_processed.{c}", "t3.carried_over_out.{c}"},
       {"{column}: {note}", "{column}：{note}"},
       {"printed on the official form", "表格格式中印明的勾稽关系"}},
      {"T3-SUM-{c}",
       v1::SEVERITY_ERROR,
       Demand::kEqual,
       Spread::kColumns3,
       Previous::kUnused,
       3,
       {"t3.total_processed.{c}"},
       {"t3.{outcome}.{c}"},
       {"{column}: \"{row}\" is the sum of the outcomes",
        "{column}：“{row}”等于各项办理结果之和"},
       TotalBasis()},
      {"T3-ROW-{r}",
       v1::SEVERITY_ERROR,
       Demand::kEqual,
       Spread::kRows3,
       Previous::kUnused,
       3,
       {"t3.{r}.total"},
       {"t3.{r}.{part}"},
       {"{row}: \"{column}\" is the sum of the other columns",
        "{row}：“{column}”等于其余各列之和"},
       TotalBasis()},
  };
}

RuleFamily Table4Family(const char* id, const char* total, const char* parts) {
  return {id,
          v1::SEVERITY_ERROR,
          Demand::kEqual,
          Spread::kNone,
          Previous::kUnused,
          4,
          {total},
          {parts},
          {"{row}: \"{column}\" is the sum of the results",
           "{row}：“{column}”等于各项结果之和"},
          TotalBasis()};
}

std::vector<RuleFamily> FigureFamilies() {
  return {
      Table4Family("T4-SUM-A", "t4.reconsideration.total",
                   "t4.reconsideration.{result}"),
      Table4Family("T4-SUM-B", "t4.litigation_direct.total",
                   "t4.litigation_direct.{result}"),
      Table4Family("T4-SUM-C", "t4.litigation_after_reconsideration.total",
                   "t4.litigation_after_reconsideration.{result}"),
      {"T-NN-{cell}",
       v1::SEVERITY_ERROR,
       Demand::kAtLeast,
       Spread::kFigures,
       Previous::kUnused,
       0,
       {"{cell}"},
       {},
       {"{cell}: not negative", "{cell}：不得为负数"},
       {"the nature of a count", "计数的含义"}},
  };
}

std::vector<RuleFamily> ContentFamilies() {
  return {
      {"T-CELLS",
       v1::SEVERITY_ERROR,
       Demand::kCellsPresent,
       Spread::kNone,
       Previous::kUnused,
       0,
       {},
       {},
       {"each table declares its edition and has all cells of that edition and "
        "no other",
        "各表注明格式版本，并填齐该版本的全部单元格，不多不少"},
       ArticleFiftyBasis()},
      {"S-SECTIONS",
       v1::SEVERITY_ERROR,
       Demand::kSectionsPresent,
       Spread::kNone,
       Previous::kUnused,
       0,
       {},
       {},
       {"the six sections are all there, in their order",
        "六个部分齐全，且顺序正确"},
       ArticleFiftyBasis()},
      {"S-YEAR",
       v1::SEVERITY_ERROR,
       Demand::kYearsAgree,
       Spread::kNone,
       Previous::kUnused,
       0,
       {},
       {},
       {"title, year, statistical period (1 January to 31 December) and filing "
        "name the same year",
        "标题、年度、统计期限（1月1日至12月31日）与报送年度为同一年"},
       {"articles 49 and 50 of the Regulations on Open Government Information",
        "《政府信息公开条例》第四十九条、第五十条"}},
  };
}

std::vector<RuleFamily> YearFamilies() {
  return {
      {"Y-CARRY-{c}",
       v1::SEVERITY_WARNING,
       Demand::kEqual,
       Spread::kColumns3,
       Previous::kNeeded,
       3,
       {"t3.carried_over_in.{c}"},
       {"previous.t3.carried_over_out.{c}"},
       {"{expression}", "{expression}"},
       ContinuityBasis()},
      {"Y-REG",
       v1::SEVERITY_WARNING,
       Demand::kEqual,
       Spread::kNone,
       Previous::kNeeded,
       2,
       {"t2.regulations.in_force"},
       {"previous.t2.regulations.in_force", "t2.regulations.issued",
        "-t2.regulations.repealed"},
       {"{expression}", "{expression}"},
       ContinuityBasis()},
      {"Y-DOC",
       v1::SEVERITY_WARNING,
       Demand::kEqual,
       Spread::kNone,
       Previous::kNeeded,
       2,
       {"t2.normative_documents.in_force"},
       {"previous.t2.normative_documents.in_force",
        "t2.normative_documents.issued", "-t2.normative_documents.repealed"},
       {"{expression}", "{expression}"},
       ContinuityBasis()},
      {"Y-DOC-IMPLIED",
       v1::SEVERITY_INFO,
       Demand::kAtLeast,
       Spread::kNone,
       Previous::kAbsent,
       2,
       {"t2.normative_documents.in_force", "-t2.normative_documents.issued",
        "t2.normative_documents.repealed"},
       {},
       {"without last year's report, the number in force that it implies is "
        "not "
        "negative: {expression}",
        "无上年度报告时，推算的上年末现行有效件数不为负：{expression}"},
       ContinuityBasis()},
  };
}

std::vector<RuleFamily> NarrativeFamilies() {
  return {
      {"N-REQUESTS",
       v1::SEVERITY_WARNING,
       Demand::kProseAgrees,
       Spread::kNone,
       Previous::kUnused,
       3,
       {},
       {"t3.new_received.total", "t3.carried_over_in.total",
        "t3.total_processed.total", "t3.carried_over_out.total"},
       {"the number of applications that section one states is in table 3: "
        "newly received, with or without those carried over; or handled, with "
        "or without those carried on",
        "第一部分所写的申请件数与表三相符：本年新收（或加上年结转），或办理"
        "总计（或加结转下年度）"},
       {"consistency of the report with itself", "报告前后一致"}},
  };
}

}  // namespace

std::vector<RuleFamily> RuleFamilies() {
  std::vector<RuleFamily> all;
  for (const auto& families :
       {Table3Families(), FigureFamilies(), ContentFamilies(), YearFamilies(),
        NarrativeFamilies()}) {
    all.insert(all.end(), families.begin(), families.end());
  }
  return all;
}

}  // namespace annals::report
