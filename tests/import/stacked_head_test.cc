// Heads of table three in columns so narrow that their names run downwards, as
// programs that print HTML to PDF set them.

#include "client/import/stacked_head.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/import/form_labels.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

// The head's lines with the words where they stand below each other.
std::string Head() {
  const std::vector<std::vector<std::pair<int, std::string>>> lines = {
      {{46, "申请人情况"}},
      {{50, "法人或其他组织"}},
      {{0, "（本列数据的勾稽关系为：第一项加第二项"}, {44, "商"}, {50, "科"}},
      {{40, "自然人"}, {44, "业"}, {54, "社会"}, {58, "法律"}, {70, "总计"}},
      {{50, "研"}, {64, "其"}},
      {{2, "之和，等于第三项加第四项之和）"}, {54, "公益"}, {58, "服务"}},
      {{44, "企"}, {50, "机"}, {64, "他"}},
      {{54, "组织"}, {58, "机构"}},
      {{44, "业"}, {50, "构"}}};
  std::string head;
  for (const auto& line : lines) {
    int column = 0;
    for (const auto& [at, word] : line) {
      absl::StrAppend(&head, std::string(at - column, ' '), word);
      column = at + static_cast<int>(word.size() / 3);
    }
    head.push_back('\n');
  }
  return head;
}

// The cells of table three that are certain below such a head.
int CertainUnder(const std::string& head) {
  const Figures figures = RandomFigures(3, {});
  std::string rows;
  for (const FormRow& row : FormRows(3)) {
    const auto cells = row.CellsIn(v1::EDITION_2021);
    if (cells.empty()) continue;
    const std::string label = Label(row.field, v1::EDITION_2021);
    absl::StrAppend(&rows, label, std::string(42 - label.size() / 3, ' '));
    for (report::CellIndex cell : cells) {
      const std::string figure = absl::StrCat(figures.at(Info(cell).id));
      absl::StrAppend(&rows, figure, std::string(6 - figure.size(), ' '));
    }
    rows.push_back('\n');
  }
  const auto result = ImportText(absl::StrCat(
      "西工区民政局2024年政府信息公开工作年度报告\n"
      "三、收到和处理政府信息公开申请情况\n",
      head, rows, "四、政府信息公开行政复议、行政诉讼情况\n无。\n"));
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return 0;
  int certain = 0;
  for (const CellReading& reading : result->cells) {
    const auto& id = Info(reading.cell).id;
    if (!absl::StartsWith(id, "t3.") ||
        reading.certainty != Certainty::kCertain) {
      continue;
    }
    ++certain;
    EXPECT_EQ(reading.value, figures.at(id)) << id;
  }
  return certain;
}

TEST(StackedHeadTest, NamesThatRunDownwardsAreRead) {
  EXPECT_EQ(CertainUnder(Head()), 175);
}

TEST(StackedHeadTest, OtherNamesAreNot) {
  const std::vector<std::vector<std::pair<std::string, std::string>>> cases = {
      {{"商", "工"}},
      {{"公益", "公共"}},
      {{"商", "科"}, {"科", "商"}},
      {{"总计", "占比"}},
      {{"自然人", "非自然人"}},
      {{"（本列数据的勾稽关系为：第一项", "上年（本列数据的"}},
      {{"之和，等于第三项", "上年之和，等于"}}};
  for (const auto& words : cases) {
    const std::string head = absl::StrReplaceAll(Head(), words);
    ASSERT_NE(head, Head());
    EXPECT_EQ(CertainUnder(head), 0) << head;
  }
}

}  // namespace
}  // namespace annals::client
