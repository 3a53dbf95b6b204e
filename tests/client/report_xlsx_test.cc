#include "client/render/report_xlsx.h"

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/blank_form.h"
#include "client/import/importer.h"
#include "client/render/form_document.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/report_samples.h"
#include "tests/client/zip_file.h"

namespace annals::client {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct SheetCell {
  std::string value;
  bool is_number = false;
  std::string format;  // Of a number.
};

struct Sheet {
  std::string name;
  std::map<std::string, SheetCell> cells;  // By reference: "B3".
  std::set<std::string> merges;            // "A1:C3".
};

std::string TextOf(const pugi::xml_node& node) {
  std::string text;
  for (const auto& part : node.select_nodes(".//t")) {
    text += part.node().text().get();
  }
  return text;
}

// Reads a workbook as ISO/IEC 29500 says, with no code of the writer's.
class Workbook {
 public:
  explicit Workbook(const std::string& bytes) : files_(UnzipAll(bytes)) {
    for (const auto& [name, content] : files_) {
      if (!absl::EndsWith(name, ".xml") && !absl::EndsWith(name, ".rels")) {
        continue;
      }
      EXPECT_TRUE(documents_[name].load_buffer(content.data(), content.size()))
          << name;
    }
    for (const auto& item :
         documents_["xl/sharedStrings.xml"].select_nodes("/sst/si")) {
      strings_.push_back(TextOf(item.node()));
    }
    ReadFormats();
    int number = 0;
    for (const auto& sheet :
         documents_["xl/workbook.xml"].select_nodes("/workbook/sheets/sheet")) {
      ReadSheet(sheet.node().attribute("name").value(),
                absl::StrCat("xl/worksheets/sheet", ++number, ".xml"));
    }
  }

  const std::vector<Sheet>& sheets() const { return sheets_; }
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  void ReadFormats() {
    std::map<int, std::string> codes = {{0, "General"}, {1, "0"}, {2, "0.00"}};
    const auto& styles = documents_["xl/styles.xml"];
    for (const auto& code : styles.select_nodes("/styleSheet/numFmts/numFmt")) {
      codes[code.node().attribute("numFmtId").as_int()] =
          code.node().attribute("formatCode").value();
    }
    for (const auto& style : styles.select_nodes("/styleSheet/cellXfs/xf")) {
      formats_.push_back(codes[style.node().attribute("numFmtId").as_int()]);
    }
  }

  void ReadSheet(const std::string& name, const std::string& path) {
    Sheet sheet{name, {}, {}};
    for (const auto& found : documents_[path].select_nodes("//c")) {
      const pugi::xml_node cell = found.node();
      const std::string type = cell.attribute("t").value();
      std::string value = cell.child("v").text().get();
      EXPECT_FALSE(cell.child("f")) << "a formula";
      if (type == "s") value = strings_[cell.child("v").text().as_uint()];
      sheet.cells[cell.attribute("r").value()] = {
          value, type != "s" && !value.empty(),
          formats_[cell.attribute("s").as_uint()]};
    }
    for (const auto& merge : documents_[path].select_nodes("//mergeCell")) {
      sheet.merges.insert(merge.node().attribute("ref").value());
    }
    sheets_.push_back(std::move(sheet));
  }

  const std::map<std::string, std::string> files_;
  std::map<std::string, pugi::xml_document> documents_;
  std::vector<std::string> strings_;
  std::vector<std::string> formats_;
  std::vector<Sheet> sheets_;
};

std::string Reference(size_t row, size_t column) {
  return absl::StrCat(std::string(1, static_cast<char>('A' + column)), row + 1);
}

Workbook Written(const v1::Report& report) {
  const auto bytes = RenderReportXlsx(report);
  EXPECT_THAT(bytes, IsOk());
  return Workbook(bytes.ok() ? *bytes : "");
}

const Sheet& SheetOf(const Workbook& workbook, int section) {
  return workbook.sheets()[static_cast<size_t>(section) - 1];
}

void ExpectTable(const FormTable& table, const Sheet& sheet) {
  for (size_t r = 0; r < table.rows.size(); ++r) {
    for (const FormCell& cell : table.rows[r].cells) {
      // The heading stands above the table.
      const std::string at = Reference(r + 1, cell.column);
      ASSERT_TRUE(sheet.cells.contains(at)) << sheet.name << " " << at;
      EXPECT_EQ(sheet.cells.find(at)->second.value, cell.text) << at;
      if (cell.row_span * cell.column_span > 1) {
        EXPECT_THAT(sheet.merges,
                    Contains(absl::StrCat(
                        at, ":",
                        Reference(r + cell.row_span,
                                  cell.column + cell.column_span - 1))));
      }
    }
  }
}

TEST(ReportXlsxTest, EveryTableHasItsOfficialLayoutAndFigures) {
  for (const char* name : {"xigong-2024", "hongze-2023", "huaian-2024",
                           "suqian-2023", "shanghai-kewei-2024"}) {
    SCOPED_TRACE(name);
    const v1::Report report = SampleReport(name);
    const Workbook workbook = Written(report);
    ASSERT_EQ(workbook.sheets().size(), 7u);
    for (const int number : {2, 3, 4}) {
      ExpectTable(LayOutFormTable(report, number, Language::kZh),
                  SheetOf(workbook, number));
    }
  }
}

TEST(ReportXlsxTest, ARowIsHighEnoughForAMergedLabel) {
  const Workbook workbook = Written(SampleReport("xigong-2024"));
  pugi::xml_document sheet;
  const std::string& xml = workbook.files().at("xl/worksheets/sheet3.xml");
  ASSERT_TRUE(sheet.load_buffer(xml.data(), xml.size()));
  const auto height = [&](int row) {
    return sheet.select_node(absl::StrCat("//row[@r='", row, "']").c_str())
        .node()
        .attribute("ht")
        .as_double();
  };
  // （一）予以公开, and
  // （二）部分公开（区分处理的，只计这一情形，不计其他情形）.
  EXPECT_EQ(height(7), 20);
  EXPECT_GE(height(8), 30);
}

TEST(ReportXlsxTest, SheetsAreTheSectionsInTheirOrder) {
  const Workbook workbook = Written(SampleReport("xigong-2024"));
  std::vector<std::string> names;
  for (const Sheet& sheet : workbook.sheets()) names.push_back(sheet.name);
  EXPECT_THAT(names,
              ElementsAre("一、总体情况", "二、主动公开政府信息情况",
                          "三、收到和处理政府信息公开申请情况",
                          "四、政府信息公开行政复议、行政诉讼情况",
                          "五、存在的主要问题及改进情况",
                          "六、其他需要报告的事项", "报告信息（供导入）"));
}

TEST(ReportXlsxTest, FiguresAreNumbersAsLongAsTheyAreExact) {
  v1::Report report = SampleReport("xigong-2024");
  auto* table = report.mutable_t2();
  table->mutable_licences()->set_decisions((int64_t{1} << 53) - 1);
  table->mutable_penalties()->set_decisions(int64_t{1} << 53);
  table->mutable_coercive_measures()->clear_decisions();
  table->mutable_fees()->set_amount_fen(592372449);
  const Workbook workbook = Written(report);
  const Sheet& sheet = SheetOf(workbook, 2);
  // Rows: heading, head, columns, 2 rows, head, columns, 许可 …
  EXPECT_EQ(sheet.cells.at("B8").value, "9007199254740991");
  EXPECT_TRUE(sheet.cells.at("B8").is_number);
  EXPECT_EQ(sheet.cells.at("B8").format, "0");
  EXPECT_EQ(sheet.cells.at("B11").value, "9007199254740992");
  EXPECT_FALSE(sheet.cells.at("B11").is_number);
  EXPECT_EQ(sheet.cells.at("B12").value, "");
  EXPECT_EQ(sheet.cells.at("B15").value, "592.372449");
  EXPECT_TRUE(sheet.cells.at("B15").is_number);
  EXPECT_EQ(sheet.cells.at("B15").format, "0.######;-0.######;0");
}

// What is written over a sum is shown with its decimals, and a whole sum
// without a point.
TEST(ReportXlsxTest, SumsHaveRoomForDecimals) {
  v1::Report report = SampleReport("xigong-2024");
  const auto format = [&report] {
    return SheetOf(Written(report), 2).cells.at("B15").format;
  };
  report.mutable_t2()->mutable_fees()->clear_amount_fen();
  EXPECT_EQ(format(), "0.######;-0.######;0");
  report.mutable_t2()->mutable_fees()->set_amount_fen(0);
  EXPECT_EQ(format(), "0.######;-0.######;0");
  report.mutable_t2()->mutable_fees()->set_amount_fen(35'000'000);
  EXPECT_EQ(format(), "General");
  report.mutable_t2()->mutable_fees()->set_amount_fen(123'456'789'012'000'000);
  EXPECT_EQ(format(), "0");
}

TEST(ReportXlsxTest, MoneyThatADoubleWouldRoundIsText) {
  v1::Report report = SampleReport("xigong-2024");
  report.mutable_t2()->mutable_fees()->set_amount_fen(1234567890123456789);
  const Workbook workbook = Written(report);
  const SheetCell& fees = SheetOf(workbook, 2).cells.at("B15");
  EXPECT_EQ(fees.value, "1234567890123.456789");
  EXPECT_FALSE(fees.is_number);
}

TEST(ReportXlsxTest, TextsAreTextWhateverTheySay) {
  v1::Report report = SampleReport("xigong-2024");
  report.set_title("=HYPERLINK(\"http://x.test\")<&>\x1b\uFFFF");
  report.set_s5_problems("=1+1\n@SUM(A1)\n_x0041_");
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t4.reconsideration.upheld");
  note->set_printed("=cmd|' /C calc'!A0");
  report.mutable_t4()->mutable_reconsideration()->clear_upheld();
  const Workbook workbook = Written(report);
  const auto& first = SheetOf(workbook, 1).cells;
  EXPECT_EQ(first.at("A1").value,
            "=HYPERLINK(\"http://x.test\")<&>\\x1b\uFFFD");
  const auto& problems = SheetOf(workbook, 5).cells;
  EXPECT_EQ(problems.at("A2").value, "=1+1");
  EXPECT_EQ(problems.at("A3").value, "@SUM(A1)");
  // As the format escapes what looks like an escape.
  EXPECT_EQ(problems.at("A4").value, "_x005F_x0041_");
  EXPECT_EQ(SheetOf(workbook, 4).cells.at("A5").value, "=cmd|' /C calc'!A0");
}

TEST(ReportXlsxTest, EveryParagraphHasItsRow) {
  const v1::Report report = SampleReport("huaian-2024");
  const Workbook workbook = Written(report);
  const Sheet& sheet = SheetOf(workbook, 1);
  size_t row = 0;
  for (const FormBlock& block :
       LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
    if (block.field == "t2") break;
    const bool is_prose =
        block.kind == BlockKind::kProse || block.kind == BlockKind::kPreface;
    const std::vector<std::string> lines =
        is_prose ? ParagraphsOf(block.text)
                 : std::vector<std::string>{block.text};
    for (const std::string& line : lines) {
      EXPECT_EQ(sheet.cells.at(Reference(row++, 0)).value, line);
    }
  }
  EXPECT_EQ(sheet.cells.size(), row);
}

TEST(ReportXlsxTest, ATextThatNoCellHoldsIsDividedAndNotCut) {
  v1::Report report = SampleReport("xigong-2024");
  std::string text;
  for (int i = 0; i < 40000; ++i) text += "长";
  report.set_s6_other(text);
  const Workbook workbook = Written(report);
  std::string joined;
  const Sheet& sheet = SheetOf(workbook, 6);
  for (size_t row = 1; row < sheet.cells.size(); ++row) {
    joined += sheet.cells.at(Reference(row, 0)).value;
  }
  EXPECT_EQ(joined, text);
}

// The rows of all sheets as lines of cells between bars: what a reader of
// workbooks hands to the importer.
std::string AsText(const Workbook& workbook) {
  std::string text;
  for (const Sheet& sheet : workbook.sheets()) {
    if (sheet.name == "报告信息（供导入）") continue;
    size_t rows = 0;
    size_t columns = 0;
    for (const auto& [reference, cell] : sheet.cells) {
      size_t row = 0;
      EXPECT_TRUE(absl::SimpleAtoi(reference.substr(1), &row));
      rows = std::max(rows, row);
      columns = std::max<size_t>(columns, reference[0] - 'A' + 1);
    }
    for (size_t r = 0; r < rows; ++r) {
      const auto first = sheet.cells.find(Reference(r, 0));
      const bool is_text = !sheet.cells.contains(Reference(r, 1));
      if (is_text && first != sheet.cells.end()) {
        absl::StrAppend(&text, first->second.value, "\n");
        continue;
      }
      text += "|";
      for (size_t c = 0; c < columns; ++c) {
        const auto cell = sheet.cells.find(Reference(r, c));
        if (cell != sheet.cells.end()) text += cell->second.value;
        text += "|";
      }
      text += "\n";
    }
  }
  return text;
}

TEST(ReportXlsxTest, TextsOfTheLargestSizeAreWritten) {
  v1::Report report = SampleReport("xigong-2024");
  std::string text;
  // Each of them is written out as six characters.
  while (text.size() < 256 * 1024 - 3) text += "\u202E";
  report.set_title(text);
  report.set_s5_problems(text);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t4.reconsideration.upheld");
  note->set_printed(text);
  report.mutable_t4()->mutable_reconsideration()->clear_upheld();
  const Workbook workbook = Written(report);
  EXPECT_TRUE(absl::EndsWith(SheetOf(workbook, 4).cells.at("A5").value, "…"));
  // Its parts may end within one.
  std::string title;
  for (const auto& [reference, cell] : SheetOf(workbook, 1).cells) {
    if (absl::StrContains(cell.value, "\\u202e")) title += cell.value;
  }
  EXPECT_EQ(title.size(), text.size() / 3 * 6);
}

TEST(ReportXlsxTest, WhatItSaysIsReadBack) {
  for (const char* name :
       {"xigong-2024", "hongze-2023", "hongze-2024", "huaian-2024"}) {
    SCOPED_TRACE(name);
    const v1::Report report = SampleReport(name);
    const std::string text = AsText(Written(report));
    const auto imported = ImportText(text);
    ASSERT_THAT(imported, IsOk());
    EXPECT_EQ(report::ReadCells(imported->report), report::ReadCells(report))
        << text;
    for (const int table : {2, 3, 4}) {
      EXPECT_EQ(report::EditionOf(imported->report, table),
                report::EditionOf(report, table));
    }
    EXPECT_EQ(imported->report.year(), report.year());
    EXPECT_EQ(imported->report.title(), report.title());
  }
}

TEST(ReportXlsxTest, AFormFilledInIsReadBack) {
  v1::Report form =
      BlankForm({"11410303005450123N", 2025}, "洛阳市西工区人民政府办公室");
  const report::Schema& schema = report::Schema::Get();
  for (size_t i = 0; i < schema.cells().size(); ++i) {
    if (!schema.cells()[i].In(v1::EDITION_2021)) continue;
    report::SetCell(static_cast<report::CellIndex>(i),
                    static_cast<int64_t>(i * 7919), &form);
  }
  form.mutable_s1_overview()->set_s1_1_proactive("主动公开。");
  form.mutable_s1_overview()->set_s1_5_supervision("监督。\n第二段。");
  form.set_s5_problems("问题。");
  form.set_s6_other("无。");
  const std::string text = AsText(Written(form));
  const auto imported = ImportText(text);
  ASSERT_THAT(imported, IsOk());
  const v1::Report& read = imported->report;
  EXPECT_EQ(report::ReadCells(read), report::ReadCells(form)) << text;
  EXPECT_EQ(read.title(), form.title());
  EXPECT_EQ(read.year(), 2025);
  EXPECT_EQ(read.agency_name(), form.agency_name());
  EXPECT_EQ(read.period().end().month(), 12);
  EXPECT_EQ(read.s1_overview().s1_1_proactive(), "主动公开。");
  EXPECT_EQ(read.s1_overview().s1_5_supervision(), "监督。\n第二段。");
  EXPECT_EQ(read.s5_problems(), "问题。");
  EXPECT_EQ(read.s6_other(), "无。");
}

TEST(ReportXlsxTest, TheSameReportGivesTheSameBytes) {
  const v1::Report report = SampleReport("xigong-2024");
  const auto first = RenderReportXlsx(report);
  const auto second = RenderReportXlsx(report);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(*first == *second);
  EXPECT_THAT(Workbook(*first).files().at("docProps/core.xml"),
              HasSubstr("2000-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace annals::client
