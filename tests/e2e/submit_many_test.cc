// `annals submit --batch`, with the two programs.

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "service/report/report_json.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Result = google::protobuf::Struct;

std::string FieldOf(const Result& result, const std::string& name) {
  const auto found = result.fields().find(name);
  return found == result.fields().end() ? "" : found->second.string_value();
}

class SubmitManyTest : public AuditFixture {
 protected:
  static constexpr int kFiles = 40;

  void SetUp() override {
    StartDaemon();
    for (int n = 0; n < kFiles; ++n) {
      Register(n);
      WriteReport(n, MakeReport(static_cast<uint64_t>(n), 2024));
    }
  }

  std::string PathOf(int n) const {
    return absl::StrCat(directory_, "/", MakeAgencyCode(n), "/2024.json");
  }

  void WriteReport(int n, const v1::Report& report) {
    std::filesystem::create_directories(
        absl::StrCat(directory_, "/", MakeAgencyCode(n)));
    WriteFile(PathOf(n), report::ReportToJson(report));
  }

  Words Batch(const Words& more = {}) const {
    Words words = {"submit",   "--batch",   directory_, "--reason",
                   "年度报告", "--results", results_};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  // What the results say, by files.
  std::map<std::string, Result> Results() {
    std::map<std::string, Result> results;
    const std::string text = ReadFile(results_);
    for (absl::string_view line :
         absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      Result result = FromJson<Result>(std::string(line));
      const std::string file = FieldOf(result, "file");
      EXPECT_TRUE(results.emplace(file, std::move(result)).second) << file;
    }
    return results;
  }

  uint64_t LedgerSize() {
    v1::Checkpoint checkpoint;
    grpc::ClientContext context;
    EXPECT_THAT(ledger_->GetCheckpoint(&context, {}, &checkpoint), RpcOk());
    return checkpoint.tree_size();
  }

  const std::string directory_ = dir_.Path("reports");
  const std::string results_ = dir_.Path("results.jsonl");
};

TEST_F(SubmitManyTest, RecordsAllAndProvesEach) {
  const Outcome outcome = Annals(Batch());
  ASSERT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.err, HasSubstr("by the receipt of each"));
  EXPECT_THAT(outcome.err, HasSubstr("recorded 40, refused 0, unusable 0"));
  EXPECT_EQ(LedgerSize(), 2u * kFiles);
  for (const auto& [file, result] : Results()) {
    EXPECT_EQ(FieldOf(result, "result"), "recorded") << file;
    EXPECT_EQ(FieldOf(result, "revision"),
              FieldOf(result, "report") + "/revisions/1");
  }
  EXPECT_EQ(Results().size(), size_t{kFiles});
}

TEST_F(SubmitManyTest, ABadFileStopsNoOther) {
  WriteFile(PathOf(3), "{ no report");
  v1::Report wrong = MakeReport(5, 2024);
  wrong.mutable_t3()->mutable_new_received()->set_natural_person(99999);
  WriteReport(5, wrong);
  WriteReport(900, MakeReport(900, 2024));  // Nobody registered it.
  WriteReport(7, MakeReport(7, 2023));      // Of another year than its name.
  WriteFile(absl::StrCat(directory_, "/", MakeAgencyCode(0), "/notes.txt"), "");
  const Outcome outcome = Annals(Batch());
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  std::map<std::string, Result> results = Results();
  EXPECT_EQ(results.size(), size_t{kFiles + 2});
  EXPECT_EQ(FieldOf(results[PathOf(3)], "result"), "unusable");
  EXPECT_EQ(FieldOf(results[PathOf(5)], "reason"), "REPORT_BREAKS_RULES");
  EXPECT_EQ(FieldOf(results[PathOf(900)], "reason"), "AGENCY_NOT_REGISTERED");
  EXPECT_EQ(FieldOf(results[PathOf(7)], "result"), "refused");
  EXPECT_EQ(LedgerSize(), uint64_t{2 * kFiles - 3});
  EXPECT_THAT(FieldOf(results[PathOf(900)], "message"),
              HasSubstr("not registered"));
  EXPECT_EQ(Annals(Batch({"--lang", "zh"})).code, 6);
  EXPECT_THAT(FieldOf(Results()[PathOf(900)], "message"),
              HasSubstr("尚未登记"));
  // What a refusal lists comes in the language asked for as well.
  const Result refused = Results()[PathOf(5)];
  const auto& findings = refused.fields().at("findings").list_value().values();
  ASSERT_GT(findings.size(), 1);
  for (const auto& finding : findings) {
    EXPECT_THAT(finding.string_value(),
                AllOf(HasSubstr("：表三："), HasSubstr("，相差 "),
                      Not(HasSubstr("table 3"))));
  }
  // Mended and run again, only what was missing is recorded.
  for (const int n : {3, 5, 7}) {
    WriteReport(n, MakeReport(static_cast<uint64_t>(n), 2024));
  }
  std::filesystem::remove_all(
      absl::StrCat(directory_, "/", MakeAgencyCode(900)));
  std::filesystem::remove(
      absl::StrCat(directory_, "/", MakeAgencyCode(0), "/notes.txt"));
  EXPECT_THAT(Annals(Batch()), Succeeded());
  EXPECT_EQ(LedgerSize(), 2u * kFiles);
  for (auto& [file, result] : Results()) {
    if (FieldOf(results[file], "result") != "recorded") continue;
    EXPECT_EQ(FieldOf(result, "entry_index"),
              FieldOf(results[file], "entry_index"));
  }
}

TEST_F(SubmitManyTest, WhatIsNoFileHasALineAndTheResultsHaveNone) {
  ASSERT_EQ(mkfifo(absl::StrCat(directory_, "/pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/null", directory_ + "/device");
  WriteFile(absl::StrCat(directory_, "/", MakeAgencyCode(0), "/2024.txt"), "");
  Words words = Batch();
  words[words.size() - 1] = directory_ + "/results.jsonl";
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = Annals(words);
    EXPECT_EQ(outcome.code, 6) << outcome.err;
    EXPECT_THAT(
        outcome.err,
        HasSubstr(i == 0 ? "recorded 39, refused 0, unusable 4"
                         : "recorded 0, present 39, refused 0, unusable "
                           "4"));
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("pipe is no regular file"),
                                   HasSubstr("device is a link"),
                                   HasSubstr("leave one of them there")));
  }
}

// By the names alone, the city's regional report would come first.
TEST_F(SubmitManyTest, RegionalReportsComeLastAndTheLowerOnesFirst) {
  const std::string city = MakeAgencyCode(2);
  const std::string district = MakeAgencyCode(5);
  ASSERT_THAT(Annals({"agency", "update", district, "--supervisor", city,
                      "--reason", "x"}),
              Succeeded());
  for (const std::string& office : {city, district}) {
    v1::Report report = MakeReport(2, 2024);
    report.set_scope(v1::SCOPE_ORGAN);
    WriteFile(absl::StrCat(directory_, "/", office, "/2024-regional.json"),
              report::ReportToJson(report));
  }
  const Outcome outcome = Annals(Batch());
  EXPECT_THAT(outcome.err, HasSubstr("it is submitted as the regional one"));
  const size_t own = outcome.out.find(PathOf(kFiles - 1));
  const size_t lower = outcome.out.find(district + "/2024-regional.json");
  const size_t upper = outcome.out.find(city + "/2024-regional.json");
  ASSERT_NE(own, std::string::npos) << outcome.out;
  EXPECT_LT(own, lower);
  EXPECT_LT(lower, upper);
}

// What a year carried out is not what the next one carried in, so the second
// of each agency is refused, whatever the others do meanwhile.
TEST_F(SubmitManyTest, EachYearIsCheckedAgainstTheOneBefore) {
  std::filesystem::remove_all(directory_);
  constexpr int kAgencies = 8;
  for (int n = 0; n < kAgencies; ++n) {
    std::filesystem::create_directories(
        absl::StrCat(directory_, "/", MakeAgencyCode(n)));
    for (const int year : {2021, 2022, 2023}) {
      WriteFile(
          absl::StrCat(directory_, "/", MakeAgencyCode(n), "/", year, ".json"),
          report::ReportToJson(
              MakeReport(static_cast<uint64_t>(n * 10 + year - 2021), year)));
    }
  }
  EXPECT_EQ(Annals(Batch()).code, 6);
  for (const auto& [file, result] : Results()) {
    EXPECT_EQ(FieldOf(result, "result"),
              absl::StrContains(file, "/2022.json") ? "refused" : "recorded")
        << file;
  }
}

TEST_F(SubmitManyTest, SaysHowAReportWithWarningsIsSubmitted) {
  v1::Report warned = MakeReport(5, 2024);
  warned.mutable_s1_overview()->set_s1_2_on_request(
      "2024年，共收到政府信息公开申请99999件，均依法办理。");
  WriteReport(5, warned);
  const Outcome outcome = Annals(Batch());
  EXPECT_EQ(outcome.code, 6) << outcome.err;
  EXPECT_THAT(outcome.err,
              HasSubstr("that has warnings by itself, with --ack"));
  std::map<std::string, Result> results = Results();
  EXPECT_EQ(FieldOf(results[PathOf(5)], "reason"), "WARNINGS_NOT_ACKNOWLEDGED");
  EXPECT_EQ(LedgerSize(), uint64_t{2 * kFiles - 1});
}

// Done as it says, it is done.
TEST_F(SubmitManyTest, WhatWasSubmittedByItselfIsThere) {
  v1::Report warned = MakeReport(5, 2024);
  warned.mutable_s1_overview()->set_s1_2_on_request(
      "2024年，共收到政府信息公开申请99999件，均依法办理。");
  WriteReport(5, warned);
  EXPECT_EQ(Annals(Batch()).code, 6);
  ASSERT_THAT(Annals({"submit", PathOf(5), "--agency", MakeAgencyCode(5),
                      "--reason", "已核实", "--ack", "N-REQUESTS=含转办"}),
              Succeeded());
  const Outcome again = Annals(Batch());
  ASSERT_THAT(again, Succeeded());
  EXPECT_THAT(again.err,
              HasSubstr("recorded 0, present 40, refused 0, unusable 0"));
  std::map<std::string, Result> results = Results();
  EXPECT_EQ(FieldOf(results[PathOf(5)], "result"), "present");
  EXPECT_THAT(FieldOf(results[PathOf(5)], "revision"),
              HasSubstr("/revisions/1"));
  EXPECT_EQ(FieldOf(results[PathOf(6)], "result"), "present");
  EXPECT_EQ(LedgerSize(), 2u * kFiles);
  // Another report of the same name is not.
  WriteReport(5, MakeReport(5, 2024));
  EXPECT_EQ(Annals(Batch()).code, 6);
  EXPECT_EQ(FieldOf(Results()[PathOf(5)], "reason"), "REPORT_EXISTS");
}

TEST_F(SubmitManyTest, KilledAndRunAgainItRecordsNothingTwice) {
  for (const int lines : {1, 9, 20}) {
    Words command = {ANNALS_PATH};
    for (const std::string& word : Batch()) command.push_back(word);
    Process process({command,
                     {"LANG=C.UTF-8", "ANNALS_ACTOR=张三",
                      "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
                      "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                     ""});
    for (int i = 0; i < lines; ++i) process.ReadLine();
    process.Signal(SIGKILL);
    process.Wait();
  }
  EXPECT_THAT(Annals(Batch()), Succeeded());
  EXPECT_EQ(LedgerSize(), 2u * kFiles);
  EXPECT_EQ(Results().size(), size_t{kFiles});
}

TEST_F(SubmitManyTest, GoesOnWhenTheServerIsBack) {
  Words command = {ANNALS_PATH};
  for (const std::string& word : Batch()) command.push_back(word);
  Process process({command,
                   {"LANG=C.UTF-8", "ANNALS_ACTOR=张三",
                    "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
                    "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                   ""});
  process.ReadLine();
  ASSERT_EQ(StopDaemon(), 0) << DaemonLog();
  StartDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_,
               "--origin=test.local/annals", "--listen=" + server_});
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_EQ(LedgerSize(), 2u * kFiles);
  EXPECT_EQ(Results().size(), size_t{kFiles});
}

TEST_F(SubmitManyTest, ADirectoryIsGivenInsteadOfAFile) {
  EXPECT_EQ(Annals({"submit", "--reason", "x"}).code, 2);
  EXPECT_EQ(Annals(Batch({"--agency", MakeAgencyCode(0)})).code, 2);
  EXPECT_EQ(Annals({"submit", PathOf(0), "--agency", MakeAgencyCode(0),
                    "--reason", "x", "--results", results_})
                .code,
            2);
  EXPECT_EQ(
      Annals({"submit", "--batch", dir_.Path("none"), "--reason", "x"}).code,
      2);
}

}  // namespace
}  // namespace annals
