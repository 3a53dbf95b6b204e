// `annals rollup` and `annals figures` against a daemon process.

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "annals/v1/supervision_service.pb.h"
#include "google/protobuf/struct.pb.h"
#include "service/report/report_json.h"
#include "service/report/schema.h"
#include "tests/client/zip_file.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/e2e/lying_server.h"
#include "tests/support/report_maker.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPenalties[] = "t2.penalties.decisions";
constexpr char kFees[] = "t2.fees.amount_wan_yuan";

class RollUpEndToEndTest : public EndToEndTest {
 protected:
  // A city with a bureau, and a district with a bureau and a regional report.
  // Its own regional report says 7 penalties more than were reported.
  void SetUp() override {
    StartDaemon();
    Register(0, "", "洛阳市人民政府办公室");
    Register(1, Code(0), "洛阳市财政局");
    Register(2, Code(0), "西工区人民政府办公室");
    Register(3, Code(2), "西工区财政局");
    Register(4, Code(0), "洛阳市迟报局");
    v1::Report regional = MakeReport(100);
    regional.set_scope(v1::SCOPE_REGIONAL);
    const auto& infos = report::Schema::Get().cells();
    for (size_t i = 0; i < infos.size(); ++i) {
      if (!infos[i].in_2021) continue;
      int64_t sum = 0;
      for (const int n : {0, 1, 22}) {
        sum += *report::ReadCells(ReportOf(n))[i];
      }
      report::SetCell(static_cast<int>(i), sum, &regional);
    }
    SetFigure(kPenalties, *FigureOf(regional, kPenalties) + 7, &regional);
    Archive(Name(0, "-regional"), regional);
    for (const int n : {0, 1, 2, 3}) Archive(Name(n), ReportOf(n));
    Archive(Name(2, "-regional"), ReportOf(22));
  }

  static std::string Code(int n) { return MakeAgencyCode(n); }
  static std::string Name(int n, const std::string& suffix = "") {
    return absl::StrCat("agencies/", Code(n), "/reports/2024", suffix);
  }

  // 22 is the regional one of the district.
  static v1::Report ReportOf(int n) {
    v1::Report report = MakeReport(static_cast<uint64_t>(n));
    report.set_agency_name(absl::StrCat("机关", n));
    if (n == 22) report.set_scope(v1::SCOPE_REGIONAL);
    return report;
  }

  static std::optional<int64_t> FigureOf(const v1::Report& report,
                                         const char* id) {
    return report::ReadCells(
        report)[static_cast<size_t>(*report::Schema::Get().Find(id))];
  }
  static void SetFigure(const char* id, std::optional<int64_t> value,
                        v1::Report* report) {
    report::SetCell(*report::Schema::Get().Find(id), value, report);
  }
  static int64_t Sum(const char* id) {
    return *FigureOf(ReportOf(0), id) + *FigureOf(ReportOf(1), id) +
           *FigureOf(ReportOf(22), id);
  }

  void Register(int n, const std::string& supervisor, const std::string& name) {
    Words words = {"agency",     "register", Code(n),  "--name",    name,
                   "--division", "410303",   "--kind", "department"};
    if (!supervisor.empty()) {
      words.insert(words.end(), {"--supervisor", supervisor});
    }
    ASSERT_THAT(Annals(words), Succeeded());
  }

  void Archive(const std::string& name, const v1::Report& report) {
    v1::ArchiveReportRequest request;
    request.set_name(name);
    *request.mutable_report() = report;
    request.set_reason("门户网站");
    request.set_request_id(
        absl::StrFormat("00000000-0000-4000-8000-%012x", next_request_++));
    grpc::ClientContext context;
    context.AddMetadata("annals-actor", "zhang");
    v1::SubmitRevisionResponse response;
    ASSERT_THAT(reports_->ArchiveReport(&context, request, &response), RpcOk());
  }

  Outcome RollUp(const Words& more = {}, int n = 0) {
    Words words = {"rollup", Code(n), "--year", "2024"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  Outcome Figures(const Words& more = {}) {
    Words words = {"figures", "--year", "2024"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  int next_request_ = 1;
};

TEST_F(RollUpEndToEndTest, ShowsWhatDiffersAndWhoMakesItUp) {
  const Outcome text = RollUp();
  ASSERT_THAT(text, Succeeded());
  EXPECT_THAT(text.out, HasSubstr(absl::StrCat(Sum(kPenalties))));
  EXPECT_THAT(
      text.out,
      AllOf(HasSubstr("3 reports added up, 1 not filed or not in effect, 2 "
                      "counted elsewhere"),
            HasSubstr("1 cell differs"), HasSubstr("Administrative penalties"),
            HasSubstr("+7"), HasSubstr("机关22"), HasSubstr("洛阳市迟报局"),
            HasSubstr(Name(3)), Not(HasSubstr("Administrative licences"))));
  EXPECT_THAT(text.err, AllOf(HasSubstr("verified: entry, inclusion proof and "
                                        "content of 3 reports"),
                              HasSubstr("is the server's word")));
  const Outcome zh = RollUp({"--lang", "zh"});
  EXPECT_THAT(zh.out,
              AllOf(HasSubstr("行政处罚"), HasSubstr("未报送或未生效（1）"),
                    HasSubstr("加总 3 份报告")));
  EXPECT_THAT(zh.err, HasSubstr("以服务器所说为准"));
}

TEST_F(RollUpEndToEndTest, AnswersForProgramsAsWell) {
  const Outcome json = RollUp({"--format", "json"});
  ASSERT_THAT(json, Succeeded());
  const auto response = FromJson<v1::RollUpResponse>(json.out);
  EXPECT_EQ(response.revisions_size(), 3);
  EXPECT_EQ(response.missing(0).display_name(), "洛阳市迟报局");
  EXPECT_EQ(RollUp({"--json"}).out, json.out);
  EXPECT_EQ(RollUp({"--json", "--no-verify"}).out, json.out);
  const Outcome csv = RollUp({"--format", "csv", "--cell", "行政处罚"});
  ASSERT_THAT(csv, Succeeded());
  EXPECT_THAT(csv.out, StartsWith("cell,label,sum,regional,difference,"));
  EXPECT_THAT(csv.out, HasSubstr(absl::StrCat(
                           ",", Sum(kPenalties), ",", Sum(kPenalties) + 7,
                           ",7,3,0,", Name(0), "/revisions/1,机关0,",
                           *FigureOf(ReportOf(0), kPenalties), "\r\n")));
  // Money as the form prints it in text, in 分 for programs.
  const Outcome money = RollUp({"--cell", kFees, "--format", "csv"});
  EXPECT_THAT(money.out, HasSubstr(absl::StrCat(",", Sum(kFees), ",")));
  EXPECT_THAT(money.out,
              AllOf(HasSubstr("(0.01 yuan)"), Not(HasSubstr("10,000 yuan"))));
  const Outcome zh =
      RollUp({"--cell", kFees, "--format", "csv", "--lang", "zh"});
  EXPECT_THAT(zh.out, AllOf(HasSubstr("（单位：分）"), Not(HasSubstr("万元"))));
  const auto one =
      FromJson<v1::RollUpResponse>(RollUp({"--cell", kFees, "--json"}).out);
  ASSERT_EQ(one.cells_size(), 1);
  EXPECT_EQ(one.cells(0).sum(), Sum(kFees));
  EXPECT_EQ(RollUp({"--cell", "nothing-like-it"}).code, 6);
  EXPECT_EQ(RollUp({"--cell", "s5_problems"}).code, 2);
  EXPECT_EQ(RollUp({}, 9).code, 9);
}

TEST_F(RollUpEndToEndTest, WithoutARegionalReportItDraftsOne) {
  const std::string file = dir_.Path("draft.json");
  const Outcome district = RollUp({"--draft", file}, 2);
  ASSERT_THAT(district, Succeeded());
  // The city's is drafted from what was reported, whatever it says itself.
  ASSERT_THAT(RollUp({"--draft", file}), RefusedWith(10, "FILE_EXISTS"));
  EXPECT_THAT(district.err, Not(HasSubstr("incomplete")));
  const Outcome city = RollUp({"--draft", file, "--force"});
  ASSERT_THAT(city, Succeeded());
  EXPECT_THAT(city.err, HasSubstr("warning: the draft is incomplete"));
  EXPECT_THAT(city.err, HasSubstr(Code(4) + "  洛阳市迟报局: not filed\n"));
  const auto draft = report::ReportFromJson(ReadFile(file));
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->scope(), v1::SCOPE_REGIONAL);
  EXPECT_EQ(draft->agency_name(), "洛阳市人民政府办公室");
  EXPECT_EQ(FigureOf(*draft, kPenalties), Sum(kPenalties));
  EXPECT_EQ(FigureOf(*draft, kFees), Sum(kFees));
  EXPECT_THAT(Annals({"check", file}).out, Not(HasSubstr("T3-")));
}

// Nobody is sent to look for a report that was never filed, nor to file one
// that waits for a step.
TEST_F(RollUpEndToEndTest, SaysWhyAReportIsNotThere) {
  const Outcome bureau = RollUp({}, 1);
  ASSERT_THAT(bureau, Succeeded());
  EXPECT_THAT(bureau.out,
              AllOf(HasSubstr("the office's regional report was not filed"),
                    Not(HasSubstr("difference")), Not(HasSubstr("blank"))));
  EXPECT_THAT(RollUp().out,
              AllOf(HasSubstr("洛阳市迟报局  not filed\n"), HasSubstr("+7")));
  const std::string policy = dir_.Path("policy.json");
  WriteFile(policy, R"({"steps": [{"step": "STEP_PUBLISHED"},
                                  {"step": "STEP_WITHDRAWN"}],
                        "effective_after": "STEP_PUBLISHED"})");
  ASSERT_THAT(Annals({"policy", "set", Code(0), "--file", policy, "--reason",
                      "发布后生效"}),
              Succeeded());
  const std::string file = dir_.Path("late.json");
  for (const bool is_regional : {false, true}) {
    WriteFile(file, report::ReportToJson(ReportOf(is_regional ? 22 : 4)));
    Words submit = {"submit", file,       "--agency",
                    Code(4),  "--reason", "年度报告"};
    if (is_regional) submit.push_back("--regional");
    ASSERT_THAT(Annals(submit), Succeeded());
  }
  EXPECT_THAT(RollUp().out, HasSubstr("洛阳市迟报局  filed, not in effect\n"));
  EXPECT_THAT(RollUp({"--lang", "zh"}, 4).out,
              AllOf(HasSubstr("本机关的汇总报告已报送，未生效"),
                    HasSubstr("已报送，未生效\n")));
  ASSERT_THAT(
      Annals({"step", Name(2, "-regional"), "withdrawn", "--reason", "有误"}),
      Succeeded());
  EXPECT_THAT(RollUp({}, 2).out,
              HasSubstr("the office's regional report was withdrawn"));
}

TEST_F(RollUpEndToEndTest, AnAnswerAsOfASizeIsTheSameForGood) {
  const Outcome now = RollUp();
  const std::vector<std::string> words = absl::StrSplit(
      now.out.substr(now.out.find("ledger of ") + 10), absl::ByAnyChar(" \n"));
  const std::string size = words[0];
  const Outcome before = RollUp({"--as-of-size", size});
  ASSERT_THAT(before, Succeeded());
  EXPECT_EQ(before.out, now.out);
  const Outcome figures = Figures({"--as-of-size", size});
  Archive(Name(4), ReportOf(4));
  RestartDaemon();
  EXPECT_EQ(RollUp({"--as-of-size", size}).out, before.out);
  EXPECT_EQ(Figures({"--as-of-size", size}).out, figures.out);
  EXPECT_NE(RollUp().out, before.out);
  EXPECT_NE(Figures().out, figures.out);
}

TEST_F(RollUpEndToEndTest, WhatWasErasedIsNamedAndProved) {
  ASSERT_THAT(Annals({"erase", Name(1), "--revision", "1", "--reason",
                      "含个人信息", "--legal-basis", "条例第十四条"}),
              Succeeded());
  const Outcome text = RollUp();
  ASSERT_THAT(text, Succeeded());
  EXPECT_THAT(
      text.out,
      AllOf(HasSubstr("2 reports added up, 1 not filed or not in effect"),
            HasSubstr("Erased, so not added up (1)\n" + Name(1) +
                      "/revisions/1")));
  const Outcome figures = Figures({"--format", "jsonl"});
  EXPECT_THAT(figures.out, HasSubstr("\"erased\": true"));
  // Its printed name is gone; the register has one.
  EXPECT_THAT(figures.out, HasSubstr("\"agency_name\": \"洛阳市财政局\""));
  EXPECT_THAT(figures.err, HasSubstr("1 erased"));
  // And another one since, which was not its name in the year.
  ASSERT_THAT(Annals({"agency", "update", Code(1), "--name", "洛阳市金融局",
                      "--reason", "机构改革"}),
              Succeeded());
  EXPECT_EQ(Figures({"--format", "jsonl"}).out, figures.out);
}

TEST_F(RollUpEndToEndTest, CatchesAServerThatAddsUpWrongly) {
  LyingServer liar(channel_);
  const auto ask = [&](const Words& more = {}) {
    Words words = {"--server", liar.address()};
    words.insert(words.end(), more.begin(), more.end());
    return RollUp(words);
  };
  EXPECT_THAT(ask(), Succeeded());
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->mutable_cells(3)->set_sum(response->cells(3).sum() + 1);
  };
  EXPECT_THAT(ask(), RefusedWith(8, "ROLL_UP_MISMATCH"));
  EXPECT_THAT(ask({"--no-verify"}), Succeeded());
  // Another revision in the place of one.
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->set_revision_entries(0, response->revision_entries(1));
  };
  EXPECT_EQ(ask().code, 8);
  // One that is counted twice.
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->add_revisions(response->revisions(0));
    response->add_revision_entries(response->revision_entries(0));
  };
  EXPECT_THAT(ask(), RefusedWith(8, "ANSWER_MISMATCH"));
  // One that is added up, and said not to be.
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->add_of_dissolved_agencies(Name(4));
  };
  EXPECT_THAT(ask(), RefusedWith(8, "ANSWER_MISMATCH"));
  // One that is not added up is named.
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->add_of_dissolved_agencies(Name(9));
  };
  EXPECT_THAT(ask().out, AllOf(HasSubstr("dissolved by the end of the year"),
                               HasSubstr(Name(9))));
  // What is not erased.
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    response->add_erased(Name(4) + "/revisions/1");
  };
  EXPECT_NE(ask().code, 0);
  liar.lies().roll_up = [](v1::RollUpResponse* response) {
    report::SetCell(3, 12345, response->mutable_draft());
  };
  EXPECT_THAT(ask(), RefusedWith(8, "ROLL_UP_MISMATCH"));
}

TEST_F(RollUpEndToEndTest, FiguresAreARowForEachReport) {
  const Outcome csv = Figures();
  ASSERT_THAT(csv, Succeeded());
  const std::vector<std::string> lines = absl::StrSplit(csv.out, "\r\n");
  // A head, six reports, and nothing behind the last line's end.
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_THAT(lines[0],
              StartsWith("agency,agency_name,year,scope,revision,recorded_at,"
                         "erased,t2.edition,t3.edition,t4.edition,"
                         "t2.regulations."));
  const std::vector<std::string> head = absl::StrSplit(lines[0], ',');
  std::set<std::string> reports;
  for (size_t i = 1; i < 7; ++i) {
    const std::vector<std::string> row = absl::StrSplit(lines[i], ',');
    ASSERT_EQ(row.size(), head.size());
    reports.insert(absl::StrCat(row[0], row[3]));
  }
  EXPECT_EQ(reports.size(), 6u);
  EXPECT_THAT(csv.err, AllOf(HasSubstr("6 reports, 0 erased"),
                             HasSubstr("the checkpoint only")));
  EXPECT_THAT(Figures({"--bom"}).out, StartsWith("\xEF\xBB\xBF"
                                                 "agency,"));
  const std::vector<std::string> own = absl::StrSplit(
      Figures({"--under", Code(2), "--scope", "own"}).out, "\r\n");
  EXPECT_EQ(own.size(), 4u);
  EXPECT_EQ(Figures({"--scope", "both"}).code, 2);
}

TEST_F(RollUpEndToEndTest, ABlankIsNoZeroInAnyFormat) {
  v1::Report report = ReportOf(4);
  SetFigure(kPenalties, std::nullopt, &report);
  SetFigure("t2.licences.decisions", 0, &report);
  Archive(Name(4), report);
  const Outcome json = Figures({"--under", Code(4), "--format", "jsonl"});
  ASSERT_THAT(json, Succeeded());
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"t2.penalties.decisions\": null"),
                              HasSubstr("\"t2.licences.decisions\": 0,")));
  EXPECT_EQ(Figures({"--under", Code(4), "--json"}).out, json.out);
  const auto row = FromJson<google::protobuf::Struct>(json.out);
  EXPECT_EQ(row.fields().at("agency").string_value(), Code(4));
  EXPECT_EQ(row.fields().at("year").number_value(), 2024);
  EXPECT_EQ(static_cast<int64_t>(row.fields().at(kFees).number_value()),
            *FigureOf(report, kFees));
}

TEST_F(RollUpEndToEndTest, WritesAWorkbookWholeOrNotAtAll) {
  const std::string file = dir_.Path("figures.xlsx");
  ASSERT_THAT(Figures({"--format", "xlsx", "-o", file}), Succeeded());
  const std::string bytes = ReadFile(file);
  const auto members = client::UnzipAll(bytes);
  const std::string sheet = members.at("xl/worksheets/sheet1.xml");
  EXPECT_THAT(
      sheet, AllOf(HasSubstr("t2.regulations."), HasSubstr("机关22"),
                   HasSubstr(absl::StrCat("<v>", *FigureOf(ReportOf(22), kFees),
                                          "</v>"))));
  // A failure leaves the file as it was.
  EXPECT_NE(
      Figures({"--format", "xlsx", "-o", file, "--force", "--under", Code(9)})
          .code,
      0);
  EXPECT_EQ(ReadFile(file), bytes);
  EXPECT_THAT(Figures({"-o", file}), RefusedWith(10, "FILE_EXISTS"));
  EXPECT_EQ(ReadFile(file), bytes);
}

}  // namespace
}  // namespace annals
