// A reorganisation, and who has not filed, through a daemon and the client.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/agency_code.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class RegisterTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(Register(city_, "甲市人民政府办公室", ""), Succeeded());
    ASSERT_THAT(Register(other_city_, "乙市人民政府办公室", ""), Succeeded());
    ASSERT_THAT(Register(county_, "丙县发展改革局", city_), Succeeded());
    ASSERT_THAT(Register(heir_, "丙县经济发展局", city_), Succeeded());
  }

  Outcome Register(const std::string& code, const std::string& name,
                   const std::string& supervisor) {
    Words words = {"agency",     "register", code,     "--name",    name,
                   "--division", "410303",   "--kind", "department"};
    if (!supervisor.empty()) {
      words.insert(words.end(), {"--supervisor", supervisor});
    }
    return Annals(words);
  }

  Outcome Update(const std::string& code, const Words& more) {
    Words words = {"agency", "update", code, "--reason", "机构改革"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // A county office is renamed, moved to another city, and dissolved.
  void Reorganise() {
    ASSERT_THAT(Update(county_, {"--name", "丙县行政审批局", "--valid-from",
                                 "2023-03-01"}),
                Succeeded());
    ASSERT_THAT(Update(county_, {"--supervisor", other_city_, "--valid-from",
                                 "2024-06-01"}),
                Succeeded());
    ASSERT_THAT(
        Update(county_, {"--dissolved", "2025-01-01", "--successor", heir_}),
        Succeeded());
  }

  const std::string city_ = MakeAgencyCode(1);
  const std::string other_city_ = MakeAgencyCode(2);
  const std::string county_ = MakeAgencyCode(3);
  const std::string heir_ = MakeAgencyCode(4);
};

TEST_F(RegisterTest, TheRegisterTellsEveryDayAndState) {
  Reorganise();
  const auto name_on = [this](const std::string& day) {
    return Annals({"agency", "show", county_, "--on", day}).out;
  };
  EXPECT_THAT(name_on("2023-02-28"), HasSubstr("丙县发展改革局"));
  EXPECT_THAT(name_on("2023-03-01"), HasSubstr("丙县行政审批局"));
  EXPECT_THAT(name_on("2024-05-31"), HasSubstr(city_));
  EXPECT_THAT(name_on("2024-06-01"), HasSubstr(other_city_));
  EXPECT_THAT(name_on("2024-12-31"), Not(HasSubstr("2025-01-01")));
  EXPECT_THAT(name_on("2025-01-01"), HasSubstr(heir_));
  const Outcome history = Annals({"agency", "history", county_});
  ASSERT_THAT(history, Succeeded());
  for (const char* expected :
       {"发展改革局", "行政审批局", "2025-01-01", "机构改革", "local:张三"}) {
    EXPECT_THAT(history.out, HasSubstr(expected));
  }
  EXPECT_THAT(history.out, Not(HasSubstr("took its place")));
  for (const char* name : {"丁市一局", "丁市二局"}) {
    ASSERT_THAT(Update(heir_, {"--name", name, "--valid-from", "2090-01-01",
                               "--replace-pending"}),
                Succeeded());
  }
  EXPECT_THAT(Annals({"agency", "history", heir_}).out,
              HasSubstr("(state 3 took its place; it holds on no day any "
                        "more)\nResource name: agencies/"));
  const Outcome replaced = Update(county_, {"--replace-from", "2024-06-01"});
  ASSERT_THAT(replaced, Succeeded());
  EXPECT_THAT(replaced.err, HasSubstr("state 3–4 holds on no day any more"));
  EXPECT_THAT(name_on("2025-01-01"), HasSubstr(city_));
  EXPECT_THAT(Annals({"agency", "get", county_, "--as-of-size", "4"}).out,
              HasSubstr("丙县发展改革局"));
  EXPECT_THAT(Annals({"agency", "get", county_, "--as-of-size", "99"}),
              RefusedWith(6, "TREE_SIZE_NOT_REACHED"));
}

// A name that is to come is told from the one that holds.
TEST_F(RegisterTest, ANameCountsFromItsDayOn) {
  ASSERT_THAT(
      Update(county_, {"--name", "丙县数据局", "--valid-from", "2090-01-01"}),
      Succeeded());
  EXPECT_THAT(Annals({"agency", "list"}).out,
              HasSubstr("丙县发展改革局 (from 2090-01-01 on: 丙县数据局)\n"));
  const std::string form = dir_.Path("form.json");
  ASSERT_THAT(
      Annals({"new", "--agency", county_, "--year", "2024", "-o", form}),
      Succeeded());
  EXPECT_THAT(ReadFile(form), HasSubstr("\"丙县发展改革局\""));
  ASSERT_THAT(Update(county_, {"--name", "丙县行政审批局", "--replace-pending",
                               "--valid-from", "2025-07-01"}),
              Succeeded());
  ASSERT_THAT(Annals({"new", "--agency", county_, "--year", "2025", "-o", form,
                      "--force"}),
              Succeeded());
  EXPECT_THAT(ReadFile(form), HasSubstr("\"丙县行政审批局\""));
  ASSERT_THAT(Annals({"new", "--agency", county_, "--year", "2024", "-o", form,
                      "--force"}),
              Succeeded());
  EXPECT_THAT(ReadFile(form), HasSubstr("\"丙县发展改革局\""));
}

TEST_F(RegisterTest, ANewAgencyOwesNoReportOfTheYearsBefore) {
  const std::string code = MakeAgencyCode(9);
  ASSERT_THAT(
      Annals({"agency", "register", code, "--name", "丙县数据局", "--division",
              "410303", "--supervisor", city_, "--valid-from", "2024-03-01"}),
      Succeeded());
  const auto listed = [&](const std::string& year) {
    return Annals({"status", "--year", year, "--under", city_}).out;
  };
  EXPECT_THAT(listed("2023"), Not(HasSubstr("丙县数据局")));
  EXPECT_THAT(listed("2024"), HasSubstr("丙县数据局"));
  EXPECT_THAT(Annals({"agency", "show", code, "--on", "2024-02-29"}).err,
              HasSubstr("holds from 2024-03-01 on, not on 2024-02-29"));
}

TEST_F(RegisterTest, AFirstDayThatWasForgottenIsSaidAfterwards) {
  const auto listed = [&](const std::string& year) {
    return Annals({"status", "--year", year, "--under", city_}).out;
  };
  EXPECT_THAT(listed("2023"), HasSubstr("丙县经济发展局"));
  ASSERT_THAT(Update(heir_, {"--dissolved", "1949-10-01", "--replace-from",
                             "1949-10-01"}),
              Succeeded());
  ASSERT_THAT(
      Update(heir_, {"--dissolved", "none", "--valid-from", "2024-03-01"}),
      Succeeded());
  EXPECT_THAT(listed("2023"), Not(HasSubstr("丙县经济发展局")));
  EXPECT_THAT(listed("2024"), HasSubstr("丙县经济发展局"));
}

TEST_F(RegisterTest, RefusesCyclesAndStaleChanges) {
  EXPECT_THAT(Update(city_, {"--supervisor", county_}),
              RefusedWith(6, "SUPERVISION_CYCLE"));
  const Outcome stale = Update(county_, {"--name", "某局", "--etag", "00"});
  EXPECT_THAT(stale, RefusedWith(10, "ETAG_MISMATCH"));
  EXPECT_THAT(stale.err,
              AllOf(HasSubstr("annals agency show"), Not(HasSubstr("REPORT"))));
  EXPECT_EQ(Update(county_, {}).code, 2);
}

TEST_F(RegisterTest, AnAuditFollowsTheChanges) {
  const std::string state = dir_.Path("state");
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  Reorganise();
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  RestartDaemon();
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
}

TEST_F(RegisterTest, StatusTellsWhoHasNotFiled) {
  Reorganise();
  ASSERT_THAT(Annals({"submit", TestData("xigong-2024.txt"), "--agency", heir_,
                      "--year", "2024", "--reason", "年度报告", "--ack", kAck}),
              Succeeded());
  const Outcome table =
      Annals({"status", "--year", "2024", "--under", other_city_});
  ASSERT_THAT(table, Succeeded());
  EXPECT_THAT(table.out, HasSubstr("丙县行政审批局"));
  EXPECT_THAT(table.out, Not(HasSubstr("丙县经济发展局")));
  EXPECT_THAT(table.out, HasSubstr("2024: 2 agencies, missing 2"));
  const Outcome late = Annals({"status", "--year", "2024", "--state",
                               "late,on-time", "--format", "csv"});
  ASSERT_THAT(late, Succeeded());
  EXPECT_THAT(late.out, HasSubstr(heir_));
  EXPECT_THAT(late.out, Not(HasSubstr(city_)));
  EXPECT_EQ(Annals({"status", "--year", "2024", "--state", "lost"}).code, 2);
}

TEST_F(RegisterTest, StatusAsOfASizeIsTheSameForGood) {
  const std::string size = "4";
  const Words ask = {"status", "--year", "2024", "--as-of-size", size};
  const Outcome before = Annals(ask);
  ASSERT_THAT(before, Succeeded());
  Reorganise();
  RestartDaemon();
  const Outcome after = Annals(ask);
  ASSERT_THAT(after, Succeeded());
  EXPECT_EQ(before.out, after.out);
  EXPECT_NE(Annals({"status", "--year", "2024"}).out, before.out);
}

TEST_F(RegisterTest, RemindersGoToThoseWhoHaveNotFiled) {
  const std::string file = dir_.Path("reminders.csv");
  ASSERT_THAT(Annals({"status", "--year", "2024", "--under", city_,
                      "--reminders", file}),
              Succeeded());
  const std::string csv = ReadFile(file);
  EXPECT_THAT(csv, HasSubstr("机关代码"));
  EXPECT_THAT(csv, HasSubstr(absl::StrCat(county_, ",丙县发展改革局,", city_,
                                          ",2025-01-31,")));
  EXPECT_THAT(csv, HasSubstr("应于2025年1月31日前（含当日）报送，现已逾期"));
}

}  // namespace
}  // namespace annals
