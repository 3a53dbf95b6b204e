// A form as a workbook, filled in elsewhere and read back.

#include "client/import/xlsx_form.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/blank_form.h"
#include "client/render/import_summary.h"
#include "client/render/report_xlsx.h"
#include "client/render/zip_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/report_json.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Xlsx(const v1::Report& report) {
  const auto bytes = RenderReportXlsx(report);
  EXPECT_THAT(bytes, IsOk());
  return bytes.ok() ? *bytes : std::string();
}

ImportResult Import(const std::string& bytes) {
  auto imported = ImportFile(bytes);
  EXPECT_THAT(imported, IsOk());
  return imported.ok() ? *std::move(imported) : ImportResult();
}

void ExpectNothingLost(const v1::Report& report) {
  const ImportResult read = Import(Xlsx(report));
  EXPECT_EQ(report::ReportToJson(read.report), report::ReportToJson(report));
  EXPECT_THAT(read.remarks, IsEmpty());
  EXPECT_EQ(read.Count(Certainty::kDoubtful), 0);
}

void AddNote(const std::string& cell, const std::string& printed,
             v1::Report* report) {
  v1::CellNote* note = report->add_cell_notes();
  note->set_cell(cell);
  note->set_printed(printed);
}

v1::Report Form(int year) {
  return BlankForm({"11410303005450123N", year}, "洛阳市西工区人民政府办公室");
}

// The workbook with the XML of one sheet, or of the workbook, changed.
std::string Changed(const std::string& bytes, const std::string& part,
                    const std::string& from, const std::string& to) {
  auto members = ReadOwnZip(bytes);
  EXPECT_THAT(members, IsOk());
  for (ZipMember& member : *members) {
    if (member.name != part) continue;
    EXPECT_THAT(member.content, HasSubstr(from));
    member.content = absl::StrReplaceAll(member.content, {{from, to}});
  }
  const auto changed = WriteZip(*members);
  EXPECT_THAT(changed, IsOk());
  return *changed;
}

// The workbook with `attributes` and `content` in a cell that was blank.
std::string FilledWith(const std::string& bytes, int sheet,
                       const std::string& cell, const std::string& attributes,
                       const std::string& content) {
  const std::string part = absl::StrCat("xl/worksheets/sheet", sheet, ".xml");
  const auto members = ReadOwnZip(bytes);
  std::string xml;
  for (const ZipMember& member : *members) {
    if (member.name == part) xml = member.content;
  }
  const size_t begin = xml.find(absl::StrCat("<c r=\"", cell, "\""));
  EXPECT_NE(begin, std::string::npos) << cell;
  const size_t end = xml.find("/>", begin);
  const std::string blank = xml.substr(begin, end + 2 - begin);
  const std::string style = blank.substr(0, blank.size() - 2);
  return Changed(bytes, part, blank,
                 absl::StrCat(style, attributes, ">", content, "</c>"));
}

std::string Filled(const std::string& bytes, int sheet, const std::string& cell,
                   const std::string& text) {
  return FilledWith(bytes, sheet, cell, " t=\"inlineStr\"",
                    absl::StrCat("<is><t>", text, "</t></is>"));
}

const CellReading& ReadingOf(const ImportResult& read, const std::string& id) {
  const auto cell = report::Schema::Get().Find(id);
  for (const CellReading& reading : read.cells) {
    if (reading.cell == *cell) return reading;
  }
  ADD_FAILURE() << id;
  return read.cells.front();
}

TEST(XlsxFormTest, RealReportsComeBackAsTheyWere) {
  for (const char* name :
       {"xigong-2024", "hongze-2023", "hongze-2024", "huaian-2024",
        "suqian-2023", "suqian-2024", "shanghai-kewei-2024"}) {
    SCOPED_TRACE(name);
    ExpectNothingLost(SampleReport(name));
  }
}

TEST(XlsxFormTest, BlankFormsComeBackBlank) {
  for (const int year : {2019, 2020, 2021, 2025}) {
    SCOPED_TRACE(year);
    ExpectNothingLost(Form(year));
    for (const CellReading& reading : Import(Xlsx(Form(year))).cells) {
      EXPECT_FALSE(reading.value.has_value());
      EXPECT_EQ(reading.certainty, Certainty::kMissing);
      EXPECT_THAT(reading.reason.en, StartsWith("The cell is blank"));
      EXPECT_THAT(reading.place.sheet_cell, HasSubstr("!"));
    }
  }
}

TEST(XlsxFormTest, WhatIsKnownOfThePublicationComesBack) {
  v1::Report report = SampleReport("xigong-2024");
  report.set_scope(v1::SCOPE_REGIONAL);
  report.set_etag("abc-1");
  v1::Publication* publication = report.mutable_publication();
  publication->mutable_date()->set_year(2025);
  publication->mutable_date()->set_month(1);
  publication->mutable_date()->set_day(20);
  publication->set_url("https://www.example.gov.cn/a?b=1&c=2#d");
  publication->set_index_number("11410303005450123N/2025-00001");
  publication->set_signer("李四");
  publication->set_source_sha256(
      absl::StrCat(std::string(31, '\x7f'), std::string(1, '\0')));
  ExpectNothingLost(report);
}

TEST(XlsxFormTest, MarksAndNotesAreToldApartFromZeroAndBlank) {
  v1::Report report = SampleReport("xigong-2024");
  auto* table = report.mutable_t4()->mutable_reconsideration();
  table->set_upheld(0);
  table->clear_corrected();
  table->clear_other_result();
  table->clear_pending();
  report.mutable_t2()->mutable_normative_documents()->set_in_force(22);
  report.mutable_t2()->mutable_fees()->set_amount_fen(25100000);
  AddNote("t2.normative_documents.in_force", "22（其中修订16件）", &report);
  AddNote("t2.fees.amount_wan_yuan", "251000元", &report);
  AddNote("t4.reconsideration.corrected", "/", &report);
  AddNote("t4.reconsideration.other_result", "-", &report);
  AddNote("t4.reconsideration.total", "见附件（旧数 5）\n第二行", &report);
  ExpectNothingLost(report);
  const ImportResult read = Import(Xlsx(report));
  EXPECT_EQ(ReadingOf(read, "t4.reconsideration.upheld").value, 0);
  EXPECT_EQ(ReadingOf(read, "t4.reconsideration.corrected").printed, "/");
  EXPECT_EQ(ReadingOf(read, "t4.reconsideration.other_result").printed, "-");
  EXPECT_EQ(ReadingOf(read, "t4.reconsideration.pending").printed, "");
}

TEST(XlsxFormTest, TextsComeBackToTheLastLine) {
  v1::Report report = Form(2025);
  report.set_preface("前言。\n\n　　缩进的一段。");
  v1::Overview* overview = report.mutable_s1_overview();
  overview->set_introduction("概述。");
  overview->set_s1_2_on_request("一、像标题的一行\n=1+1\n_x0041_ 5");
  overview->clear_s1_4_platform();
  std::string line;
  for (int i = 0; i < 40000; ++i) line += "长";
  report.set_s5_problems(absl::StrCat("前\n", line, "\n后\n"));
  report.clear_s6_other();
  ExpectNothingLost(report);
}

TEST(XlsxFormTest, WhatIsFilledInIsRead) {
  std::string bytes = Xlsx(Form(2025));
  bytes = Filled(bytes, 4, "A5", "3");
  bytes = Filled(bytes, 4, "B5", "/");
  bytes = Filled(bytes, 4, "C5", "2（含上年结转1件）");
  bytes = Filled(bytes, 4, "D5", "见说明");
  bytes = Filled(bytes, 6, "A2", "无。");
  const ImportResult read = Import(bytes);
  const auto& table = read.report.t4().reconsideration();
  EXPECT_EQ(table.upheld(), 3);
  EXPECT_FALSE(table.has_corrected());
  EXPECT_EQ(table.other_result(), 2);
  EXPECT_EQ(read.report.s6_other(), "无。");
  ASSERT_EQ(read.report.cell_notes_size(), 3);
  EXPECT_EQ(read.report.cell_notes(0).printed(), "/");
  EXPECT_EQ(read.report.cell_notes(1).printed(), "2（含上年结转1件）");
  EXPECT_EQ(read.report.cell_notes(2).printed(), "见说明");
  const CellReading& words = ReadingOf(read, "t4.reconsideration.pending");
  EXPECT_EQ(words.certainty, Certainty::kDoubtful);
  EXPECT_THAT(words.place.sheet_cell, HasSubstr("!D5"));
}

// What stands after the sheet of the place of a figure: B15.
std::string CellOf(const ImportResult& read, const std::string& id) {
  const std::string place = ReadingOf(read, id).place.sheet_cell;
  return place.substr(place.find('!') + 1);
}

// A number that is typed into the cell of a sum is shown with all its digits.
TEST(XlsxFormTest, SumsMayHaveDecimals) {
  const std::pair<int, const char*> sums[] = {{2025, "t2.fees.amount_wan_yuan"},
                                              {2020, "t2.procurement.amount"}};
  for (const auto& [year, id] : sums) {
    v1::Report form = Form(year);
    form.mutable_t2()->set_procurement_amount_unit(v1::UNIT_WAN_YUAN);
    const std::string blank = Xlsx(form);
    const std::string cell = CellOf(Import(blank), id);
    for (const char* sum :
         {"59237.2449", "123456.789012", "0.000001", "0", "35"}) {
      SCOPED_TRACE(absl::StrCat(year, " ", id, " ", sum));
      const ImportResult read = Import(
          FilledWith(blank, 2, cell, "", absl::StrCat("<v>", sum, "</v>")));
      EXPECT_EQ(ReadingOf(read, id).certainty, Certainty::kCertain)
          << ReadingOf(read, id).reason.en;
      ExpectNothingLost(read.report);
      for (const char* other : {"59237.2449", "0", "35", "0.5"}) {
        const ImportResult again =
            Import(Changed(Xlsx(read.report), "xl/worksheets/sheet2.xml",
                           absl::StrCat("<v>", sum, "</v>"),
                           absl::StrCat("<v>", other, "</v>")));
        EXPECT_EQ(ReadingOf(again, id).certainty, Certainty::kCertain) << other;
        EXPECT_TRUE(ReadingOf(again, id).value.has_value());
      }
    }
  }
}

// A note that stood for a blank goes when a figure is written over it.
TEST(XlsxFormTest, AChangedCellHasNoOldNote) {
  v1::Report report = Form(2025);
  AddNote("t4.reconsideration.upheld", "/", &report);
  std::string bytes = Xlsx(report);
  // Blank the cell, then fill it in.
  const auto members = ReadOwnZip(bytes);
  ASSERT_THAT(members, IsOk());
  for (const ZipMember& member : *members) {
    if (member.name != "xl/worksheets/sheet4.xml") continue;
    const size_t begin = member.content.find("<c r=\"A5\"");
    const size_t end = member.content.find("</c>", begin) + 4;
    const std::string cell = member.content.substr(begin, end - begin);
    bytes = Changed(bytes, member.name, cell, "<c r=\"A5\"/>");
  }
  EXPECT_EQ(Import(bytes).report.cell_notes_size(), 0);
  const ImportResult read = Import(Filled(bytes, 4, "A5", "7"));
  EXPECT_EQ(read.report.t4().reconsideration().upheld(), 7);
  EXPECT_EQ(read.report.cell_notes_size(), 0);
}

// What is hidden in a form, or over several rows, is no more certain than in
// any other workbook.
TEST(XlsxFormTest, FiguresOutOfSightAreDoubtful) {
  const std::string form = Xlsx(SampleReport("xigong-2024"));
  constexpr char kSheet[] = "xl/worksheets/sheet4.xml";
  EXPECT_EQ(Import(form).Count(Certainty::kDoubtful), 0);
  const auto doubts = [&form, &kSheet](const std::string& from,
                                       const std::string& to) {
    const ImportResult read = Import(Changed(form, kSheet, from, to));
    EXPECT_EQ(report::ReadCells(read.report),
              report::ReadCells(SampleReport("xigong-2024")));
    return read.Count(Certainty::kDoubtful);
  };
  EXPECT_EQ(doubts("<row r=\"5\"", "<row hidden=\"1\" r=\"5\""), 15);
  EXPECT_EQ(doubts("<col min=\"2\"", "<col hidden=\"1\" min=\"2\""), 1);
  EXPECT_EQ(doubts("<mergeCells ",
                   "<mergeCells x=\"\"><mergeCell "
                   "ref=\"A5:C5\"/></mergeCells><mergeCells "),
            2);
  EXPECT_EQ(doubts("<mergeCells ",
                   "<mergeCells x=\"\"><mergeCell "
                   "ref=\"A5:A6\"/></mergeCells><mergeCells "),
            1);
  EXPECT_EQ(Import(Changed(form, "xl/workbook.xml", "sheetId=\"4\"",
                           "sheetId=\"4\" state=\"hidden\""))
                .Count(Certainty::kDoubtful),
            15);
}

TEST(XlsxFormTest, NamesHoldWhenASheetIsRenamed) {
  const v1::Report report = SampleReport("xigong-2024");
  const std::string bytes =
      Changed(Xlsx(report), "xl/workbook.xml",
              "四、政府信息公开行政复议、行政诉讼情况", "表四");
  EXPECT_EQ(report::ReadCells(Import(bytes).report), report::ReadCells(report));
}

// Without its names it is read as any other workbook, and what is known of the
// report is not taken for its text.
TEST(XlsxFormTest, WithoutNamesItIsReadAsAnyWorkbook) {
  const v1::Report report = SampleReport("xigong-2024");
  const std::string bytes =
      Changed(Xlsx(report), "xl/workbook.xml", "annals.form", "other.form");
  const ImportResult read = Import(bytes);
  EXPECT_EQ(report::ReadCells(read.report), report::ReadCells(report));
  EXPECT_EQ(read.report.s6_other(), report.s6_other());
}

TEST(XlsxFormTest, AFactThatCantBeReadIsNamed) {
  const std::string bytes = Changed(Xlsx(Form(2025)), "xl/sharedStrings.xml",
                                    "<t>2025-12-31</t>", "<t>年底</t>");
  const ImportResult read = Import(bytes);
  ASSERT_EQ(read.remarks.size(), 1u);
  EXPECT_EQ(read.remarks[0].code, "FORM_FACT_UNREADABLE");
  EXPECT_THAT(read.remarks[0].text.zh, HasSubstr("年底"));
}

TEST(XlsxFormTest, TheReviewOfABlankFormIsShort) {
  const std::string review =
      RenderDoubts(Import(Xlsx(Form(2025))), Language::kEn);
  EXPECT_EQ(review,
            "table 2: all 10 cells are blank\n"
            "table 3: all 175 cells are blank\n"
            "table 4: all 15 cells are blank\n");
  v1::Report carried = Form(2025);
  carried.mutable_t3()->mutable_carried_over_in()->set_natural_person(3);
  const std::string partly = RenderDoubts(Import(Xlsx(carried)), Language::kZh);
  EXPECT_THAT(partly, HasSubstr("表三：24 行全部空白（共 168 个单元格）："
                                "一、本年新收政府信息公开申请数量；"));
  EXPECT_THAT(partly, HasSubstr("t3.carried_over_in"));
  EXPECT_LT(std::count(partly.begin(), partly.end(), '\n'), 12);
}

}  // namespace
}  // namespace annals::client
