// The main job on a real published report, through the two programs.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kCode[] = "11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

class MainJobTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
  }

  Outcome Submit(const Words& more = {}) {
    Words words = {"submit", json_,  "--agency", kCode,
                   "--year", "2024", "--reason", "年度报告首次报送"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // Moves one reconsideration from upheld to corrected in the latest revision.
  Outcome Correct(const Words& more = {}) {
    const Outcome latest = Annals({"get", kReport, "--format", "json"});
    EXPECT_THAT(latest, Succeeded());
    const std::string edited =
        absl::StrReplaceAll(latest.out, {{"\"upheld\": 1,\n      "
                                          "\"corrected\": 1",
                                          "\"upheld\": 0,\n      "
                                          "\"corrected\": 2"}});
    EXPECT_NE(edited, latest.out);
    WriteFile(dir_.Path("corrected.json"), edited);
    Words words = {"correct",       dir_.Path("corrected.json"),
                   "--agency",      kCode,
                   "--year",        "2024",
                   "--ack",         kAck,
                   "--reason",      "复议结果统计有误",
                   "--reason-code", "figure-error"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  void SubmitAndCorrect() {
    ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
    ASSERT_THAT(Correct(), Succeeded());
  }

  std::vector<v1::Revision> History() {
    std::vector<v1::Revision> revisions;
    const Outcome outcome = Annals({"history", kReport, "--json"});
    EXPECT_THAT(outcome, Succeeded());
    for (const std::string& line : Lines(outcome.out)) {
      revisions.push_back(FromJson<v1::Revision>(line));
    }
    return revisions;
  }

  const std::string json_ = dir_.Path("report.json");
};

TEST_F(MainJobTest, TheCheckWarnsOf30InTheProseAnd35InTheTable) {
  const Outcome offline = Annals({"check", json_});
  EXPECT_THAT(offline, Succeeded());
  EXPECT_THAT(offline.out,
              AllOf(HasSubstr("N-REQUESTS"), HasSubstr("30"), HasSubstr("35")));
  const std::string before = Checkpoint();
  const Outcome refused = Submit();
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("N-REQUESTS"), HasSubstr("30"),
                                 HasSubstr("35"), HasSubstr("--ack")));
  EXPECT_EQ(Checkpoint(), before);
  EXPECT_THAT(Submit({"--ack", "N-REQUESTS"}), AllOf(Not(Succeeded())));
  EXPECT_THAT(Submit({"--ack", kAck}), Succeeded());
}

TEST_F(MainJobTest, AnErrorIsSeenOfflineAndByTheServerInTheSameWords) {
  WriteFile(json_, absl::StrReplaceAll(ReadFile(json_),
                                       {{"\"total\": 35", "\"total\": 36"}}));
  const Outcome offline = Annals({"check", json_, "--lang", "zh"});
  EXPECT_EQ(offline.code, 4);
  const Outcome online = Submit({"--lang", "zh", "--ack", kAck});
  EXPECT_EQ(online.code, 4);
  for (const std::string& line : Lines(offline.out)) {
    if (absl::StrContains(line, "T3-")) {
      EXPECT_THAT(online.err, HasSubstr(line));
    }
  }
  EXPECT_THAT(offline.out, HasSubstr("T3-ROW-new_received"));
}

TEST_F(MainJobTest, TheHistoryIsThereAfterARestart) {
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  RestartDaemon();
  ASSERT_THAT(Correct(), Succeeded());
  RestartDaemon();
  const std::vector<v1::Revision> history = History();
  ASSERT_THAT(history, SizeIs(2));
  EXPECT_EQ(history[0].number(), 2);
  EXPECT_EQ(history[0].actor().subject(), "local:张三");
  EXPECT_EQ(history[0].reason(), "复议结果统计有误");
  EXPECT_EQ(history[0].reason_code(), v1::REASON_CODE_FIGURE_ERROR);
  EXPECT_EQ(history[0].changed_cell_count(), 2);
  EXPECT_EQ(history[0].changed_text_count(), 0);
  EXPECT_EQ(history[1].number(), 1);
  EXPECT_EQ(history[1].reason(), "年度报告首次报送");
  EXPECT_EQ(history[1].acknowledged_warning_count(), 1);
  const Outcome table = Annals({"history", kReport});
  EXPECT_THAT(table.out, AllOf(HasSubstr("张三"), HasSubstr("复议结果统计有误"),
                               HasSubstr("figure error")));
  EXPECT_THAT(table.out, ContainsRegex("  2 +0 +2  复议结果统计有误"));
}

TEST_F(MainJobTest, TheAcknowledgementIsRecorded) {
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  const auto revision =
      FromJson<v1::Revision>(Annals({"get", kReport, "--json"}).out);
  ASSERT_THAT(revision.content().acknowledgements(), SizeIs(1));
  EXPECT_EQ(revision.content().acknowledgements(0).rule_id(), "N-REQUESTS");
  EXPECT_EQ(revision.content().acknowledgements(0).reason(),
            "正文仅统计区政府办公室受理件数");
}

TEST_F(MainJobTest, DiffShowsOldAndNewByOfficialLabel) {
  SubmitAndCorrect();
  const Outcome zh =
      Annals({"diff", kReport, "--from", "1", "--to", "2", "--lang", "zh"});
  ASSERT_THAT(zh, Succeeded());
  EXPECT_THAT(zh.out, AllOf(HasSubstr("行政复议"), HasSubstr("结果维持"),
                            HasSubstr("结果纠正"), HasSubstr("1 → 0"),
                            HasSubstr("1 → 2"), HasSubstr("单元格 2 个")));
  EXPECT_THAT(Annals({"diff", kReport, "--lang", "zh"}).out, zh.out);
  const auto diff = FromJson<v1::DiffRevisionsResponse>(
      Annals({"diff", kReport, "--json"}).out);
  ASSERT_THAT(diff.cells(), SizeIs(2));
  EXPECT_EQ(diff.cells(0).cell(), "t4.reconsideration.upheld");
  EXPECT_EQ(diff.cells(0).old_value(), 1);
  EXPECT_EQ(diff.cells(0).new_value(), 0);
  EXPECT_THAT(diff.texts(), IsEmpty());
}

TEST_F(MainJobTest, ARevisionByNumberAndByTimeAreTheSameBytes) {
  SubmitAndCorrect();
  const auto get = [this](const Words& more) {
    Words words = {"get", kReport, "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = Annals(words);
    EXPECT_THAT(outcome, Succeeded());
    return outcome.out;
  };
  const std::vector<v1::Revision> history = History();
  ASSERT_THAT(history, SizeIs(2));
  for (const v1::Revision& revision : history) {
    const absl::Time moment =
        absl::FromUnixSeconds(revision.recorded_at().seconds()) +
        absl::Nanoseconds(revision.recorded_at().nanos());
    const std::string as_of = absl::FormatTime(absl::RFC3339_full, moment,
                                               absl::FixedTimeZone(8 * 3600));
    const std::string number = absl::StrCat(revision.number());
    EXPECT_EQ(get({"--revision", number}), get({"--as-of", as_of}));
    EXPECT_EQ(FromJson<v1::Report>(get({"--revision", number})).etag(),
              revision.etag());
  }
  EXPECT_EQ(get({}), get({"--revision", "2"}));
  EXPECT_NE(get({"--revision", "1"}), get({"--revision", "2"}));
}

TEST_F(MainJobTest, GetPrintsTheOfficialTablesAndTextThatImportsAgain) {
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  const Outcome table = Annals({"get", kReport, "--lang", "zh"});
  ASSERT_THAT(table, Succeeded());
  EXPECT_THAT(table.out, HasSubstr("一、本年新收政府信息公开申请数量"));
  EXPECT_THAT(table.err, HasSubstr("修订 1"));
  const Outcome text = Annals({"get", kReport, "--format", "text"});
  WriteFile(dir_.Path("again.txt"), text.out);
  const Outcome again = Annals({"cells", dir_.Path("again.txt")});
  ASSERT_THAT(again, Succeeded());
  EXPECT_EQ(again.out, Annals({"cells", json_}).out);
}

TEST_F(MainJobTest, ListTakesFilters) {
  const std::string other = MakeAgencyCode(7);
  ASSERT_THAT(RegisterAgency(other, {"--supervisor", kCode}), Succeeded());
  const auto agency =
      FromJson<v1::Agency>(Annals({"agency", "get", other, "--json"}).out);
  EXPECT_EQ(agency.supervisor(), absl::StrCat("agencies/", kCode));
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  ASSERT_THAT(Annals({"submit", json_, "--agency", other, "--year", "2024",
                      "--reason", "报送", "--ack", kAck}),
              Succeeded());
  const auto count = [this](const Words& more) {
    Words words = {"list", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = Annals(words);
    EXPECT_THAT(outcome, Succeeded());
    return Lines(outcome.out).size();
  };
  EXPECT_EQ(count({}), 2u);
  EXPECT_EQ(count({"--year", "2024"}), 2u);
  EXPECT_EQ(count({"--year", "2023"}), 0u);
  EXPECT_EQ(count({"--agency", other}), 1u);
  EXPECT_EQ(count({"--agency", other, "--year", "2024"}), 1u);
  EXPECT_EQ(count({"--agency", MakeAgencyCode(8)}), 0u);
  EXPECT_THAT(Annals({"list"}).out, HasSubstr(kReport));
}

TEST_F(MainJobTest, VerifyProvesBothRevisionsAndRefusesAnotherKey) {
  SubmitAndCorrect();
  for (const char* number : {"1", "2"}) {
    const Outcome outcome = Annals({"verify", kReport, "--revision", number});
    EXPECT_THAT(outcome, Succeeded());
    EXPECT_THAT(outcome.out, HasSubstr("Verified."));
  }
  EXPECT_THAT(Annals({"verify", kReport, "--key",
                      absl::StrCat(data_dir_, "/verifier_key")}),
              Succeeded());
  // The verifier key that signed-note's specification gives as its example.
  const Outcome wrong =
      Annals({"verify", kReport, "--key",
              "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
              "LDE4izWy10TW"});
  EXPECT_THAT(wrong, RefusedWith(8, "CHECKPOINT_NOT_SIGNED"));
  EXPECT_THAT(wrong.out, Not(HasSubstr("Verified")));
}

TEST_F(MainJobTest, WatchFollowsFromAnIndex) {
  SubmitAndCorrect();
  const Outcome all = Annals({"watch", "--from", "0", "--count", "3"});
  ASSERT_THAT(all, Succeeded());
  EXPECT_THAT(Lines(all.out), SizeIs(3));
  const Outcome last =
      Annals({"watch", "--from", "2", "--count", "1", "--json"});
  ASSERT_THAT(Lines(last.out), SizeIs(1));
  const auto entry = FromJson<v1::LedgerEntry>(last.out);
  EXPECT_EQ(entry.index(), 2u);
  EXPECT_EQ(entry.revision_recorded().number(), 2);
  EXPECT_EQ(entry.revision_recorded().report(), kReport);
}

TEST_F(MainJobTest, CellsOfANameAreTheCellsOfTheFile) {
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  const Outcome of_name = Annals({"cells", kReport});
  ASSERT_THAT(of_name, Succeeded());
  EXPECT_THAT(Lines(of_name.out), SizeIs(200));
  EXPECT_THAT(of_name.out, HasSubstr("t3.new_received.natural_person\t35\t"));
  EXPECT_EQ(of_name.out, Annals({"cells", json_}).out);
}

TEST_F(MainJobTest, RulesAreTheSameHereAndThere) {
  const std::vector<std::string> lines = Lines(Annals({"rules", "--json"}).out);
  grpc::ClientContext context;
  v1::ListRulesResponse response;
  ASSERT_THAT(reports_->ListRules(&context, {}, &response), RpcOk());
  ASSERT_EQ(lines.size(), static_cast<size_t>(response.rules_size()));
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(FromJson<v1::Rule>(lines[i]).SerializeAsString(),
              response.rules(static_cast<int>(i)).SerializeAsString());
  }
  EXPECT_THAT(Annals({"rules"}).out, HasSubstr("N-REQUESTS"));
}

TEST_F(MainJobTest, SubmitTakesThePublishedText) {
  const Outcome outcome = Annals(
      {"submit", TestData("xigong-2024.txt"), "--agency", kCode, "--year",
       "2024", "--reason", "年度报告", "--ack", kAck, "--json"});
  ASSERT_THAT(outcome, Succeeded());
  const auto response = FromJson<v1::SubmitRevisionResponse>(outcome.out);
  EXPECT_EQ(response.revision().number(), 1);
  EXPECT_EQ(response.revision().entry_index(), 1u);
  EXPECT_EQ(Annals({"cells", kReport}).out, Annals({"cells", json_}).out);
}

TEST_F(MainJobTest, ARepeatedRequestIdRecordsOnce) {
  const Words id = {"--ack", kAck, "--request-id",
                    "0b7cbd3e-55e5-4d3f-9d2a-0c8a1d4a5b6c"};
  ASSERT_THAT(Submit(id), Succeeded());
  const std::string before = Checkpoint();
  ASSERT_THAT(Submit(id), Succeeded());
  EXPECT_EQ(Checkpoint(), before);
  EXPECT_THAT(History(), SizeIs(1));
}

TEST_F(MainJobTest, SpeaksBothLanguages) {
  ASSERT_THAT(Submit({"--ack", kAck}), Succeeded());
  EXPECT_THAT(
      Annals({"history", kReport, "--lang", "zh"}).out,
      AllOf(HasSubstr("操作人"), HasSubstr("首次提交"), HasSubstr("自报")));
  EXPECT_THAT(Annals({"history", kReport, "--lang", "en"}).out,
              AllOf(HasSubstr("Actor"), HasSubstr("first submission"),
                    HasSubstr("self-declared")));
  const Words chinese = {"LANG=zh_CN.UTF-8", "ANNALS_SERVER=" + server_};
  EXPECT_THAT(Run({ANNALS_PATH, "history", kReport}, chinese).out,
              HasSubstr("操作人"));
}

TEST_F(MainJobTest, TheServerOptionPrevailsOverTheEnvironment) {
  EXPECT_THAT(Run({ANNALS_PATH, "list", "--timeout", "1"},
                  {"LANG=C", "ANNALS_SERVER=127.0.0.1:1"}),
              RefusedWith(7, "SERVER_UNREACHABLE"));
  EXPECT_THAT(Run({ANNALS_PATH, "list", "--server", server_},
                  {"LANG=C", "ANNALS_SERVER=127.0.0.1:1"}),
              Succeeded());
}

TEST_F(MainJobTest, EverythingThatPrintsDataPrintsJson) {
  SubmitAndCorrect();
  FromJson<v1::Agency>(Annals({"agency", "get", kCode, "--json"}).out);
  FromJson<v1::Agency>(Annals({"agency", "list", "--json"}).out);
  FromJson<v1::CheckResult>(Annals({"check", json_, "--json"}).out);
  FromJson<v1::Revision>(Annals({"list", "--json"}).out);
  FromJson<v1::Checkpoint>(Annals({"checkpoint", "--json"}).out);
  EXPECT_THAT(Annals({"verify", kReport, "--json"}).out,
              HasSubstr("\"verified\": true"));
  for (const std::string& line :
       Lines(Annals({"cells", kReport, "--json"}).out)) {
    FromJson<v1::Term>(line);
  }
}

}  // namespace
}  // namespace annals
