// Table four in several tables, stacked, or with its kinds in another order:
// told by the heads over the figures, never by their place alone.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/expected_figures.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

constexpr char kOutcomeHead[] = "结果维持|结果纠正|其他结果|尚未审结|总计";
constexpr char kFirst[] = "1|2|3|4|10";
constexpr char kSecond[] = "5|6|7|8|26";
constexpr char kThird[] = "9|10|11|12|42";

// The figures of the three kinds, in the order of the form.
Figures Truth() {
  Figures truth;
  const char* outcomes[] = {"upheld", "corrected", "other_result", "pending",
                            "total"};
  const std::pair<const char*, std::vector<int>> kinds[] = {
      {"reconsideration", {1, 2, 3, 4, 10}},
      {"litigation_direct", {5, 6, 7, 8, 26}},
      {"litigation_after_reconsideration", {9, 10, 11, 12, 42}}};
  for (const auto& [kind, figures] : kinds) {
    for (size_t i = 0; i < figures.size(); ++i) {
      truth[absl::StrCat("t4.", kind, ".", outcomes[i])] = figures[i];
    }
  }
  return truth;
}

ImportResult Import(const std::vector<std::string>& rows,
                    const std::string& mark) {
  const std::string table = absl::StrReplaceAll(
      absl::StrJoin(rows, "\n"), {{"|", mark == "|" ? " | " : mark}});
  auto result = ImportText(
      absl::StrCat("西工区民政局2024年政府信息公开工作年度报告\n"
                   "四、政府信息公开行政复议、行政诉讼情况\n\n",
                   table, "\n\n五、存在的主要问题及改进情况\n无。\n"));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

std::vector<std::string> DoubtsInTable4(const ImportResult& result) {
  std::vector<std::string> doubts;
  for (const CellReading& reading : result.cells) {
    const auto& cell = report::Schema::Get().cells()[reading.cell];
    if (cell.table_number == 4 && reading.certainty != Certainty::kCertain) {
      doubts.push_back(absl::StrCat(cell.id, ": ", reading.reason.en));
    }
  }
  return doubts;
}

void ExpectAllRead(const std::vector<std::string>& rows) {
  for (const char* mark : {"|", "\t", "\n"}) {
    const ImportResult result = Import(rows, mark);
    EXPECT_THAT(DoubtsInTable4(result), IsEmpty()) << absl::StrJoin(rows, "\n");
    EXPECT_THAT(WrongAndUnmarked(result, Truth()), IsEmpty());
  }
}

std::string Twice(const std::string& row) {
  return absl::StrCat(row, "|", row);
}

TEST(DisputesPartsTest, TwoTables) {
  ExpectAllRead({"行政复议", kOutcomeHead, kFirst, "", "行政诉讼",
                 "未经复议直接起诉|复议后起诉", Twice(kOutcomeHead),
                 absl::StrCat(kSecond, "|", kThird)});
}

TEST(DisputesPartsTest, ThreeTables) {
  ExpectAllRead({"行政复议", kOutcomeHead, kFirst, "",
                 "行政诉讼（未经复议直接起诉）", kOutcomeHead, kSecond, "",
                 "行政诉讼（复议后起诉）", kOutcomeHead, kThird});
}

TEST(DisputesPartsTest, PartsInAnotherOrder) {
  ExpectAllRead({"行政诉讼", "复议后起诉", kOutcomeHead, kThird,
                 "未经复议直接起诉", kOutcomeHead, kSecond, "行政复议",
                 kOutcomeHead, kFirst});
}

TEST(DisputesPartsTest, KindsInAnotherOrderAreToldByTheHead) {
  for (const char* mark : {"|", "\t"}) {
    const ImportResult result = Import(
        {"行政复议|行政诉讼",
         absl::StrCat(kOutcomeHead, "|复议后起诉|未经复议直接起诉"),
         Twice(kOutcomeHead), absl::StrCat(kFirst, "|", kThird, "|", kSecond)},
        mark);
    EXPECT_THAT(DoubtsInTable4(result), IsEmpty());
    EXPECT_THAT(WrongAndUnmarked(result, Truth()), IsEmpty());
  }
}

TEST(DisputesPartsTest, RowsLabelledWithTheirHeads) {
  const ImportResult result = Import(
      {absl::StrCat("类型|", kOutcomeHead), absl::StrCat("行政复议|", kFirst),
       absl::StrCat("行政诉讼（未经复议直接起诉）|", kSecond),
       absl::StrCat("行政诉讼（复议后起诉）|", kThird)},
      "|");
  EXPECT_THAT(DoubtsInTable4(result), IsEmpty());
  EXPECT_THAT(WrongAndUnmarked(result, Truth()), IsEmpty());
}

// Nothing is certain that no head of its own names.
TEST(DisputesPartsTest, PartsThatNoHeadNamesAreNotCertain) {
  const std::vector<std::vector<std::string>> tables = {
      // Which litigation it is, is not said.
      {"行政复议", kOutcomeHead, kFirst, "行政诉讼", kOutcomeHead, kSecond,
       "行政诉讼", kOutcomeHead, kThird},
      // A kind twice.
      {"行政复议", kOutcomeHead, kFirst, "行政复议", kOutcomeHead, kSecond,
       "复议后起诉", kOutcomeHead, kThird},
      // No head at all.
      {"行政复议", kOutcomeHead, kFirst, kSecond, kThird},
      {"行政复议", "结果纠正|结果维持|其他结果|尚未审结|总计", kFirst,
       "未经复议直接起诉", kOutcomeHead, kSecond, "复议后起诉", kOutcomeHead,
       kThird}};
  for (const std::vector<std::string>& rows : tables) {
    for (const char* mark : {"|", "\t", "\n"}) {
      EXPECT_EQ(DoubtsInTable4(Import(rows, mark)).size(), 15)
          << absl::StrJoin(rows, "\n");
    }
  }
}

TEST(DisputesPartsTest, NamesBelowTheFiguresAreNotThoseAbove) {
  for (const char* mark : {"|", "\t", "\n"}) {
    const ImportResult result = Import(
        {"行政复议", kOutcomeHead, kThird, "未经复议直接起诉", kOutcomeHead,
         kFirst, "复议后起诉", kOutcomeHead, kSecond, "行政复议"},
        mark);
    EXPECT_EQ(DoubtsInTable4(result).size(), 15);
  }
}

// The head of the whole table over five figures: ten cells are blank, and
// which, nobody knows.
TEST(DisputesPartsTest, FiveFiguresUnderTheWholeHeadAreNotCertain) {
  const ImportResult result =
      Import({"行政复议|行政诉讼", kOutcomeHead, "未经复议直接起诉|复议后起诉",
              Twice(kOutcomeHead), "0|0|0|0|0"},
             "\n");
  EXPECT_EQ(DoubtsInTable4(result).size(), 15);
}

}  // namespace
}  // namespace annals::client
