// Historical reports recorded as they were published, with the two programs.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/agency_code.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ArchiveE2eTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  }

  using Replacements = std::vector<std::pair<std::string, std::string>>;

  // A copy of a published text, with figures changed.
  std::string Page(const std::string& name, const Replacements& changes) {
    const std::string path = dir_.Path(name);
    std::filesystem::create_directories(
        std::filesystem::path(path).parent_path());
    std::ofstream(path) << absl::StrReplaceAll(
        ReadFile(TestData("xigong-2024.txt")), changes);
    return path;
  }

  std::string Page(const std::string& name, const std::string& from,
                   const std::string& to) {
    return Page(name, Replacements{{from, to}});
  }

  std::string Page(const std::string& name) { return Page(name, "\r", ""); }

  Outcome Archive(const std::string& file, const Words& more = {}) {
    Words words = {"archive", file,   "--agency", kCode,
                   "--year",  "2024", "--reason", "从政府网站采集"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  v1::Revision Latest() {
    const Outcome outcome = Annals({"get", report_, "--json"});
    EXPECT_THAT(outcome, Succeeded());
    return FromJson<v1::Revision>(outcome.out);
  }

  // The text of 2023, with so many applications carried on to 2024, which
  // carries none in.
  std::string LastYear(const std::string& name, int carried) {
    const std::string row = "四、结转下年度继续办理\t\t";
    return Page(name,
                {{"2024", "2023"},
                 {row + "0\t0\t0\t0\t0\t0\t0",
                  absl::StrCat(row, carried, "\t0\t0\t0\t0\t0\t", carried)}});
  }

  // Archives the rows of a manifest.
  Outcome ArchiveRows(const std::string& rows, const Words& more = {}) {
    const std::string path = dir_.Path("rows.csv");
    std::ofstream(path) << rows;
    Words words = {"archive",  "--manifest", path,
                   "--reason", "采集",       "--allow-doubtful"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  static constexpr char kCode[] = "11410303005450123N";
  const std::string report_ = absl::StrCat("agencies/", kCode, "/reports/2024");
};

TEST_F(ArchiveE2eTest, KeepsThePageAndWhatTheRulesSay) {
  // Breaks the sum of a row.
  const std::string page =
      Page("page.txt", "本年新收政府信息公开申请数量\t\t35",
           "本年新收政府信息公开申请数量\t\t34");
  const Outcome archived =
      Archive(page, {"--allow-doubtful", "--published", "2025-01-20", "--url",
                     "https://www.example.gov.cn/2024.html", "--index-number",
                     "11410303005450123N/2025-00001"});
  ASSERT_THAT(archived, Succeeded());
  EXPECT_THAT(archived.err,
              HasSubstr("the ledger recorded what was submitted"));
  EXPECT_THAT(archived.err, HasSubstr("T3-ROW-new_received"));
  const v1::Revision revision = Latest();
  EXPECT_TRUE(revision.as_published());
  EXPECT_GT(revision.error_count(), 0);
  const v1::Publication& publication =
      revision.content().report().publication();
  EXPECT_EQ(publication.date().day(), 20);
  EXPECT_EQ(publication.url(), "https://www.example.gov.cn/2024.html");
  EXPECT_EQ(publication.index_number(), "11410303005450123N/2025-00001");

  const std::string copy = dir_.Path("copy.txt");
  const Outcome fetched = Annals({"document", revision.document(), "-o", copy});
  ASSERT_THAT(fetched, Succeeded());
  EXPECT_THAT(fetched.err,
              HasSubstr("entry, inclusion proof and bytes of the document"));
  EXPECT_EQ(ReadFile(copy), ReadFile(page));
  EXPECT_THAT(Annals({"history", report_}).out, HasSubstr("As published"));
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

TEST_F(ArchiveE2eTest, RecordsNothingTwice) {
  const std::string page = Page("page.txt");
  ASSERT_THAT(Archive(page), Succeeded());
  const std::string before = Checkpoint();
  const Outcome again = Archive(page);
  EXPECT_THAT(again, Succeeded());
  EXPECT_THAT(again.out, HasSubstr(report_ + "/revisions/1"));
  EXPECT_EQ(Checkpoint(), before);
}

TEST_F(ArchiveE2eTest, SaysWhatItKeptAndWhatItDidNotChange) {
  const std::string page = Page("page.txt");
  const Outcome first = Archive(page, {"--url", "https://a.example/"});
  EXPECT_THAT(first.err, HasSubstr("source document kept: documents/"));
  const Outcome again = Archive(page, {"--url", "https://b.example/"});
  EXPECT_THAT(again, Succeeded());
  EXPECT_THAT(again.err, HasSubstr("nothing was changed"));
  EXPECT_THAT(Archive(page, {"--url", "https://a.example/"}).err,
              Not(HasSubstr("nothing was changed")));
}

TEST_F(ArchiveE2eTest, SaysIfTheReportIsAnotherAgencys) {
  const Outcome outcome =
      Archive(Page("page.txt", "西工区人民政府办公室", "涧西区人民政府"));
  EXPECT_THAT(outcome.err, HasSubstr("is registered as"));
  EXPECT_THAT(Archive(Page("page2.txt"), {"--reason-code", "republished"}).err,
              Not(HasSubstr("is registered as")));
}

TEST_F(ArchiveE2eTest, APageThatWasReplacedStandsBesideTheFirst) {
  const std::string first = Page("page.txt");
  ASSERT_THAT(Archive(first), Succeeded());
  const std::string second = Page("page2.txt", "30 件", "31 件");
  EXPECT_THAT(Archive(second), RefusedWith(10, "ARCHIVED_OTHERWISE"));
  ASSERT_THAT(Archive(second, {"--reason-code", "republished"}), Succeeded());
  EXPECT_EQ(Latest().number(), 2);
  // The older page is still known.
  const Outcome again = Archive(first);
  EXPECT_THAT(again, Succeeded());
  EXPECT_THAT(again.out, HasSubstr(report_ + "/revisions/1"));
  EXPECT_THAT(again.err,
              HasSubstr("replaced by " + report_ + "/revisions/2 since"));
}

// As the bureau did that replaced a page, and then took it back.
TEST_F(ArchiveE2eTest, APageThatWasPutBackIsRecordedAgain) {
  const std::string first = Page("page.txt");
  ASSERT_THAT(Archive(first), Succeeded());
  const Words put_back = {"--reason-code", "republished"};
  ASSERT_THAT(Archive(Page("page2.txt", "30 件", "31 件"), put_back),
              Succeeded());
  ASSERT_THAT(Archive(first, put_back), Succeeded());
  EXPECT_EQ(Latest().number(), 3);
  // Once: what is the latest already is not recorded again.
  EXPECT_THAT(Archive(first, put_back).out, HasSubstr("/revisions/3"));
  EXPECT_EQ(Latest().number(), 3);
  const std::string rows =
      absl::StrCat("file,agency,year\npage2.txt,", kCode, ",2024\n");
  EXPECT_THAT(ArchiveRows(rows, put_back).out,
              HasSubstr("/revisions/2  replaced by"));
  EXPECT_THAT(ArchiveRows(rows, {"--json"}).out,
              HasSubstr("\"replaced_by\": \"" + report_ + "/revisions/3\""));
  EXPECT_EQ(Latest().number(), 3);
}

TEST_F(ArchiveE2eTest, ADoubtfulTextIsNotRecordedUnlookedAt) {
  const std::string page = TestData("shanghai-kewei-2024.txt");
  const std::string before = Checkpoint();
  const Outcome refused = Archive(page);
  EXPECT_EQ(refused.code, 3) << refused.err;
  EXPECT_EQ(Checkpoint(), before);
  EXPECT_THAT(Archive(page, {"--allow-doubtful"}), Succeeded());
}

TEST_F(ArchiveE2eTest, AStructuredReportStandsInForWhatIsRead) {
  const std::string report = dir_.Path("report.json");
  const std::string page = Page("page.txt");
  ASSERT_THAT(Annals({"import", page, "-o", report}), Succeeded());
  // No text: it can't be read, and is kept all the same.
  const std::string scan = dir_.Path("scan.pdf");
  std::ofstream(scan) << "%PDF-1.4 a picture";
  ASSERT_THAT(Archive(scan, {"--report", report}), Succeeded());
  const std::string copy = dir_.Path("copy.pdf");
  ASSERT_THAT(Annals({"document", Latest().document(), "-o", copy}),
              Succeeded());
  EXPECT_EQ(ReadFile(copy), "%PDF-1.4 a picture");
}

// Larger than the server takes: refused by the service, and by gRPC before it.
TEST_F(ArchiveE2eTest, OnlyTheHashOfALargeDocumentIsKept) {
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon(DaemonCommand({"--document_bytes_max=1000"}));
  const std::string report = dir_.Path("report.json");
  ASSERT_THAT(Annals({"import", Page("page.txt"), "-o", report}), Succeeded());
  const std::string scan = dir_.Path("scan.pdf");
  Words more = {"--report", report};
  for (const size_t size : {1001, 100000, 3000000}) {
    std::ofstream(scan) << "%PDF-" << std::string(size, 'x');
    const Outcome outcome = Archive(scan, more);
    EXPECT_THAT(outcome, Succeeded()) << size;
    EXPECT_THAT(outcome.err, HasSubstr("too large for the server"));
    more = {"--report", report, "--reason-code", "republished"};
  }
  EXPECT_EQ(Latest().number(), 3);
}

TEST_F(ArchiveE2eTest, APipeIsNoDocument) {
  const std::string pipe = dir_.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(Archive(pipe), RefusedWith(6, "FILE_NOT_READABLE"));
}

TEST_F(ArchiveE2eTest, OnlyTheHashOfADocumentIsKeptIfAskedFor) {
  ASSERT_THAT(Archive(Page("page.txt"), {"--hash-only"}), Succeeded());
  const v1::Revision revision = Latest();
  EXPECT_EQ(revision.document(), "");
  EXPECT_EQ(revision.content().report().publication().source_sha256().size(),
            32u);
  EXPECT_THAT(Archive(Page("page.txt")).out, HasSubstr("revisions/1"));
  const std::string name =
      "documents/" +
      absl::BytesToHexString(
          revision.content().report().publication().source_sha256());
  const Outcome fetched = Annals({"document", name});
  EXPECT_THAT(fetched, RefusedWith(9, "DOCUMENT_NOT_FOUND"));
  EXPECT_THAT(fetched.err, AllOf(HasSubstr("are not kept here. A report may "
                                           "still name the hash"),
                                 Not(HasSubstr("is not recorded"))));
}

TEST_F(ArchiveE2eTest, ManyAreRecordedAndResumed) {
  std::string manifest = "file,agency,year,published\n";
  for (int year = 2015; year < 2025; ++year) {
    const std::string name = absl::StrCat("page-", year, ".txt");
    Page(name, "2024", absl::StrCat(year));
    absl::StrAppend(&manifest, name, ",", kCode, ",", year, ",", year + 1,
                    "-01-20\n");
  }
  absl::StrAppend(&manifest, "missing.txt,", kCode, ",2014,\n");
  const std::string path = dir_.Path("reports.csv");
  std::ofstream(path) << manifest;
  const Words words = {"archive", "--manifest", path, "--reason", "采集"};
  // Another run was interrupted after some of them.
  ASSERT_THAT(Annals({"archive", dir_.Path("page-2019.txt"), "--agency", kCode,
                      "--year", "2019", "--reason", "采集"}),
              Succeeded());
  const Outcome first = Annals(words);
  EXPECT_EQ(first.code, 6) << first.err;
  EXPECT_THAT(first.err,
              HasSubstr("recorded 9, present 1, doubtful 0, failed 1"));
  EXPECT_THAT(first.out, HasSubstr("missing.txt"));
  const std::string before = Checkpoint();
  const Outcome second = Annals(words);
  EXPECT_THAT(second.err,
              HasSubstr("recorded 0, present 10, doubtful 0, failed 1"));
  EXPECT_EQ(Checkpoint(), before);
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

// As of one report that is archived by itself.
TEST_F(ArchiveE2eTest, ManyTellWhatTheyMeanForTheFollowingYear) {
  LastYear("2023.txt", 5);
  Page("2024.txt");
  const std::string head = "file,agency,year\n";
  const auto row = [](const std::string& file, int year) {
    return absl::StrCat(file, ",", kCode, ",", year, "\n");
  };
  const Outcome first =
      ArchiveRows(head + row("2023.txt", 2023) + row("2024.txt", 2024));
  ASSERT_THAT(first, Succeeded());
  EXPECT_THAT(first.err, Not(HasSubstr("assessed anew")));
  LastYear("2023-b.txt", 3);
  const Words replaced = {"--reason-code", "republished"};
  const Outcome corrected =
      ArchiveRows(head + row("2023-b.txt", 2023), replaced);
  ASSERT_THAT(corrected, Succeeded());
  EXPECT_THAT(
      corrected.err,
      AllOf(HasSubstr("with other figures (2)\n"), HasSubstr("Y-CARRY-total"),
            HasSubstr("the difference is 3\n    when recorded: "),
            HasSubstr("the difference is 5\n"),
            Not(HasSubstr("the findings are those that were recorded"))));
  EXPECT_THAT(Annals({"check", report_}).out,
              HasSubstr("the difference is 3\n    when recorded: "));
  LastYear("2023-c.txt", 0);
  const Outcome cured = ArchiveRows(head + row("2023-c.txt", 2023),
                                    {"--reason-code", "republished", "--json"});
  EXPECT_THAT(cured.out,
              AllOf(HasSubstr("\"following_year\": {\"revision\":\"" + report_ +
                              "/revisions/1\""),
                    HasSubstr("\"resolved\":[{\"rule_id\":\"Y-CARRY-")));
}

TEST_F(ArchiveE2eTest, ManySayWhatTheyDidNotChange) {
  Page("page.txt");
  const auto rows = [](const std::string& url) {
    return absl::StrCat("file,agency,year,url\npage.txt,", kCode, ",2024,", url,
                        "\n");
  };
  ASSERT_THAT(ArchiveRows(rows("https://a.example/")), Succeeded());
  const Outcome other = ArchiveRows(rows("https://b.example/"));
  EXPECT_THAT(other, Succeeded());
  EXPECT_THAT(other.out, HasSubstr("/revisions/1  the ledger has another day "
                                   "of publication, address or index number"));
  EXPECT_THAT(ArchiveRows(rows("https://b.example/"), {"--json"}).out,
              HasSubstr("\"publication_differs\": true"));
  EXPECT_THAT(ArchiveRows(rows("https://a.example/")).out,
              Not(HasSubstr("nothing was changed")));
  EXPECT_THAT(ArchiveRows(rows(""), {"--json"}).out,
              HasSubstr("\"publication_differs\": false"));
}

// What is wrong with one item holds up no other.
TEST_F(ArchiveE2eTest, OneBadItemStopsNothing) {
  Page("good-1.txt", "2024", "2021");
  Page("good-2.txt", "2024", "2022");
  const std::string locked = Page("locked.txt");
  std::filesystem::remove(locked);
  std::filesystem::create_directories(locked);
  std::ofstream(dir_.Path("cut.pdf")) << "%PDF-1.4 cut";
  const std::string path = dir_.Path("reports.csv");
  std::ofstream(path) << "file,agency,year,published\n"
                      << "good-1.txt," << kCode << ",2021,2022-02-30\n"
                      << "good-1.txt,1234,2021,\n"
                      << "locked.txt," << kCode << ",2019,\n"
                      << "cut.pdf," << kCode << ",2018,\n"
                      << "good-1.txt," << kCode << ",2021,\n"
                      << "good-2.txt," << kCode << ",2022,\n";
  const Outcome outcome =
      Annals({"archive", "--manifest", path, "--reason", "采集"});
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("recorded 2, present 0, doubtful 0, failed 4"));
  for (const char* failure :
       {"line 2: good-1.txt: there is no day \"2022-02-30\"",
        "line 3: good-1.txt: ", "line 4: ", "line 5: "}) {
    EXPECT_THAT(outcome.err, HasSubstr(failure));
  }
  const std::string site = dir_.Path("site");
  Page(absl::StrCat("site/", kCode, "/2020.txt"), "2024", "2020");
  Page(absl::StrCat("site/", kCode, "/notes.txt"));
  const Outcome directory =
      Annals({"archive", "--dir", site, "--reason", "采集"});
  EXPECT_EQ(directory.code, 6);
  EXPECT_THAT(directory.err,
              HasSubstr("recorded 1, present 0, doubtful 0, failed 1"));
}

// A report of another year is refused before its document is recorded.
TEST_F(ArchiveE2eTest, AReportOfAnotherYearLeavesNothing) {
  const std::string page = Page("page.txt");
  const std::string before = Checkpoint();
  const Outcome outcome = Annals({"archive", page, "--agency", kCode, "--year",
                                  "2022", "--reason", "采集"});
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("is a report of 2024, not of 2022; nothing was"));
  EXPECT_EQ(Checkpoint(), before);
}

// What the server would refuse leaves no document that no report names.
TEST_F(ArchiveE2eTest, WhatIsRefusedLeavesNothing) {
  Page("page.txt");
  const std::string before = Checkpoint();
  const std::string other = MakeAgencyCode(2);
  const Outcome outcome = ArchiveRows(absl::StrCat(
      "file,agency,year,url\npage.txt,", kCode, ",2024,https://a.example/ b\n",
      "page.txt,", kCode, ",2024,\"https://a.example/\"\"\"\npage.txt,", other,
      ",2024,\n"));
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("failed 3"),
                    HasSubstr("line 2: page.txt: the column url "),
                    HasSubstr("has a blank at byte 18, which no address has"),
                    HasSubstr(absl::StrCat("the agency ", other,
                                           " is not registered; nothing"))));
  EXPECT_THAT(Archive(dir_.Path("page.txt"), {"--url", "https://a\"b/"}),
              RefusedWith(6, "INVALID_VALUE"));
  // By what a file of its own says, which only the server looks at.
  const std::string report = dir_.Path("report.json");
  ASSERT_THAT(Annals({"import", dir_.Path("page.txt"), "-o", report}),
              Succeeded());
  WriteFile(report,
            absl::StrReplaceAll(ReadFile(report),
                                {{"\"title\"",
                                  "\"publication\": {\"url\": \"https:///\"},"
                                  " \"title\""}}));
  EXPECT_THAT(Archive(dir_.Path("page.txt"), {"--report", report}),
              RefusedWith(6, "INVALID_VALUE"));
  EXPECT_EQ(Checkpoint(), before);
}

TEST_F(ArchiveE2eTest, ADirectoryIsEnough) {
  Page(absl::StrCat("site/", kCode, "/2024.txt"));
  const Outcome outcome = Annals(
      {"archive", "--dir", dir_.Path("site"), "--reason", "采集", "--json"});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.out, HasSubstr("\"recorded\""));
}

TEST_F(ArchiveE2eTest, SaysWhatIsMissing) {
  EXPECT_EQ(Annals({"archive"}).code, 2);
  EXPECT_EQ(Annals({"archive", "a", "--dir", "b"}).code, 2);
  EXPECT_EQ(Annals({"archive", "a"}).code, 2);
  EXPECT_EQ(Annals({"archive", "--dir", dir_.Path("")}).code, 2);
  const std::string manifest = dir_.Path("bad.csv");
  std::ofstream(manifest) << "datei,agency,year\n";
  EXPECT_EQ(Annals({"archive", "--manifest", manifest}).code, 2);
  EXPECT_THAT(Annals({"document", "documents/" + std::string(64, 'a')}),
              RefusedWith(9, "DOCUMENT_NOT_FOUND"));
}

}  // namespace
}  // namespace annals
