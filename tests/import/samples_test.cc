// Every real sample, against the figures that a person read from it.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/expected_figures.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

ImportResult Import(const std::string& name) {
  const std::string text = SampleText(name);
  auto result = ImportText(text);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

std::vector<std::string> RemarkCodes(const ImportResult& result) {
  std::vector<std::string> codes;
  for (const Remark& remark : result.remarks) codes.push_back(remark.code);
  return codes;
}

struct Sample {
  const char* name;
  int certain;
  int cells;
};

class SampleTest : public testing::TestWithParam<Sample> {};

TEST_P(SampleTest, NoFigureIsWrongAndUnmarked) {
  const ImportResult result = Import(GetParam().name);
  EXPECT_THAT(WrongAndUnmarked(result, ExpectedFigures(GetParam().name)),
              IsEmpty());
}

TEST_P(SampleTest, MostCellsAreCertain) {
  const ImportResult result = Import(GetParam().name);
  EXPECT_EQ(static_cast<int>(result.cells.size()), GetParam().cells);
  EXPECT_GE(result.Count(Certainty::kCertain), GetParam().certain);
}

// A doubtful figure that is read is still the right one in these texts.
TEST_P(SampleTest, DoubtfulFiguresHaveReasonsAndPlaces) {
  const ImportResult result = Import(GetParam().name);
  const Figures truth = ExpectedFigures(GetParam().name);
  for (const CellReading& reading : result.cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    EXPECT_THAT(reading.reason.en, Not(IsEmpty()));
    EXPECT_THAT(reading.reason.zh, Not(IsEmpty()));
    if (!reading.value.has_value()) continue;
    EXPECT_GT(reading.line, 0);
    const auto& id = report::Schema::Get().cells()[reading.cell].id;
    const auto expected = truth.find(id);
    ASSERT_NE(expected, truth.end()) << id;
    EXPECT_EQ(*reading.value, expected->second) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(Samples, SampleTest,
                         testing::Values(Sample{"xigong-2024", 200, 200},
                                         Sample{"hongze-2023", 186, 186},
                                         Sample{"hongze-2024", 186, 186},
                                         Sample{"huaian-2024", 200, 200},
                                         Sample{"suqian-2023", 185, 200},
                                         Sample{"suqian-2024", 185, 200},
                                         Sample{"shanghai-kewei-2024", 129,
                                                200}),
                         [](const auto& info) {
                           std::string name = info.param.name;
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

TEST(XigongTest, HasNoDoubtAtAll) {
  const ImportResult result = Import("xigong-2024");
  EXPECT_FALSE(result.HasDoubts());
  EXPECT_THAT(NotCertain(result), IsEmpty());
  EXPECT_THAT(result.remarks, IsEmpty());
}

TEST(XigongTest, TextsAreRead) {
  const v1::Report report = Import("xigong-2024").report;
  EXPECT_EQ(report.title(),
            "西工区人民政府办公室 2024 年政府信息公开工作年度报告");
  EXPECT_EQ(report.agency_name(), "西工区人民政府办公室");
  EXPECT_EQ(report.year(), 2024);
  EXPECT_EQ(report.scope(), v1::SCOPE_ORGAN);
  EXPECT_FALSE(report.has_period());
  const v1::Overview& overview = report.s1_overview();
  EXPECT_FALSE(overview.has_introduction());
  EXPECT_THAT(overview.s1_1_proactive(), StartsWith("我们紧扣高质量发展主题"));
  EXPECT_THAT(overview.s1_2_on_request(),
              HasSubstr("依申请公开政府信息 30 件，均予以及时答复"));
  EXPECT_THAT(overview.s1_3_information_management(), EndsWith("严肃性。"));
  EXPECT_THAT(overview.s1_4_platform(), EndsWith("公信力。"));
  EXPECT_THAT(overview.s1_5_supervision(), EndsWith("服务质量。"));
  EXPECT_THAT(report.s5_problems(), HasSubstr("改进。\n针对上述问题"));
  EXPECT_EQ(report.s6_other(), "2024年度我办未收取政府信息公开信息处理费。");
  EXPECT_EQ(report.t3().edition(), v1::EDITION_2021);
}

TEST(XigongTest, HeadingsAreKeptInOrder) {
  const v1::Report report = Import("xigong-2024").report;
  std::vector<int> sections;
  for (const auto& heading : report.printed_headings()) {
    sections.push_back(heading.section());
  }
  EXPECT_THAT(sections, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(report.printed_headings(4).text(), "五、存在的主要问题及改进情况");
}

TEST(HongzeTest, MixedEditionsAndBrokenSumsAreAsPublished) {
  const ImportResult result = Import("hongze-2023");
  EXPECT_FALSE(result.HasDoubts());
  const v1::Report& report = result.report;
  EXPECT_EQ(report.t2().edition(), v1::EDITION_2021);
  EXPECT_EQ(report.t3().edition(), v1::EDITION_2019);
  EXPECT_TRUE(report.t3().other_unspecified().has_total());
  EXPECT_EQ(report.t4().reconsideration().upheld(), 10);
  EXPECT_EQ(report.t4().reconsideration().total(), 0);
  EXPECT_EQ(report.t2().fees().amount_fen(), 7730280000);
}

TEST(HongzeTest, WrappedLinesAreJoinedAcrossPages) {
  const v1::Report report = Import("hongze-2023").report;
  EXPECT_EQ(report.title(), "洪泽区人民政府2023 年政府信息公开工作年度报告");
  EXPECT_EQ(report.agency_name(), "洪泽区人民政府");
  EXPECT_THAT(report.s1_overview().s1_3_information_management(),
              HasSubstr("严格执行“分级审核、先审后发”程序"));
  EXPECT_THAT(report.s1_overview().s1_2_on_request(),
              HasSubstr("2023 年全区受理政府信息公开申请 21 件"));
  EXPECT_THAT(report.s5_problems(), HasSubstr("政府信息公开工作人员跟班学习"));
  EXPECT_THAT(report.s5_problems(), Not(HasSubstr("\n")));
  EXPECT_EQ(report.period().start().month(), 1);
  EXPECT_EQ(report.period().end().day(), 31);
}

TEST(HuaianTest, ParagraphsAreKeptApart) {
  const ImportResult result = Import("huaian-2024");
  EXPECT_FALSE(result.HasDoubts());
  EXPECT_EQ(result.report.agency_name(), "淮安市人民政府");
  EXPECT_THAT(result.report.s5_problems(), HasSubstr("的问题。\n针对存在问题"));
  EXPECT_THAT(result.report.s1_overview().s1_1_proactive(),
              HasSubstr("制作政策解读21 个"));
  EXPECT_THAT(result.report.preface(),
              StartsWith("本报告由淮安市人民政府办公室"));
}

TEST(SuqianTest, ShortenedLabelsAreReadAndTableFourIsNot) {
  const ImportResult result = Import("suqian-2023");
  const v1::Report& report = result.report;
  EXPECT_EQ(report.t3().other_no_correction().total(), 40);
  EXPECT_FALSE(report.t4().reconsideration().has_upheld());
  EXPECT_EQ(report.year(), 2023);
  EXPECT_THAT(RemarkCodes(result), testing::Contains("YEAR_DOUBTFUL"));
  EXPECT_THAT(report.s1_overview().s1_5_supervision(),
              HasSubstr("\n（六）政府信息公开标准化建设方面"));
}

TEST(ShanghaiTest, TornFiguresAreDoubtful) {
  const ImportResult result = Import("shanghai-kewei-2024");
  EXPECT_EQ(result.report.agency_name(), "上海市科委");
  EXPECT_THAT(
      RemarkCodes(result),
      testing::IsSupersetOf({"HEADING_NOT_FOUND", "SECTION_WITHOUT_HEADING"}));
  EXPECT_THAT(result.report.s5_problems(), StartsWith("（一）主要问题"));
  for (const CellReading& reading : result.cells) {
    const auto& id = report::Schema::Get().cells()[reading.cell].id;
    if (id == "t3.unable_not_held.total") {
      EXPECT_EQ(reading.certainty, Certainty::kDoubtful);
      EXPECT_EQ(reading.value, 4);
    }
  }
}

}  // namespace
}  // namespace annals::client
