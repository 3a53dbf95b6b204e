#include "service/report/correction_statement.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CorrectionStatementTest : public ::testing::Test {
 protected:
  CorrectionStatementTest() {
    before_ = MakeReport(1);
    before_.set_agency_name("洛阳市西工区人民政府办公室");
    after_ = before_;
  }

  std::string Statement() const {
    return CorrectionStatement({&before_, &after_, absl::CivilDay(2025, 3, 1),
                                v1::REASON_CODE_FIGURE_ERROR, "核对后更正"});
  }

  v1::Report before_;
  v1::Report after_;
};

TEST_F(CorrectionStatementTest, NamesEachFigureByItsLabel) {
  const CellIndex cell = *Schema::Get().Find("t3.new_received.total");
  SetCell(cell, 5, &before_);
  SetCell(cell, 6, &after_);
  const std::string text = Statement();
  EXPECT_THAT(text, StartsWith("更正说明\n"));
  EXPECT_THAT(
      text, HasSubstr("洛阳市西工区人民政府办公室2024年政府信息公开工作年度报告"
                      "于2025年3月1日更正。"));
  EXPECT_THAT(text, HasSubstr("更正原因：数据错误。核对后更正\n"));
  EXPECT_THAT(text, HasSubstr("更正的数据（1处）："));
  EXPECT_THAT(text, HasSubstr(Schema::Get().CellLabel(cell, v1::EDITION_2021,
                                                      Language::kZh) +
                              "：由 5 更正为 6\n"));
  EXPECT_THAT(text, Not(HasSubstr("修改的文字")));
}

TEST_F(CorrectionStatementTest, ABlankIsNotAZero) {
  const CellIndex cell = *Schema::Get().Find("t3.new_received.total");
  SetCell(cell, std::nullopt, &before_);
  SetCell(cell, 0, &after_);
  EXPECT_THAT(Statement(), HasSubstr("：由 空白 更正为 0\n"));
}

TEST_F(CorrectionStatementTest, NamesTextsBySection) {
  before_.set_s6_other("没有");
  after_.set_s6_other("收取信息处理费 0 元");
  const std::string text = Statement();
  EXPECT_THAT(text, HasSubstr("修改的文字（1处）：\n1. 六、其他"));
  EXPECT_THAT(text, HasSubstr("：有修改\n"));
  EXPECT_THAT(text, Not(HasSubstr("更正的数据")));
}

TEST_F(CorrectionStatementTest, SaysIfNothingChanged) {
  EXPECT_THAT(Statement(), HasSubstr("均无变化"));
}

}  // namespace
}  // namespace annals::report
