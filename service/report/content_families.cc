// The rules on what must be there, and on what is plausible in one report.

#include "service/report/plausibility_rules.h"
#include "service/report/rule_families.h"
#include "service/report/section_rules.h"

namespace annals::report {
namespace {

const ErrorText& ArticleFiftyBasis() {
  static const ErrorText basis = {
      "article 50 of the Regulations on Open Government Information; notice "
      "国办公开办函〔2021〕30号",
      "《政府信息公开条例》第五十条；国办公开办函〔2021〕30号"};
  return basis;
}

}  // namespace

std::vector<RuleFamily> ContentFamilies() {
  return {
      {.id = "T-CELLS",
       .severity = v1::SEVERITY_ERROR,
       .demand = Demand::kCellsPresent,
       .title = {"each table declares its edition and has all cells of that "
                 "edition and no other",
                 "各表注明格式版本，并填齐该版本的全部单元格，不多不少"},
       .basis = ArticleFiftyBasis(),
       .rationale =
           {"A blank is not a zero: nobody can tell whether there was nothing "
            "or it was forgotten. A failure mostly means that zeros were left "
            "out, or that rows of the other edition were filled.",
            "空白不等于零，看不出是没有还是漏填。不符多半是该填 0 "
            "处留空，或填了"
            "另一版格式的行。"},
       .example =
           {"A table 3 of 2021 with 174 of its 175 cells filled; a table "
            "of 2019 with the three rows of (6) of 2021.",
            "2021 年版表三 175 格只填了 174 格；2019 年版表三却填了 2021 "
            "年版（六）的三行。"}},
      {.id = "S-SECTIONS",
       .severity = v1::SEVERITY_ERROR,
       .apply = ApplySectionsRule,
       .title = {"the six sections are all there, in their order",
                 "六个部分齐全，且顺序正确"},
       .basis = ArticleFiftyBasis(),
       .rationale =
           {"The form has six sections and none may be left out; one "
            "with nothing to report says so. A failure mostly means a "
            "heading that was lost or numbered twice.",
            "格式规定六个部分，缺一不可；没有内容的也要写明“无”。不符多"
            "半是标题丢失或编号重复。"},
       .example =
           {"After four comes six, because the heading of five was lost.",
            "“四”之后直接是“六”，第五部分的标题丢失。"}},
      {.id = "S-YEAR",
       .severity = v1::SEVERITY_ERROR,
       .apply = ApplyYearRule,
       .title = {"title, year, statistical period (1 January to 31 December) "
                 "and filing name the same year",
                 "标题、年度、统计期限（1月1日至12月31日）与报送年度为同一年"},
       .basis = {"articles 49 and 50 of the Regulations on Open Government "
                 "Information",
                 "《政府信息公开条例》第四十九条、第五十条"},
       .rationale =
           {"A report is of one calendar year. A failure mostly means "
            "that last year's text was taken over with its date.",
            "年度报告反映一个公历年度。不符多半是沿用上年文稿而没有改年"
            "份。"},
       .example = {"A report for 2024 whose period ends on 30 December 2024.",
                   "2024 年度报告的统计期限写到 12 月 30 日为止。"}},
  };
}

namespace {

RuleFamily RegulationPowerFamily() {
  return {
      .id = "P-REG-POWER",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplyRegulationPowerRule,
      .table_number = 2,
      .left = {"t2.regulations.issued", "t2.regulations.repealed",
               "t2.regulations.in_force", "t2.regulations.made",
               "t2.regulations.published", "t2.regulations.public_total"},
      .in_each_edition = true,
      .title = {"rules (规章) are reported only by bodies that may make them",
                "只有有规章制定权的机关才填报规章"},
      .basis = {"articles 91 and 93 of the Legislation Law: departments of the "
                "State Council, and the governments of provinces, cities "
                "divided into districts and autonomous prefectures",
                "《立法法》第九十一条、第九十三条：国务院部门，省级、设区的市、"
                "自治州人民政府"},
      .rationale =
          {"A county, a town or a department of a local government makes no "
           "rules. A failure mostly means that normative documents were "
           "entered one row too high, or rules of a higher government were "
           "counted.",
           "县、乡镇和地方政府部门没有规章制定权。不符多半是把行政规范性文件填"
           "到了上一行，或计入了上级政府的规章。"},
      .example = {"A town government reports 6 rules in force.",
                  "某镇人民政府填报规章现行有效 6 件。"}};
}

RuleFamily OtherShareFamily() {
  return {
      .id = "P-OTHER-SHARE",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyOtherShareRule,
      .table_number = 3,
      .left = {"t3.other_other.total"},
      .right = {"t3.total_processed.total"},
      .in_each_edition = true,
      .title = {"\"3. Other\" of (6) is at most 20 % of the total, or fewer "
                "than 5",
                "（六）其他处理“3.其他”不超过总计的 20%，或不足 5 件"},
      .basis = {"drafting note to the form: the item is for the fewest, "
                "special cases",
                "格式的编写说明：“其他处理”主要考虑极少数特殊情况"},
      .rationale =
          {"What lands here is not explained to anyone. A failure mostly "
           "means "
           "applications that were withdrawn, and sometimes that an outcome "
           "was put here for want of a better row.",
           "填入此项的申请看不出结果。比例偏大多半是申请人主动撤回较多，有时是"
           "归类不准。"},
      .example = {
          "16 of 35 processed, 45.7 %; a city office has 276 of 1191.",
          "总计 35 件中有 16 件（45.7%）；某市办公室 1191 件中有 276 件。"}};
}

RuleFamily OrphanFamily() {
  return {
      .id = "P-T4-ORPHAN",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyOrphanRule,
      .table_number = 4,
      .left = {"t4.reconsideration.total", "t4.litigation_direct.total",
               "t4.litigation_after_reconsideration.total"},
      .right = {"t3.new_received.total", "t3.carried_over_in.total",
                "previous.t3.new_received.total"},
      .in_each_edition = true,
      .title = {"disputes in table 4 only if there were applications this year "
                "or last",
                "本年或上年有申请，才会有表四的复议诉讼"},
      .basis = {"article 51 of the Regulations on Open Government Information",
                "《政府信息公开条例》第五十一条"},
      .rationale =
          {"Most disputes are about the answer to an application. A failure "
           "mostly means that table 3 was left at zero, or that disputes of "
           "other kinds were counted.",
           "信息公开的复议诉讼多因答复申请而起。不符多半是表三漏填为 0，或把其"
           "他类型的复议诉讼计入了表四。"},
      .example = {"2 reconsiderations with no application in this year and the "
                  "year before.",
                  "本年和上年申请均为 0，行政复议总计却为 2。"}};
}

std::vector<RuleFamily> FigurePlausibility() {
  return {RegulationPowerFamily(), OtherShareFamily(), OrphanFamily()};
}

RuleFamily FeeNoteFamily() {
  return {
      .id = "P-FEE-NOTE",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplyFeeNoteRule,
      .texts = {"s6_other"},
      .title = {"section six says what information-handling fees (信息处理费) "
                "were charged, or that none were",
                "第六部分写明信息处理费的收取情况（金额或未收取）"},
      .basis = {"the template of the form; article 42 of the Regulations on "
                "Open Government Information",
                "格式中的提示；《政府信息公开条例》第四十二条"},
      .rationale =
          {"The form asks for it in this place and nowhere else. It is not "
           "the "
           "administrative fees of table 2. A failure mostly means that the "
           "section was left at \"none\".",
           "格式要求“收取信息处理费情况在此处报告”。它不是表二的行政事业性收"
           "费。不符多半是第六部分只写了“无”。"},
      .example = {
          "\"None.\" instead of \"No information-handling fees were "
          "charged in 2024.\"",
          "只写“无其他需要报告的事项”，而没有“2024年未收取信息处理费”。"}};
}

RuleFamily ProblemsFamily() {
  return {
      .id = "P-S5-EMPTY",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplyProblemsRule,
      .texts = {"s5_problems"},
      .title =
          {"section five names problems and improvements, in 10 characters "
           "or more",
           "第五部分写明问题及改进情况（不少于 10 字）"},
      .basis = ArticleFiftyBasis(),
      .rationale =
          {"Article 50 asks for problems and improvements. A failure mostly "
           "means that the section was filled for form's sake.",
           "条例第五十条要求报告存在的主要问题及改进情况。不符多半是敷衍填写"
           "。"},
      .example = {"\"None.\"", "“无。”"}};
}

RuleFamily TemplateFamily() {
  return {.id = "P-TEMPLATE",
          .severity = v1::SEVERITY_WARNING,
          .apply = ApplyTemplateRule,
          .texts = {"title", "s1_overview", "s5_problems", "s6_other"},
          .title = {"no words of a template are left over", "没有残留模板文字"},
          .basis = {"seen in published reports", "见于已公开的报告"},
          .rationale =
              {"What stands where something is to be filled in was not written "
               "for "
               "the public. A failure means that a passage was not finished.",
               "模板中的提示和待填符号不应公开。不符说明有段落没有写完。"},
          .example = {"\"全年公开信息××条\", \"该部分以表格形式报告\".",
                      "“全年公开信息××条”、“该部分以表格形式报告”。"}};
}

RuleFamily SubTopicsFamily() {
  return {
      .id = "P-S1-FIVE",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplySubTopicsRule,
      .texts = {"s1_overview"},
      .title = {"section one speaks of all five sub-topics",
                "第一部分写到全部五项内容"},
      .basis = {"notice 国办公开办函〔2021〕30号, section one",
                "国办公开办函〔2021〕30号，总体情况"},
      .rationale =
          {"The form wants proactive disclosure, disclosure on request, "
           "information management, platforms, and supervision. A failure "
           "mostly means that one was forgotten or runs under another "
           "heading.",
           "格式要求写主动公开、依申请公开、政府信息管理、平台建设、监督保障五"
           "项。不符多半是漏写一项，或并入了其他标题。"},
      .example = {"A section that ends after the platforms.",
                  "写到平台建设为止，没有监督保障。"}};
}

std::vector<RuleFamily> TextPlausibility() {
  return {FeeNoteFamily(), ProblemsFamily(), TemplateFamily(),
          SubTopicsFamily()};
}

}  // namespace

std::vector<RuleFamily> PlausibilityFamilies() {
  std::vector<RuleFamily> all = FigurePlausibility();
  const std::vector<RuleFamily> texts = TextPlausibility();
  all.insert(all.end(), texts.begin(), texts.end());
  return all;
}

}  // namespace annals::report
