// Tables in Word documents whose cells are merged, left out, or deleted: each
// figure stands where it is shown, or is in doubt.

#include <pugixml.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/docx_reader.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

constexpr char kRestart[] = "<w:vMerge w:val=\"restart\"/>";
constexpr char kGoesOn[] = "<w:vMerge/>";

std::string Cell(const std::string& content,
                 const std::string& properties = "") {
  return absl::StrCat("<w:tc><w:tcPr>", properties, "</w:tcPr><w:p><w:r><w:t>",
                      content, "</w:t></w:r></w:p></w:tc>");
}

std::string Row(const std::vector<std::string>& cells,
                const std::string& properties = "") {
  std::string row = absl::StrCat("<w:tr><w:trPr>", properties, "</w:trPr>");
  for (const std::string& cell : cells) row += cell;
  return row + "</w:tr>";
}

std::string TextOf(const std::vector<std::string>& rows) {
  std::string table = "<w:tbl>";
  for (const std::string& row : rows) table += row;
  const std::string bytes = ZipOf(DocxParts(table + "</w:tbl>"));
  auto package = OfficePackage::Open(bytes, ImportLimits());
  if (!package.ok()) return std::string(package.status().message());
  const auto source = ReadDocx(&*package, ImportLimits());
  return source.ok() ? source->text : ErrorReason(source.status());
}

TEST(DocxTableTest, ARowLeavesPlacesFreeBeforeAndAfterItsCells) {
  const std::string full = Row({Cell("a"), Cell("1"), Cell("2"), Cell("3")});
  EXPECT_EQ(TextOf({full, Row({Cell("b"), Cell("4"), Cell("5")},
                              "<w:gridBefore w:val=\"1\"/>")}),
            "| a | 1 | 2 | 3 |\n|  | b | 4 | 5 |\n");
  EXPECT_EQ(
      TextOf({full, Row({Cell("b"), Cell("4")}, "<w:gridAfter w:val=\"2\"/>")}),
      "| a | 1 | 2 | 3 |\n| b | 4 |  |  |\n");
  // Below a name that takes the free place too, a figure is of its own column.
  EXPECT_EQ(TextOf({Row({Cell("x"), Cell("y"), Cell("z")}),
                    Row({Cell("4"), Cell("5")}, "<w:gridBefore w:val=\"1\"/>"),
                    Row({Cell("6", "<w:gridSpan w:val=\"2\"/>")},
                        "<w:gridBefore w:val=\"1\"/>")}),
            "| x | y | z |\n|  | 4 | 5 |\n|  | 6(\uFFFD) |  |\n");
  EXPECT_EQ(TextOf({Row({Cell("b"), Cell("4")},
                        "<w:gridBefore w:val=\"999999999\"/>")})
                .size(),
            2u + 3 * 256 + 2 * 4);
}

TEST(DocxTableTest, AFigureMergedOverRowsIsOfNoOneRow) {
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5", kRestart)}),
                    Row({Cell("b"), Cell("", kGoesOn)})}),
            "| a | 5(\uFFFD) |\n| b |  |\n");
  // What the cells below hold is not shown.
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5", kRestart)}),
                    Row({Cell("b"), Cell("7", kGoesOn)}),
                    Row({Cell("c"), Cell("8", kGoesOn)}),
                    Row({Cell("d"), Cell("9")})}),
            "| a | 5(\uFFFD) |\n| b |  |\n| c |  |\n| d | 9 |\n");
  // Nothing goes on below.
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5", kRestart)}),
                    Row({Cell("b"), Cell("6", kRestart)}),
                    Row({Cell("c"), Cell("7")})}),
            "| a | 5 |\n| b | 6 |\n| c | 7 |\n");
  // Labels may be merged.
  EXPECT_EQ(TextOf({Row({Cell("a", kRestart), Cell("5")}),
                    Row({Cell("", kGoesOn), Cell("6")})}),
            "| a | 5 |\n|  | 6 |\n");
}

TEST(DocxTableTest, ACellThatGoesOnNothingIsInDoubt) {
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5", kGoesOn)})}),
            "| a | 5(\uFFFD) |\n");
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5")}),
                    Row({Cell("b"), Cell("6", kGoesOn)})}),
            "| a | 5 |\n| b | 6(\uFFFD) |\n");
  // The row that begins it is deleted, or its columns are others.
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5", kRestart)}, "<w:del/>"),
                    Row({Cell("b"), Cell("6", kGoesOn)})}),
            "| b | 6(\uFFFD) |\n");
  EXPECT_EQ(TextOf({Row({Cell("a"),
                         Cell("5", absl::StrCat(kRestart,
                                                "<w:gridSpan w:val=\"2\"/>"))}),
                    Row({Cell("b"), Cell("6", kGoesOn), Cell("7")})}),
            "| a | 5 |  |\n| b | 6(\uFFFD) | 7 |\n");
  // The same columns, though other cells stand before.
  EXPECT_EQ(
      TextOf({Row({Cell("a"), Cell("5"), Cell("6", kRestart)}),
              Row({Cell("b", "<w:gridSpan w:val=\"2\"/>"), Cell("9", kGoesOn)}),
              Row({Cell("8", kGoesOn)}, "<w:gridBefore w:val=\"2\"/>")}),
      "| a | 5 | 6(\uFFFD) |\n| b |  |  |\n");
}

TEST(DocxTableTest, CellsMergedTheOldWayKeepTheirColumns) {
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("b"), Cell("c"), Cell("d")}),
                    Row({Cell("x"), Cell("1", "<w:hMerge w:val=\"restart\"/>"),
                         Cell("9", "<w:hMerge/>"), Cell("3")})}),
            "| a | b | c | d |\n| x | 1(\uFFFD) |  | 3 |\n");
  EXPECT_EQ(TextOf({Row({Cell("1", "<w:hMerge/>"), Cell("2")})}),
            "| 1 | 2 |\n");
}

TEST(DocxTableTest, RowsThatAreNotSeenAreNotSure) {
  const std::vector<std::string> cells = {Cell("a"), Cell("5")};
  EXPECT_EQ(TextOf({Row(cells, "<w:del w:id=\"1\"/>"), Row(cells)}),
            "| a | 5 |\n");
  EXPECT_EQ(
      TextOf({Row(cells, "<w:trHeight w:val=\"20\" w:hRule=\"exact\"/>")}),
      "| a | 5(\uFFFD) |\n");
  for (const char* height : {"<w:trHeight w:val=\"20\"/>",
                             "<w:trHeight w:val=\"397\" "
                             "w:hRule=\"exact\"/>"}) {
    EXPECT_EQ(TextOf({Row(cells, height)}), "| a | 5 |\n");
  }
  EXPECT_EQ(TextOf({Row({Cell("a"), Cell("5",
                                         "<w:cellMerge "
                                         "w:vMerge=\"cont\"/>")})}),
            "| a | 5(\uFFFD) |\n");
}

TEST(DocxTableTest, WhatAMergedCellHidesOfAPageIsNotRead) {
  const std::string inner =
      absl::StrCat("<w:tbl>", Row({Cell("x"), Cell("1")}), "</w:tbl><w:p/>");
  const auto around = [&inner](const std::string& properties) {
    return absl::StrCat("<w:tc><w:tcPr>", properties, "</w:tcPr>", inner,
                        "</w:tc>");
  };
  EXPECT_EQ(TextOf({Row({around(kRestart)}), Row({around(kGoesOn)})}),
            "| x | 1 |\n");
}

// Accidents of a report's tables, each to one cell or row.
class Accident {
 public:
  Accident(std::string* xml, unsigned seed) : xml_(*xml), random_(seed) {
    EXPECT_TRUE(document_.load_string(xml->c_str()));
    for (const pugi::xpath_node& row : document_.select_nodes("//w:tr")) {
      rows_.push_back(row.node());
    }
  }

  // Returns what was done.
  std::string Happen() {
    const size_t at = random_() % (rows_.size() - 1);
    pugi::xml_node row = rows_[at];
    switch (random_() % 6) {
      case 0:
        return Set(row, "w:gridBefore");
      case 1:
        return Set(row, "w:gridAfter");
      case 2:
        row.prepend_child("w:trPr").append_child("w:del");
        return Done(absl::StrCat("row ", at, " deleted"));
      case 3:
        return MergeDown(row, rows_[at + 1]);
      case 4:
        return MergeBeside(row);
      default:
        Any(row).child("w:tcPr").append_child("w:cellDel");
        return Done(absl::StrCat("a cell of row ", at, " deleted"));
    }
  }

 private:
  std::string Done(const std::string& what) {
    std::ostringstream text;
    document_.save(text, "", pugi::format_raw);
    xml_ = text.str();
    return what;
  }

  pugi::xml_node Any(pugi::xml_node row) {
    std::vector<pugi::xml_node> cells;
    for (pugi::xml_node cell : row.children("w:tc")) cells.push_back(cell);
    return cells[random_() % cells.size()];
  }

  std::string Set(pugi::xml_node row, const char* name) {
    row.prepend_child("w:trPr").append_child(name).append_attribute("w:val") =
        1;
    return Done(name);
  }

  static void Merge(pugi::xml_node cell, const char* name, bool begins) {
    cell.child("w:tcPr").remove_child(name);
    pugi::xml_node merge = cell.child("w:tcPr").append_child(name);
    if (begins) merge.append_attribute("w:val") = "restart";
  }

  std::string MergeDown(pugi::xml_node row, pugi::xml_node below) {
    Merge(Any(row), "w:vMerge", true);
    Merge(Any(below), "w:vMerge", false);
    return Done("merged down");
  }

  std::string MergeBeside(pugi::xml_node row) {
    const pugi::xml_node cell = Any(row);
    Merge(cell, "w:hMerge", true);
    if (cell.next_sibling("w:tc")) {
      Merge(cell.next_sibling("w:tc"), "w:hMerge", false);
    }
    return Done("merged beside");
  }

  std::string& xml_;
  std::mt19937 random_;
  pugi::xml_document document_;
  std::vector<pugi::xml_node> rows_;
};

// No cell gets the figure of another.
TEST(DocxTableTest, AccidentsGiveNoCellAnothersFigure) {
  int doubtful = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Figures figures = RandomFigures(seed % 7, TextStyle());
    ZipParts parts = DocxPartsOf(OfficialDocument(figures), {});
    std::string what;
    for (auto& [name, content] : parts) {
      if (name == "word/document.xml") what = Accident(&content, seed).Happen();
    }
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", what));
    const auto result = ImportFile(ZipOf(parts));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
    if (result->HasDoubts()) ++doubtful;
  }
  EXPECT_GT(doubtful, 100);
}

}  // namespace
}  // namespace annals::client
