#include "client/render/report_docx.h"

#include <map>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/render/form_document.h"
#include "client/render/printable.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/report_samples.h"
#include "tests/client/zip_file.h"

namespace annals::client {
namespace {

using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::SizeIs;

std::string TextOf(const pugi::xml_node& node) {
  std::string text;
  for (const auto& part : node.select_nodes(".//w:t")) {
    text += part.node().text().get();
  }
  return text;
}

// A document's own words, read as ISO/IEC 29500 says.
struct Document {
  std::vector<std::string> paragraphs;           // Outside of tables.
  std::vector<std::string> styles;               // Of each.
  std::vector<std::vector<std::string>> tables;  // A line for each row.
  std::vector<size_t> head_rows;                 // Of each table.
  std::map<std::string, std::string> parts;
};

// `column:columns x rows:text` of each cell that begins in the row.
std::vector<std::string> RowsOf(const pugi::xml_node& table) {
  struct Cell {
    std::string text;
    size_t column;
    size_t span;
    bool continued;
    size_t rows;
  };
  std::vector<std::vector<Cell>> rows;
  const size_t columns = table.select_nodes("w:tblGrid/w:gridCol").size();
  for (const auto& tr : table.children("w:tr")) {
    size_t column = 0;
    rows.emplace_back();
    for (const auto& tc : tr.children("w:tc")) {
      const auto properties = tc.child("w:tcPr");
      const auto merge = properties.child("w:vMerge");
      const size_t span =
          properties.child("w:gridSpan").attribute("w:val").as_uint(1);
      const bool continued =
          merge && std::string(merge.attribute("w:val").value()) != "restart";
      EXPECT_TRUE(tc.child("w:p")) << "a cell must have a paragraph";
      rows.back().push_back({TextOf(tc), column, span, continued, 1});
      column += span;
    }
    EXPECT_EQ(column, columns) << "a row must fill the grid";
    EXPECT_TRUE(tr.child("w:trPr").child("w:cantSplit"));
  }
  for (size_t r = rows.size(); r-- > 1;) {
    for (const Cell& cell : rows[r]) {
      if (!cell.continued) continue;
      bool found = false;
      for (Cell& above : rows[r - 1]) {
        if (above.column != cell.column) continue;
        EXPECT_EQ(above.span, cell.span);
        above.rows += cell.rows;
        found = true;
      }
      EXPECT_TRUE(found) << "a merged cell goes on from nothing";
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const Cell& cell : row) {
      if (cell.continued) continue;
      cells.push_back(absl::StrCat(cell.column, ":", cell.span, "x", cell.rows,
                                   ":", cell.text));
    }
    lines.push_back(absl::StrJoin(cells, " "));
  }
  return lines;
}

Document Written(const v1::Report& report) {
  Document document;
  const auto bytes = RenderReportDocx(report);
  EXPECT_THAT(bytes, IsOk());
  if (!bytes.ok()) return document;
  document.parts = UnzipAll(*bytes);
  pugi::xml_document xml;
  const std::string& main = document.parts["word/document.xml"];
  EXPECT_TRUE(xml.load_buffer(main.data(), main.size()));
  for (const auto& node : xml.child("w:document").child("w:body").children()) {
    const std::string name = node.name();
    if (name == "w:p") {
      document.paragraphs.push_back(TextOf(node));
      document.styles.push_back(
          node.child("w:pPr").child("w:pStyle").attribute("w:val").value());
    } else if (name == "w:tbl") {
      document.tables.push_back(RowsOf(node));
      document.head_rows.push_back(
          node.select_nodes("w:tr/w:trPr/w:tblHeader").size());
    }
  }
  return document;
}

std::vector<std::string> Expected(const FormTable& table) {
  std::vector<std::string> lines;
  for (const FormTableRow& row : table.rows) {
    std::vector<std::string> cells;
    for (const FormCell& cell : row.cells) {
      cells.push_back(absl::StrCat(cell.column, ":", cell.column_span, "x",
                                   cell.row_span, ":",
                                   PrintableLine(cell.text)));
    }
    lines.push_back(absl::StrJoin(cells, " "));
  }
  return lines;
}

TEST(ReportDocxTest, TablesHaveTheOfficialLayoutAndEveryFigure) {
  for (const char* name : {"xigong-2024", "hongze-2023", "huaian-2024",
                           "suqian-2023", "shanghai-kewei-2024"}) {
    SCOPED_TRACE(name);
    const v1::Report report = SampleReport(name);
    const Document document = Written(report);
    ASSERT_THAT(document.tables, SizeIs(3));
    for (const int number : {2, 3, 4}) {
      const FormTable table = LayOutFormTable(report, number, Language::kZh);
      const auto i = static_cast<size_t>(number) - 2;
      EXPECT_THAT(document.tables[i], ElementsAreArray(Expected(table)));
      EXPECT_EQ(document.head_rows[i], table.head_rows);
    }
  }
}

TEST(ReportDocxTest, EveryTextIsAParagraphInItsStyle) {
  const v1::Report report = SampleReport("huaian-2024");
  std::vector<std::string> paragraphs;
  std::vector<std::string> styles;
  for (const FormBlock& block :
       LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
    if (block.kind == BlockKind::kTable) continue;
    const bool is_prose =
        block.kind == BlockKind::kProse || block.kind == BlockKind::kPreface;
    const auto lines = is_prose ? ParagraphsOf(block.text)
                                : std::vector<std::string>{block.text};
    for (const std::string& line : lines) {
      paragraphs.push_back(line);
      styles.push_back(is_prose                                 ? "BodyText"
                       : block.kind == BlockKind::kTitle        ? "Title"
                       : block.kind == BlockKind::kTopicHeading ? "Heading2"
                                                                : "Heading1");
    }
  }
  const Document document = Written(report);
  EXPECT_THAT(document.paragraphs, ElementsAreArray(paragraphs));
  EXPECT_THAT(document.styles, ElementsAreArray(styles));
}

TEST(ReportDocxTest, HostileTextsAreTextAndNothingElse) {
  v1::Report report = SampleReport("xigong-2024");
  report.set_title("</w:t></w:r><w:p/>\x01\u202E]]>&amp;");
  report.set_s5_problems("<?xml version=\"1.0\"?>\n<!DOCTYPE a>\uFFFF");
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t4.reconsideration.upheld");
  note->set_printed("<w:tc/>\n二行");
  report.mutable_t4()->mutable_reconsideration()->clear_upheld();
  const Document document = Written(report);
  EXPECT_EQ(document.paragraphs.front(),
            "</w:t></w:r><w:p/>\\x01\\u202e]]>&amp;");
  EXPECT_THAT(document.paragraphs, Contains("<?xml version=\"1.0\"?>"));
  EXPECT_THAT(document.paragraphs, Contains("<!DOCTYPE a>\uFFFD"));
  ASSERT_THAT(document.tables, SizeIs(3));
  EXPECT_THAT(
      document.tables[2],
      ElementsAreArray(Expected(LayOutFormTable(report, 4, Language::kZh))));
}

// Every part is well formed, typed, and every relation leads to a part.
TEST(ReportDocxTest, ThePackageIsWhole) {
  const Document document = Written(SampleReport("xigong-2024"));
  pugi::xml_document types;
  const std::string& content = document.parts.at("[Content_Types].xml");
  ASSERT_TRUE(types.load_buffer(content.data(), content.size()));
  for (const auto& [name, bytes] : document.parts) {
    pugi::xml_document part;
    EXPECT_TRUE(part.load_buffer(bytes.data(), bytes.size())) << name;
    if (absl::EndsWith(name, ".rels") || name == "[Content_Types].xml") {
      continue;
    }
    EXPECT_TRUE(types.child("Types").find_child_by_attribute(
        "Override", "PartName", absl::StrCat("/", name).c_str()))
        << name;
  }
  for (const auto& [rels, folder] : std::map<std::string, std::string>{
           {"_rels/.rels", ""}, {"word/_rels/document.xml.rels", "word/"}}) {
    pugi::xml_document relations;
    const std::string& bytes = document.parts.at(rels);
    ASSERT_TRUE(relations.load_buffer(bytes.data(), bytes.size()));
    for (const auto& relation : relations.child("Relationships").children()) {
      EXPECT_TRUE(document.parts.contains(
          folder + relation.attribute("Target").value()));
    }
  }
}

TEST(ReportDocxTest, EveryStyleThatIsUsedIsDefined) {
  const Document document = Written(SampleReport("xigong-2024"));
  pugi::xml_document styles;
  const std::string& bytes = document.parts.at("word/styles.xml");
  ASSERT_TRUE(styles.load_buffer(bytes.data(), bytes.size()));
  for (const std::string& style : document.styles) {
    EXPECT_TRUE(
        styles.child("w:styles")
            .find_child_by_attribute("w:style", "w:styleId", style.c_str()))
        << style;
  }
}

TEST(ReportDocxTest, TheSameReportGivesTheSameBytes) {
  const v1::Report report = SampleReport("suqian-2024");
  const auto first = RenderReportDocx(report);
  setenv("TZ", "America/New_York", 1);
  tzset();
  const auto second = RenderReportDocx(report);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(*first == *second);
}

}  // namespace
}  // namespace annals::client
