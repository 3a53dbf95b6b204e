// The manifests and directories of `annals archive`.

#include "client/archive/manifest.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/archive/archiver.h"
#include "client/archive/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(CsvTest, ReadsWhatRfc4180Allows) {
  ASSERT_OK_AND_ASSIGN(const std::vector<CsvRow> rows,
                       ParseCsv("\xEF\xBB\xBF"
                                "a,b\r\n\n\"x,\"\"y\"\"\nz\",\n,\"\""));
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].fields, ElementsAre("x,\"y\"\nz", ""));
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_THAT(rows[2].fields, ElementsAre("", ""));
  EXPECT_EQ(rows[2].line, 5);
}

TEST(CsvTest, NamesTheLineOfBadQuotes) {
  for (const char* text : {"a\n\"b", "a\nb\"c", "a\n\"b\"c,d"}) {
    const absl::Status status = ParseCsv(text).status();
    EXPECT_THAT(status.message(), HasSubstr("line 2")) << text;
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<CsvRow> none, ParseCsv(""));
  EXPECT_THAT(none, IsEmpty());
}

class ManifestTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<ArchiveEntry>> Read(const std::string& csv) {
    return ReadManifest(csv, "/data", "采集");
  }

  static std::vector<ArchiveItem> Items(
      const std::vector<ArchiveEntry>& entries) {
    std::vector<ArchiveItem> items;
    for (const ArchiveEntry& entry : entries) {
      EXPECT_THAT(entry.item, IsOk());
      if (entry.item.ok()) items.push_back(*entry.item);
    }
    return items;
  }

  const std::string code_ = MakeAgencyCode(1);
};

TEST_F(ManifestTest, ReadsEveryColumn) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<ArchiveEntry> entries,
      Read(absl::StrCat(
          "year,agency,file,scope,report,published,url,index_number,reason\n"
          "2023,",
          code_,
          ",a.html,regional,a.json,2024-01-30,https://x/,X/2024-1,补录\n"
          "2022,",
          code_, ",/b.pdf,,,,,,\n")));
  const std::vector<ArchiveItem> items = Items(entries);
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].source, "/data/a.html");
  EXPECT_EQ(items[0].report_file, "/data/a.json");
  EXPECT_EQ(items[0].name.ToString(),
            absl::StrCat("agencies/", code_, "/reports/2023-regional"));
  ASSERT_TRUE(items[0].published.has_value());
  EXPECT_EQ(items[0].published->month(), 1);
  EXPECT_EQ(items[0].url, "https://x/");
  EXPECT_EQ(items[0].index_number, "X/2024-1");
  EXPECT_EQ(items[0].reason, "补录");
  EXPECT_EQ(items[1].source, "/b.pdf");
  EXPECT_EQ(items[1].report_file, "");
  EXPECT_FALSE(items[1].published.has_value());
  EXPECT_EQ(items[1].reason, "采集");
}

TEST_F(ManifestTest, RefusesAHeadThatIsNotKnown) {
  const struct {
    std::string csv;
    const char* text;
  } cases[] = {
      {"", "no column \"file\""},
      {"file,agency\n", "no column \"year\""},
      {"file,agency,year,jahr\n", "\"jahr\" is not known"},
      {"file,agency,year,file\n", "\"file\" twice"},
  };
  for (const auto& c : cases) {
    const absl::Status status = Read(c.csv).status();
    EXPECT_FALSE(status.ok()) << c.csv;
    EXPECT_THAT(status.message(), HasSubstr(c.text)) << c.csv;
  }
}

TEST_F(ManifestTest, NamesWhatIsWrongWithARow) {
  const struct {
    std::string row;
    const char* text;
  } cases[] = {
      {absl::StrCat("a,", code_, ",2023"), "3 fields, expected 4"},
      {absl::StrCat(",", code_, ",2023,"), "names no file"},
      {absl::StrCat("a,", code_, ",23,"), "four digits"},
      {"a,1,2023,", "credit code"},
      {absl::StrCat("a,", code_, ",2023,2024-13-01"), "2024-13-01"},
      {absl::StrCat("a,", code_, ",2023,2024-1-1"), "2024-1-1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.row);
    ASSERT_OK_AND_ASSIGN(
        const std::vector<ArchiveEntry> entries,
        Read(absl::StrCat("file,agency,year,published\nb,", code_, ",2022,\n",
                          c.row, "\nb,", code_, ",2021,\n")));
    ASSERT_THAT(entries, SizeIs(3));
    EXPECT_THAT(entries[0].item, IsOk());
    EXPECT_THAT(entries[2].item, IsOk());
    EXPECT_EQ(entries[1].line, 3);
    EXPECT_THAT(entries[1].item.status().message(), HasSubstr(c.text));
  }
}

// By the name of its column: nobody who fills in a manifest knows the field.
TEST_F(ManifestTest, NamesTheColumnOfWhatNoServerTakes) {
  const struct {
    const char* cells;
    const char* en;
    const char* zh;
  } cases[] = {
      {"https://x/ y,,",
       "the column url \"https://x/ y\" has a blank at byte 10",
       "url 列 \"https://x/ y\" 第 10 字节是空格"},
      {"\"https://x/\"\"y\",,", "the column url ", "写成 %22"},
      {",2022-12-31,", "the column published is 2022-12-31, before the year",
       "published 列 为 2022-12-31"},
      {",,A\x01", "the column index_number has a control character",
       "index_number 列 "},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.cells);
    ASSERT_OK_AND_ASSIGN(
        const std::vector<ArchiveEntry> entries,
        Read(absl::StrCat("file,agency,year,url,published,index_number\na,",
                          code_, ",2023,", c.cells, "\n")));
    ASSERT_THAT(entries, SizeIs(1));
    const absl::Status& status = entries[0].item.status();
    EXPECT_THAT(std::string(status.message()), StartsWith(c.en));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr(c.zh));
  }
}

class ArchiveDirectoryTest : public ManifestTest {
 protected:
  void Write(const std::string& path) {
    const std::filesystem::path file(dir_.Path(path));
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "x";
  }

  TempDir dir_;
};

TEST_F(ArchiveDirectoryTest, ListsOldYearsFirstAndRegionalReportsLast) {
  const std::string other = MakeAgencyCode(2);
  Write(code_ + "/2023.html");
  Write(code_ + "/2022-regional.pdf");
  Write(other + "/2022.html");
  Write(code_ + "/.hidden");
  Write(".git/config");
  ASSERT_OK_AND_ASSIGN(const std::vector<ArchiveEntry> entries,
                       ReadArchiveDirectory(dir_.Path(""), "采集"));
  const std::vector<ArchiveItem> items = Items(entries);
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(items[0].name.ToString(), "agencies/" + other + "/reports/2022");
  EXPECT_EQ(items[1].name.year, 2023);
  EXPECT_EQ(items[1].reason, "采集");
  EXPECT_EQ(items[2].name.year, 2022);
  EXPECT_EQ(items[2].name.scope, v1::SCOPE_REGIONAL);
}

TEST_F(ArchiveDirectoryTest, NamesAFileThatIsNoReport) {
  Write(code_ + "/2023.html");
  Write(code_ + "/notes.txt");
  ASSERT_OK_AND_ASSIGN(const std::vector<ArchiveEntry> entries,
                       ReadArchiveDirectory(dir_.Path(""), "采集"));
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_THAT(entries[0].item, IsOk());
  EXPECT_THAT(entries[1].item.status().message(), HasSubstr("notes.txt"));
  EXPECT_THAT(
      ReadArchiveDirectory(dir_.Path("none"), "采集").status().message(),
      HasSubstr("none"));
}

TEST_F(ArchiveDirectoryTest, TakesNoneOfSeveralFilesOfOneReport) {
  Write(code_ + "/2022.html");
  Write(code_ + "/2023.html");
  Write(code_ + "/2023.pdf");
  ASSERT_OK_AND_ASSIGN(const std::vector<ArchiveEntry> entries,
                       ReadArchiveDirectory(dir_.Path(""), "采集"));
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_THAT(entries[0].item, IsOk());
  for (const size_t i : {1, 2}) {
    EXPECT_THAT(entries[i].item.status().message(),
                HasSubstr("several files are the report"));
  }
}

// Not even root can open a path of more than PATH_MAX bytes.
TEST_F(ArchiveDirectoryTest, ADirectoryThatCannotBeReadHoldsUpNoOther) {
  Write(code_ + "/2023.html");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir_.Path(""));
  for (int depth = 0; depth < 20; ++depth) {
    const std::string name(250, 'd');
    std::filesystem::create_directory(name);
    std::filesystem::current_path(name);
  }
  std::filesystem::current_path(before);
  ASSERT_OK_AND_ASSIGN(const std::vector<ArchiveEntry> entries,
                       ReadArchiveDirectory(dir_.Path(""), "采集"));
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_THAT(entries[0].item, IsOk());
  EXPECT_THAT(entries[1].item.status().message(),
              HasSubstr("can't read the directory"));
}

TEST(ParseDayTest, TellsADayThatIsNotFromOneWrittenWrongly) {
  EXPECT_TRUE(ParseDay("2024-02-29").ok());
  EXPECT_THAT(ParseDay("2025-02-30").status().message(),
              HasSubstr("there is no day \"2025-02-30\""));
  EXPECT_THAT(ParseDay("2025-2-3").status().message(),
              HasSubstr("must be written as 2025-01-20"));
}

TEST(MediaTypeTest, IsToldByTheFirstBytes) {
  EXPECT_EQ(MediaTypeOf("%PDF-1.7\n"), "application/pdf");
  EXPECT_EQ(MediaTypeOf("\xEF\xBB\xBF\n <!DOCTYPE html>"), "text/html");
  EXPECT_EQ(MediaTypeOf("PK\x03\x04...word/document.xml"),
            "application/vnd.openxmlformats-officedocument."
            "wordprocessingml.document");
  EXPECT_EQ(MediaTypeOf("PK\x03\x04"), "application/zip");
  EXPECT_EQ(MediaTypeOf("\x89PNG..."), "image/png");
  EXPECT_EQ(MediaTypeOf("\xD0\xCF\x11\xE0..."), "application/x-ole-storage");
  EXPECT_EQ(MediaTypeOf(" {\"year\": 2024}"), "application/json");
  EXPECT_EQ(MediaTypeOf("年度报告"), "text/plain");
  EXPECT_EQ(MediaTypeOf(""), "text/plain");
}

}  // namespace
}  // namespace annals::client
