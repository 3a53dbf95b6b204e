#include "client/render/report_csv.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Reads RFC 4180, strictly.
std::vector<std::vector<std::string>> ReadCsv(const std::string& csv) {
  std::vector<std::vector<std::string>> records(1);
  std::string field;
  bool quoted = false;
  for (size_t i = 0; i < csv.size(); ++i) {
    if (quoted) {
      if (csv[i] != '"') {
        field.push_back(csv[i]);
      } else if (i + 1 < csv.size() && csv[i + 1] == '"') {
        field.push_back(csv[++i]);
      } else {
        quoted = false;
      }
    } else if (csv[i] == '"') {
      EXPECT_EQ(field, "");
      quoted = true;
    } else if (csv[i] == ',' || csv[i] == '\r') {
      records.back().push_back(field);
      field.clear();
      if (csv[i] == ',') continue;
      EXPECT_EQ(csv[++i], '\n');
      records.emplace_back();
    } else {
      field.push_back(csv[i]);
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_THAT(records.back(), SizeIs(0));
  records.pop_back();
  return records;
}

TEST(ReportCsvTest, EveryCellHasItsRecord) {
  for (const char* name : {"xigong-2024", "hongze-2023", "huaian-2024"}) {
    const v1::Report report = SampleReport(name);
    const auto records = ReadCsv(RenderReportCsv(report, Language::kZh, false));
    ASSERT_GT(records.size(), 180u);
    EXPECT_THAT(records[0], ElementsAre("cell", "label", "value", "printed"));
    const report::Cells cells = report::ReadCells(report);
    size_t with_figure = 0;
    for (size_t i = 1; i < records.size(); ++i) {
      ASSERT_THAT(records[i], SizeIs(4));
      const auto cell = report::Schema::Get().Find(records[i][0]);
      ASSERT_TRUE(cell.has_value()) << records[i][0];
      if (!cells[*cell].has_value()) {
        EXPECT_EQ(records[i][2], "");
        continue;
      }
      ++with_figure;
      EXPECT_EQ(
          records[i][2],
          report::FormatFigure(*cells[*cell],
                               report::Schema::Get().cells()[*cell], report));
    }
    size_t figures = 0;
    for (const auto& cell : cells) figures += cell.has_value() ? 1 : 0;
    EXPECT_EQ(with_figure, figures);
  }
}

TEST(ReportCsvTest, RemarksAreQuotedAndNoFormulas) {
  v1::Report report = SampleReport("xigong-2024");
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t2.licences.decisions");
  note->set_printed("=HYPERLINK(\"http://x.test\",\"a\")\r\nb");
  const std::string csv = RenderReportCsv(report, Language::kZh, false);
  for (const auto& record : ReadCsv(csv)) {
    if (record[0] != "t2.licences.decisions") continue;
    EXPECT_EQ(record[3], "'=HYPERLINK(\"http://x.test\",\"a\")\\x0d\nb");
  }
}

TEST(ReportCsvTest, WhatMayBeAFormulaIsText) {
  for (const char* text : {"=1", "+1", "-1", "@a", " =1", "\t=1", "＝1"}) {
    EXPECT_TRUE(absl::StartsWith(ReadCsv(CsvText(text) + "\r\n")[0][0], "'"))
        << text;
  }
  EXPECT_EQ(CsvText("22（其中修订16件）"), "22（其中修订16件）");
  EXPECT_EQ(CsvText("/"), "/");
  EXPECT_EQ(CsvText("-"), "-");
  EXPECT_EQ(CsvText("a,\"b\""), "\"a,\"\"b\"\"\"");
}

TEST(ReportCsvTest, NegativeChangesAndMoneyAreExactNumbers) {
  v1::Report report;
  report.mutable_t2()->set_edition(v1::EDITION_2019);
  report.mutable_t2()->mutable_licences()->set_items_delta(-8);
  report.mutable_t2()->mutable_procurement()->set_amount_fen(9007199254740993);
  std::map<std::string, std::string> values;
  for (const auto& r : ReadCsv(RenderReportCsv(report, Language::kEn, false))) {
    values[r[0]] = r[2];
  }
  EXPECT_EQ(values["t2.licences.items_delta"], "-8");
  EXPECT_EQ(values["t2.procurement.amount"], "90071992547409.93");
}

TEST(ReportCsvTest, TheByteOrderMarkIsForWhoAsks) {
  const v1::Report report = SampleReport("xigong-2024");
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_TRUE(absl::StartsWith(RenderReportCsv(report, Language::kZh, true),
                               mark + "cell,"));
  EXPECT_TRUE(
      absl::StartsWith(RenderReportCsv(report, Language::kZh, false), "cell,"));
}

}  // namespace
}  // namespace annals::client
