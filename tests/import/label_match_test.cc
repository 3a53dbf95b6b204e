#include "client/import/label_match.h"

#include "client/import/reading.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

class LabelMatchTest : public testing::Test {
 protected:
  LabelMatchTest() : rows_(FormRows(3)) {
    for (size_t row = 0; row < rows_.size(); ++row) {
      for (const LabelWording& wording : LabelWordings(rows_[row].field)) {
        matcher_.Add(static_cast<int>(row), wording.text);
      }
    }
  }

  // The row's name, marked '?' if it is not sure; empty if there is none.
  std::string RowOf(absl::string_view text) {
    const LabelMatch match = matcher_.Match(SegmentsOf(text).back());
    if (match.quality == MatchQuality::kNone) return "";
    return rows_[match.row].field->name() +
           (match.quality == MatchQuality::kWeak ? "?" : "");
  }

  std::vector<FormRow> rows_;
  LabelMatcher matcher_;
};

TEST_F(LabelMatchTest, EveryOfficialLabelIsItself) {
  for (const FormRow& row : rows_) {
    for (const LabelWording& wording : LabelWordings(row.field)) {
      EXPECT_EQ(RowOf(wording.text), row.field->name()) << wording.text;
    }
  }
}

TEST_F(LabelMatchTest, PrintsOfRealReports) {
  EXPECT_EQ(RowOf("2.其他法律行政止公开"), "denied_other_law");
  EXPECT_EQ(RowOf("(二) 部分公开"), "partially_granted");
  EXPECT_EQ(RowOf("1.逾期不补正"), "other_no_correction");
  EXPECT_EQ(RowOf("3、其他"), "other_other");
  EXPECT_EQ(RowOf("（六）其他"), "other_unspecified");
  EXPECT_EQ(RowOf("本年新收政府信息公开申请数量"), "new_received");
}

TEST_F(LabelMatchTest, LabelsThatLostOrGainedWords) {
  EXPECT_EQ(RowOf("上年结转申请数量"), "carried_over_in");
  EXPECT_EQ(RowOf("2.重复申清"), "refused_duplicate");
  EXPECT_EQ(RowOf("四、结转下年度继续办理数量"), "carried_over_out");
  EXPECT_EQ(RowOf("3、其它"), "other_other");
  EXPECT_EQ(RowOf("9.其他不予公开情形"), "");
  EXPECT_EQ(RowOf("4.其他"), "");
}

// What differs in more than typography may say something else.
TEST_F(LabelMatchTest, OtherWordsAreNeverSure) {
  EXPECT_EQ(RowOf("5.要求行政机关确认或重新"), "refused_reconfirm_reissue?");
  EXPECT_EQ(RowOf("2.法律法规禁止公开"), "denied_other_law?");
  EXPECT_EQ(RowOf("法律法规禁止公开"), "");
  EXPECT_EQ(RowOf("4.有正当理由大量反复申请"), "refused_excessive_repeated?");
  EXPECT_EQ(RowOf("4.正当理由大量反复申请"), "refused_excessive_repeated?");
  EXPECT_EQ(RowOf("2.其他法律行政法规允许公开"), "denied_other_law?");
  EXPECT_EQ(RowOf("3.补正前申请内容仍不明确"), "unable_still_unclear?");
  EXPECT_EQ(RowOf("2.已有现成信息需要另行制作"), "unable_needs_creation?");
  EXPECT_EQ(RowOf("四、结转本年度继续办理"), "carried_over_out?");
  EXPECT_EQ(RowOf("一、本月新收政府信息公开申请数量"), "new_received?");
  EXPECT_EQ(RowOf("一、本年新收政府信息公开申请人数"), "new_received?");
  EXPECT_EQ(RowOf("一、本年网上新收政府信息公开申请数量"), "new_received?");
}

// 其他 and 总计 are also columns; heads are no rows.
TEST_F(LabelMatchTest, ShortAndForeignWordsAreNoLabels) {
  for (absl::string_view text :
       {"其他", "总计", "（三）不予公开", "（五）不予处理", "（四）无法提供",
        "申请人情况", "法人或其他组织", "社会公益组织", "公开", "申请"}) {
    EXPECT_EQ(RowOf(text), "") << text;
  }
}

TEST_F(LabelMatchTest, AmbiguousPartIsNone) {
  EXPECT_EQ(RowOf("行政机关不再处理其政府信息公开申请"), "");
}

TEST(EditDistanceTest, KnownDistances) {
  EXPECT_EQ(EditDistance(U"重复申请", U"重复申请", 2), 0);
  EXPECT_EQ(EditDistance(U"重复申清", U"重复申请", 2), 1);
  EXPECT_EQ(EditDistance(U"kitten", U"sitting", 5), 3);
  EXPECT_EQ(EditDistance(U"kitten", U"sitting", 2), 3);
  EXPECT_EQ(EditDistance(U"", U"abc", 5), 3);
}

}  // namespace
}  // namespace annals::client
