#include "client/import/figure_note.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/form_document.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr v1::Unit kCount = v1::UNIT_UNSPECIFIED;

TEST(FigureNoteTest, WhatTheFigureIsMadeUpOfLeavesIt) {
  for (const char* note :
       {"（其中修订16件）", "(其中: 修改3件，废止1件)", "（含自然失效29件）",
        "（含上年结转3件）", "（不含市本级）", "（不含市本级，含县局3件）",
        "（包括下属单位5件、街道2件）", "（其中更正2件）", "（均为规章）",
        "（内含3件）", "（其中约谈3次）"}) {
    EXPECT_TRUE(LeavesFigure(note, kCount)) << note;
  }
  EXPECT_TRUE(LeavesFigure("（其中滞纳金3万元）", v1::UNIT_WAN_YUAN));
  EXPECT_TRUE(LeavesFigure("（含税）", v1::UNIT_WAN_YUAN));
}

TEST(FigureNoteTest, AnEndingLeavesItAndAPointerToANoteDoesNot) {
  for (const char* note :
       {"（撤诉）", "（主动撤回）", "（驳回起诉）", "（已全部公开）"}) {
    EXPECT_TRUE(LeavesFigure(note, kCount)) << note;
  }
  for (const char* note :
       {"（见说明）", "（注1）", "其中3件为误报", "其中", "含3件重复统计",
        "不含漏报3件", "含应予扣除的2件", "（见更正）", "（见更正说明）",
        "（撤回）", "（说明）", "（见说明，应为15）", "（部分公开）"}) {
    EXPECT_FALSE(LeavesFigure(note, kCount)) << note;
  }
}

// A report that prints `cell` in the first cell of the licences.
ImportResult WithLicences(const std::string& cell) {
  TextStyle style;
  style.layout = Layout::kBars;
  style.change_row = [&](const std::string& row,
                         std::vector<std::string>* cells) {
    if (row == "t2.licences") cells->at(0) = cell;
  };
  auto result = ImportFile(RenderReport(RandomFigures(1, style), style));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

TEST(FigureNoteTest, ThatThereIsNoneLeavesAZero) {
  for (const char* cell : {"0（无）", "0（未收费）", "0件（不涉及）"}) {
    EXPECT_THAT(NotCertain(WithLicences(cell)), IsEmpty()) << cell;
  }
  for (const char* cell : {"12（无）", "10（未收费）", "0（未统计）"}) {
    EXPECT_THAT(NotCertain(WithLicences(cell)),
                ElementsAre(StartsWith("t2.licences.decisions")))
        << cell;
  }
}

// It may be one figure or two.
TEST(FigureNoteTest, ABlankInAFigureMakesItDoubtful) {
  for (const char* print : {"1 234", "1, 234", "1\u2009234"}) {
    const ImportResult result = WithLicences(print);
    EXPECT_THAT(NotCertain(result),
                ElementsAre(StartsWith("t2.licences.decisions")));
    EXPECT_EQ(result.report.t2().licences().decisions(), 1234) << print;
  }
}

TEST(FigureNoteTest, ItsOwnUnitLeavesTheFigure) {
  for (const char* note : {"（件）", "(件次)", "（项）", "（宗）", "（人次）",
                           "（单位：件）", "（计量单位为 件）"}) {
    EXPECT_TRUE(LeavesFigure(note, kCount)) << note;
  }
  for (const char* note : {"（万元）", "（单位：万元）", "（人民币：万元）"}) {
    EXPECT_TRUE(LeavesFigure(note, v1::UNIT_WAN_YUAN)) << note;
    EXPECT_FALSE(LeavesFigure(note, v1::UNIT_AS_PRINTED)) << note;
  }
  EXPECT_TRUE(LeavesFigure("（元）", v1::UNIT_AS_PRINTED));
}

TEST(FigureNoteTest, AnotherUnitDoesNot) {
  for (const char* note :
       {"（单位：元）", "（元）", "（亿元）", "（千元）", "（百元）",
        "（美元）", "（港币）", "（元整）", "（百万元）", "（万）",
        "（含税，元）", "（元，含滞纳金）", "（件）", "（单位）",
        "（单位：）"}) {
    EXPECT_FALSE(LeavesFigure(note, v1::UNIT_WAN_YUAN)) << note;
  }
  for (const char* note : {"（万件）", "（百件）", "（千件）", "（单位：万件）",
                           "（万）", "（万余）", "（万元）", "（元）", "（%）",
                           "（倍）", "（含县局，万件）"}) {
    EXPECT_FALSE(LeavesFigure(note, kCount)) << note;
  }
}

TEST(FigureNoteTest, AnyOtherRemarkMayTakeTheFigureBack) {
  for (const char* note : {"（上年）",
                           "（2023年）",
                           "（非本年）",
                           "（历年累计）",
                           "（上半年）",
                           "（截至6月）",
                           "（作废）",
                           "（删除）",
                           "（修订后15）",
                           "（核减后为9）",
                           "（已更正）",
                           "（见更正）",
                           "（约）",
                           "（左右）",
                           "（估算）",
                           "（未核实）",
                           "（待核）",
                           "（暂定）",
                           "（预计）",
                           "（疑）",
                           "（以上）",
                           "（负）",
                           "（百分比）",
                           "（减）",
                           "（减少8项）",
                           "（↓）",
                           "（36件）",
                           "（其中3件，未核实）",
                           "（含县局3件，共15件）",
                           "（其中应为15件）",
                           "（含县局，上年）",
                           "(a)"}) {
    EXPECT_FALSE(LeavesFigure(note, kCount)) << note;
  }
}

// A report with remarks after two counts and a sum: what is not certain.
std::vector<std::string> DoubtsWith(const std::string& count_note,
                                    const std::string& sum_note,
                                    v1::Edition edition) {
  TextStyle style;
  style.table2 = edition;
  style.change_row = [&](const std::string& row,
                         std::vector<std::string>* cells) {
    if (row == "t2.licences") absl::StrAppend(&cells->at(0), count_note);
    if (row == "t3.granted") absl::StrAppend(&cells->at(1), count_note);
    if (row == "t2.fees" && edition == v1::EDITION_2021) {
      absl::StrAppend(&cells->at(0), sum_note);
    }
  };
  const Figures figures = RandomFigures(1, style);
  const auto result = ImportFile(RenderReport(figures, style));
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return {};
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  return NotCertain(*result);
}

TEST(FigureNoteTest, OnlyFiguresThatTheirRemarkLeavesAreCertain) {
  EXPECT_THAT(DoubtsWith("（其中修订1件）", "（万元）", v1::EDITION_2021),
              IsEmpty());
  EXPECT_THAT(DoubtsWith("（万件）", "（单位：元）", v1::EDITION_2021),
              ElementsAre(StartsWith("t2.licences.decisions"),
                          StartsWith("t2.fees.amount_wan_yuan"),
                          StartsWith("t3.granted.commercial_enterprise")));
}

// The change of 2019 is negative where the remark says so in words.
TEST(FigureNoteTest, AChangeIsDoubtfulIfARemarkMayTurnIt) {
  for (const char* note : {"（减）", "（减少）", "（负）", "（下降）",
                           "（取消）", "（↓）", "（减少8项）", "（减8）"}) {
    SCOPED_TRACE(note);
    TextStyle style;
    style.table2 = v1::EDITION_2019;
    style.change_row = [&](const std::string& row,
                           std::vector<std::string>* cells) {
      if (row == "t2.licences") absl::StrAppend(&cells->at(1), note);
    };
    const auto result =
        ImportFile(RenderReport(RandomFigures(1, style), style));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(NotCertain(*result),
                ElementsAre(StartsWith("t2.licences.items_delta")));
  }
}

}  // namespace
}  // namespace annals::client
