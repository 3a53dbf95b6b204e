// The rules from year to year.

#include "service/report/rule_families.h"
#include "service/report/year_rules.h"

namespace annals::report {
namespace {

const ErrorText& ContinuityBasis() {
  static const ErrorText basis = {
      "continuity with last year's report; exceptions are reorganisation, a "
      "corrected prior year, re-counting",
      "与上年度报告衔接；机构改革、上年更正、清理重新统计等情形除外"};
  return basis;
}

const ErrorText& DocumentRationale() {
  static const ErrorText rationale = {
      "What was in force, with what was issued and without what was repealed, "
      "is "
      "in force now. A failure mostly means that the documents were counted "
      "anew, that their scope changed (one organ's, or all of the region's), "
      "or "
      "that documents which expired are not among the repealed.",
      "上年现行有效件数加本年制发、减本年废止，应等于本年现行有效件数。不符多半"
      "是清理后重新统计、口径改变（本机关或全区域），或自然失效的没有计入废止"
      "。"};
  return rationale;
}

RuleFamily CarryFamily() {
  return {
      .id = "Y-CARRY-{c}",
      .severity = v1::SEVERITY_WARNING,
      .demand = Demand::kEqual,
      .spread = Spread::kColumns3,
      .previous = Previous::kNeeded,
      .table_number = 3,
      .left = {"t3.carried_over_in.{c}"},
      .right = {"previous.t3.carried_over_out.{c}"},
      .title = {"{expression}", "{expression}"},
      .basis = ContinuityBasis(),
      .rationale =
          {"What last year's report carried on to this year is what this one "
           "carries in, column by column. A failure mostly means that one of "
           "the two was counted on another day, or that agencies were merged.",
           "上年报告结转下年度的，就是本年的上年结转，各列都应一致。不符多半是"
           "两年统计时点不同，或机构合并。"},
      .example = {
          "A city carried 118, 3, 0, 0, 0, 0, in all 121, out of 2023 "
          "and into 2024.",
          "某市 2023 年结转下年度 118、3、0、0、0、0，总计 121；2024 年上"
          "年结转逐列相同。"}};
}

RuleFamily RegulationsFamily() {
  return {.id = "Y-REG",
          .severity = v1::SEVERITY_WARNING,
          .demand = Demand::kEqual,
          .previous = Previous::kNeeded,
          .table_number = 2,
          .left = {"t2.regulations.in_force"},
          .right = {"previous.t2.regulations.in_force", "t2.regulations.issued",
                    "-t2.regulations.repealed"},
          .title = {"{expression}", "{expression}"},
          .basis = ContinuityBasis(),
          .rationale = DocumentRationale(),
          .example = {
              "11 in force, 2 issued, 1 repealed: 12 in force a year later.",
              "上年现行有效 11 件，本年制发 2 件、废止 1 件，现行有效应为 12 "
              "件。"}};
}

RuleFamily DocumentsFamily() {
  return {.id = "Y-DOC",
          .severity = v1::SEVERITY_WARNING,
          .demand = Demand::kEqual,
          .previous = Previous::kNeeded,
          .table_number = 2,
          .left = {"t2.normative_documents.in_force"},
          .right = {"previous.t2.normative_documents.in_force",
                    "t2.normative_documents.issued",
                    "-t2.normative_documents.repealed"},
          .title = {"{expression}", "{expression}"},
          .basis = ContinuityBasis(),
          .rationale = DocumentRationale(),
          .example = {
              "597 in force, 50 issued, 227 repealed: 420 a year later. "
              "Another city went from 66 to 372, counting all its region.",
              "上年现行有效 597 件，本年制发 50 件、废止 227 件，现行有效应为 "
              "420 件。另一市改按全市口径，由 66 件变为 372 件。"}};
}

RuleFamily ImpliedDocumentsFamily() {
  return {
      .id = "Y-DOC-IMPLIED",
      .severity = v1::SEVERITY_INFO,
      .demand = Demand::kAtLeast,
      .previous = Previous::kAbsent,
      .table_number = 2,
      .left = {"t2.normative_documents.in_force",
               "-t2.normative_documents.issued",
               "t2.normative_documents.repealed"},
      .title =
          {"without last year's report, the number in force that it implies "
           "is not negative: {expression}",
           "无上年度报告时，推算的上年末现行有效件数不为负：{expression}"},
      .basis = ContinuityBasis(),
      .rationale =
          {"This year's figures say how many were in force at the end of last "
           "year, and there can't be fewer than none. A failure mostly means "
           "that documents of the year were issued and not counted as in "
           "force.",
           "由本年数可以推算上年末的现行有效件数，不可能小于零。不符多半是本年"
           "制发的文件没有计入现行有效。"},
      .example = {
          "1 issued, 5 repealed, 5 in force: 9 at the end of last year. "
          "50 issued, 5 repealed, 3 in force: -42.",
          "制发 1、废止 5、现行有效 5，推算上年末为 9 件。制发 50、废止 "
          "5、现行有效 3，推算为 -42。"}};
}

std::vector<RuleFamily> FigureFamilies() {
  return {CarryFamily(), RegulationsFamily(), DocumentsFamily(),
          ImpliedDocumentsFamily()};
}

RuleFamily SameFamily() {
  return {
      .id = "Y-SAME",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplySameRule,
      .previous = Previous::kNeeded,
      .texts = {"t2", "t3", "t4", "s1_overview", "s5_problems", "s6_other"},
      .title =
          {"not all figures are last year's, and at most half of the prose "
           "repeats last year's in runs of 8 characters or more",
           "各表数据与上年度不完全相同；正文连续 8 字以上与上年度相同的部"
           "分不超过一半"},
      .basis = {"assessment standards of cities: points are deducted if more "
                "than 50 % repeats the year before",
                "各地考核办法：与上年度重复率大于 50% 的扣分"},
      .rationale =
          {"Two years are never the same. A failure mostly means that last "
           "year's report was taken over with new dates. Figures, marks and "
           "spaces are left out of the comparison, so that new figures in an "
           "old sentence do not make it new.",
           "两年的工作不会完全一样。不符多半是沿用上年报告、只改日期。比较时不"
           "计"
           "数字、标点和空白，旧句子换上新数字仍算重复。"},
      .example = {"One office published the same report three years in a row. "
                  "Between two yearly reports of a city a fifth to a quarter "
                  "repeats; half is what a district reached.",
                  "某局连续三年公开同一份报告。某市两年报告的重复率约两成；某区"
                  "近五成。"}};
}

RuleFamily ZeroFamily() {
  return {
      .id = "Y-ZERO",
      .severity = v1::SEVERITY_WARNING,
      .apply = ApplyZeroRule,
      .previous = Previous::kNeeded,
      .table_number = 3,
      .left = {"t3.new_received.total", "t3.carried_over_in.total",
               "t3.total_processed.total", "t3.carried_over_out.total",
               "t4.reconsideration.total", "t4.litigation_direct.total",
               "t4.litigation_after_reconsideration.total"},
      .in_each_edition = true,
      .title =
          {"tables 3 and 4 are not all zero after a year when they were not",
           "上年度不全为 0 的表三、表四，本年不全部为 0"},
      .basis = {"a county bureau published a report of zeros in February 2025, "
                "and withdrew it when an applicant objected",
                "2025 年 2 月某县局公开了全为 0 的报告，经申请人指出后撤回"},
      .rationale =
          {"Applications do not stop from one year to the next. A failure "
           "mostly means that an empty form was published.",
           "申请不会一年之间归零。不符多半是把没有填写的空表公开了。"},
      .example = {"57 applications last year, and 0 in every cell this year.",
                  "上年新收 57 件，本年表三、表四各格全为 0。"}};
}

RuleFamily JumpFamily() {
  return {
      .id = "Y-JUMP",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyJumpRule,
      .previous = Previous::kNeeded,
      .left = {"t2.normative_documents.in_force", "t2.regulations.in_force",
               "t2.licences.decisions", "t2.penalties.decisions",
               "t2.coercive_measures.decisions", "t2.fees.amount_wan_yuan",
               "t3.{any_row}.total", "t4.reconsideration.total",
               "t4.litigation_direct.total",
               "t4.litigation_after_reconsideration.total"},
      .in_each_edition = true,
      .title =
          {"no figure of 50 or more (fees: 100,000 yuan) is ten times last "
           "year's, or a tenth of it",
           "50 以上（收费 10 万元以上）的数与上年度相差不到十倍"},
      .basis = {"plausibility", "合理性"},
      .rationale =
          {"A change of the order of magnitude has a reason that readers will "
           "ask for. A failure mostly means a change of scope, a new way of "
           "counting, or a figure in the wrong unit.",
           "数量级的变化总有原因，公众会问。多半是口径或统计方法改变，或单位填"
           "错。"},
      .example = {
          "Licences rise from 550 to 9487; fees fall from 7730.28 to "
          "0.773 万元, given in 千万元.",
          "行政许可由 550 件增至 9487 件；收费由 7730.28 万元变为 0.773，"
          "误以千万元计。"}};
}

RuleFamily PendingFamily() {
  return {
      .id = "Y-PEND",
      .severity = v1::SEVERITY_INFO,
      .apply = ApplyPendingRule,
      .previous = Previous::kNeeded,
      .table_number = 4,
      .left = {"t4.reconsideration.total", "t4.litigation_direct.total",
               "t4.litigation_after_reconsideration.total"},
      .right = {"previous.t4.reconsideration.pending",
                "previous.t4.litigation_direct.pending",
                "previous.t4.litigation_after_reconsideration.pending"},
      .title =
          {"disputes pending at the end of last year are counted this year",
           "上年尚未审结的复议诉讼，本年仍有统计"},
      .basis =
          {"practice; a footnote in reports: disputes include those carried "
           "over from last year",
           "实务；部分报告注明“行政复议、行政诉讼数量含上年度结转数量”"},
      .rationale =
          {"A case that was pending ends some time. Some offices count it "
           "again in the year when it ends, and some do not and say so: hence "
           "only information.",
           "未审结的案件总会审结。有的单位审结当年再次计入，有的不计并加注，因"
           "此只作提示。"},
      .example = {"7 lawsuits pending in 2023, and a total of 0 in 2024.",
                  "2023 年尚未审结 7 件，2024 年总计为 0。"}};
}

std::vector<RuleFamily> WholeFamilies() {
  return {SameFamily(), ZeroFamily(), JumpFamily(), PendingFamily()};
}

}  // namespace

std::vector<RuleFamily> YearFamilies() {
  std::vector<RuleFamily> all = FigureFamilies();
  const std::vector<RuleFamily> whole = WholeFamilies();
  all.insert(all.end(), whole.begin(), whole.end());
  return all;
}

}  // namespace annals::report
