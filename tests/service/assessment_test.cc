// Reassessment, and what a report is checked against, through a real server on
// a ledger in memory.

#include "service/assessment.h"

#include <memory>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/leaf_codec.h"
#include "service/report/check.h"
#include "service/server.h"
#include "tests/report/finding_support.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/memory_store.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AssessmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    harness_.UseDecoder(&codec_);
    ASSERT_OK(harness_.Open());
    auto server =
        Server::Create(ServerOptions(), &harness_.ledger(), &identities_);
    ASSERT_OK(server);
    server_ = *std::move(server);
    const auto channel =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                            grpc::InsecureChannelCredentials());
    reports_ = v1::ReportService::NewStub(channel);
    agencies_ = v1::AgencyService::NewStub(channel);
    register_ = std::make_unique<AgencyRegister>(&harness_.ledger());
    lives_ = std::make_unique<LifeReader>(&harness_.ledger(),
                                          ledger::Clock::System());
    publications_ =
        std::make_unique<Publications>(&harness_.ledger(), lives_.get());
    assessor_ = std::make_unique<Assessor>(&harness_.ledger(), register_.get(),
                                           publications_.get());
  }

  void TearDown() override { server_->Shutdown(absl::Seconds(5)); }

  void Register(const std::string& code, const std::string& division,
                v1::AgencyKind kind, const std::string& supervisor = "") {
    v1::CreateAgencyRequest request;
    request.set_agency_id(code);
    v1::Agency* agency = request.mutable_agency();
    agency->set_display_name("机关" + code.substr(15));
    agency->set_division_code(division);
    agency->set_kind(kind);
    agency->set_supervisor(supervisor.empty() ? "" : "agencies/" + supervisor);
    request.set_reason("首次登记");
    request.set_request_id(NewRequestId());
    grpc::ClientContext context;
    v1::Agency created;
    EXPECT_THAT(agencies_->CreateAgency(&context, request, &created), GrpcOk());
  }

  // Submits and acknowledges whatever is warned of.
  v1::SubmitRevisionResponse Submit(const std::string& name,
                                    const v1::Report& report,
                                    const std::string& etag = "") {
    v1::CheckReportRequest check;
    check.set_name(name);
    *check.mutable_report() = report;
    v1::CheckReportResponse checked;
    grpc::ClientContext check_context;
    EXPECT_THAT(reports_->CheckReport(&check_context, check, &checked),
                GrpcOk());
    v1::SubmitRevisionRequest request;
    request.set_name(name);
    *request.mutable_report() = report;
    request.mutable_report()->set_etag(etag);
    request.set_reason("年度报告");
    if (!etag.empty()) request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    request.set_request_id(NewRequestId());
    std::set<std::string> acknowledged;
    for (const v1::Finding& finding : checked.check().findings()) {
      if (finding.outcome() != v1::OUTCOME_FAIL ||
          finding.severity() != v1::SEVERITY_WARNING ||
          !acknowledged.insert(finding.rule_id()).second) {
        continue;
      }
      v1::Acknowledgement* acknowledgement = request.add_acknowledgements();
      acknowledgement->set_rule_id(finding.rule_id());
      acknowledgement->set_reason("已核对");
    }
    v1::SubmitRevisionResponse response;
    grpc::ClientContext context;
    EXPECT_THAT(reports_->SubmitRevision(&context, request, &response),
                GrpcOk());
    return response;
  }

  grpc::Status Assess(const std::string& name, v1::Reassessment* answer) {
    v1::AssessReportRequest request;
    request.set_name(name);
    grpc::ClientContext context;
    return reports_->AssessReport(&context, request, answer);
  }

  v1::Reassessment Assess(const std::string& name) {
    v1::Reassessment answer;
    EXPECT_THAT(Assess(name, &answer), GrpcOk());
    return answer;
  }

  static std::string NameOf(const std::string& code, int year,
                            bool is_regional = false) {
    return absl::StrCat("agencies/", code, "/reports/", year,
                        is_regional ? "-regional" : "");
  }

  static std::set<std::string> RuleIds(
      const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
    std::set<std::string> ids;
    for (const v1::Finding& finding : findings) ids.insert(finding.rule_id());
    return ids;
  }

  static void Set(const char* id, int64_t value, v1::Report* report) {
    report::SetCell(report::CellOf(id), value, report);
  }

  LeafCodec codec_;
  LoopbackIdentitySource identities_;
  ledger::MemoryStore store_;
  ledger::MemoryMark mark_;
  ledger::LedgerHarness harness_{&store_, &mark_};
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::ReportService::Stub> reports_;
  std::unique_ptr<v1::AgencyService::Stub> agencies_;
  std::unique_ptr<AgencyRegister> register_;
  std::unique_ptr<LifeReader> lives_;
  std::unique_ptr<Publications> publications_;
  std::unique_ptr<Assessor> assessor_;
  const std::string code_ = MakeAgencyCode(1);
};

// A report whose prose is its own, so that no rule on repetition speaks.
v1::Report Plain(int year) {
  v1::Report report = MakeReport(5, year);
  v1::Overview* overview = report.mutable_s1_overview();
  overview->set_introduction(absl::StrCat("概述", year));
  overview->set_s1_1_proactive("主动公开");
  overview->set_s1_2_on_request("依申请公开");
  overview->set_s1_3_information_management("信息管理");
  overview->set_s1_4_platform("平台建设");
  overview->set_s1_5_supervision("监督保障");
  report.set_s5_problems(year == 2023 ? "解读材料形式较为单一有待丰富"
                                      : "个别栏目更新不够及时需要改进");
  return report;
}

TEST_F(AssessmentTest, FindsNothingNewInWhatWasJustRecorded) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  const auto recorded = Submit(NameOf(code_, 2024), Plain(2024));
  const v1::Reassessment answer = Assess(NameOf(code_, 2024));
  EXPECT_EQ(answer.revision(), NameOf(code_, 2024) + "/revisions/1");
  EXPECT_EQ(answer.check().SerializeAsString(),
            recorded.check().SerializeAsString());
  EXPECT_THAT(answer.appeared(), IsEmpty());
  EXPECT_THAT(answer.resolved(), IsEmpty());
  EXPECT_EQ(Assess(NameOf(code_, 2024) + "/revisions/1").SerializeAsString(),
            answer.SerializeAsString());
}

TEST_F(AssessmentTest, RefusesWhatIsNotThere) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  v1::Reassessment answer;
  EXPECT_THAT(Assess(NameOf(code_, 2024), &answer),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  Submit(NameOf(code_, 2024), Plain(2024));
  EXPECT_THAT(Assess(NameOf(code_, 2024) + "/revisions/2", &answer),
              GrpcError(StatusCode::NOT_FOUND, "REVISION_NOT_FOUND"));
  for (const char* name : {"", "agencies", "reports/2024"}) {
    EXPECT_THAT(Assess(name, &answer), GrpcError(StatusCode::INVALID_ARGUMENT,
                                                 "INVALID_RESOURCE_NAME"));
  }
  EXPECT_THAT(Assess(NameOf(code_, 2024) + "/revisions/0", &answer),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
}

TEST_F(AssessmentTest, ACorrectionSpeaksOfTheFollowingYear) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  v1::Report last_year = Plain(2023);
  v1::Report this_year = Plain(2024);
  // What was carried on and in force fits.
  for (const report::CellInfo& cell : report::Schema::Get().cells()) {
    if (!absl::StartsWith(cell.id, "t3.carried_over_in.")) continue;
    const std::string out = "t3.carried_over_out." + cell.figure->name();
    Set(out.c_str(), *report::Figure(this_year, cell.id), &last_year);
  }
  for (const report::CellInfo& cell : report::Schema::Get().cells()) {
    if (!absl::StartsWith(cell.id, "t3.new_received.")) continue;
    const auto sum = [&](const char* row) {
      return *report::Figure(
          last_year, absl::StrCat("t3.", row, ".", cell.figure->name()));
    };
    Set(cell.id.c_str(),
        sum("total_processed") + sum("carried_over_out") -
            sum("carried_over_in"),
        &last_year);
  }
  const auto first = Submit(NameOf(code_, 2023), last_year);
  Submit(NameOf(code_, 2024), this_year);
  EXPECT_THAT(Assess(NameOf(code_, 2024)).appeared(), IsEmpty());

  v1::Report corrected = last_year;
  Set("t3.carried_over_out.natural_person",
      *report::Figure(last_year, "t3.carried_over_out.natural_person") + 1,
      &corrected);
  const auto view = report::ReportView::Of(corrected);
  const report::ReportName name{code_, 2023, v1::SCOPE_ORGAN};
  // Before it is recorded.
  ASSERT_OK_AND_ASSIGN(const auto following,
                       assessor_->FollowingYear(view, name));
  ASSERT_TRUE(following.has_value());
  EXPECT_EQ(following->revision(), NameOf(code_, 2024) + "/revisions/1");
  EXPECT_THAT(RuleIds(following->appeared()),
              UnorderedElementsAre("Y-CARRY-natural_person"));
  EXPECT_THAT(following->resolved(), IsEmpty());
  // The ledger still has the other one.
  EXPECT_THAT(Assess(NameOf(code_, 2024)).appeared(), IsEmpty());
  // Corrected in full, it is recorded, and then the ledger says the same.
  Set("t3.carried_over_out.total",
      *report::Figure(last_year, "t3.carried_over_out.total") + 1, &corrected);
  Set("t3.new_received.natural_person",
      *report::Figure(last_year, "t3.new_received.natural_person") + 1,
      &corrected);
  Set("t3.new_received.total",
      *report::Figure(last_year, "t3.new_received.total") + 1, &corrected);
  Submit(NameOf(code_, 2023), corrected, first.revision().etag());
  const v1::Reassessment answer = Assess(NameOf(code_, 2024));
  EXPECT_THAT(RuleIds(answer.appeared()),
              UnorderedElementsAre("Y-CARRY-natural_person", "Y-CARRY-total"));
  ASSERT_OK_AND_ASSIGN(
      const auto again,
      assessor_->FollowingYear(report::ReportView::Of(corrected), name));
  EXPECT_EQ(again->SerializeAsString(), answer.SerializeAsString());
  // Set right again, what was recorded with the following year is resolved.
  const auto back = report::ReportView::Of(last_year);
  ASSERT_OK_AND_ASSIGN(const auto restored,
                       assessor_->FollowingYear(back, name));
  EXPECT_THAT(restored->appeared(), IsEmpty());
}

TEST_F(AssessmentTest, TellsWhatACorrectionResolves) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  v1::Report last_year = Plain(2023);
  const auto first = Submit(NameOf(code_, 2023), last_year);
  v1::Report this_year = Plain(2024);
  const int64_t in_force =
      *report::Figure(last_year, "t2.normative_documents.in_force");
  Set("t2.normative_documents.issued", 1, &this_year);
  Set("t2.normative_documents.repealed", 0, &this_year);
  Set("t2.normative_documents.in_force", in_force + 2, &this_year);
  Submit(NameOf(code_, 2024), this_year);
  Set("t2.normative_documents.in_force", in_force + 1, &last_year);
  ASSERT_OK_AND_ASSIGN(
      const auto following,
      assessor_->FollowingYear(report::ReportView::Of(last_year),
                               {code_, 2023, v1::SCOPE_ORGAN}));
  EXPECT_THAT(RuleIds(following->resolved()), ElementsAre("Y-DOC"));
  EXPECT_THAT(following->appeared(), IsEmpty());
  // Another agency, year or scope is not concerned.
  for (const report::ReportName& other :
       {report::ReportName{code_, 2024, v1::SCOPE_ORGAN},
        report::ReportName{code_, 2022, v1::SCOPE_REGIONAL},
        report::ReportName{MakeAgencyCode(2), 2023, v1::SCOPE_ORGAN}}) {
    ASSERT_OK_AND_ASSIGN(
        const auto none,
        assessor_->FollowingYear(report::ReportView::Of(last_year), other));
    EXPECT_FALSE(none.has_value());
  }
}

// A correction may leave a finding there, with other figures.
TEST_F(AssessmentTest, TellsWhatACorrectionMakesFailOtherwise) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  v1::Report last_year = Plain(2023);
  Submit(NameOf(code_, 2023), last_year);
  v1::Report this_year = Plain(2024);
  const int64_t in_force =
      *report::Figure(last_year, "t2.normative_documents.in_force");
  Set("t2.normative_documents.issued", 1, &this_year);
  Set("t2.normative_documents.repealed", 0, &this_year);
  Set("t2.normative_documents.in_force", in_force + 2, &this_year);
  Submit(NameOf(code_, 2024), this_year);
  const auto following = [&](int64_t now_in_force) {
    Set("t2.normative_documents.in_force", now_in_force, &last_year);
    const auto answer = assessor_->FollowingYear(
        report::ReportView::Of(last_year), {code_, 2023, v1::SCOPE_ORGAN});
    EXPECT_OK(answer);
    return **answer;
  };
  // Cured, and then broken again, as is told against what was recorded.
  EXPECT_THAT(following(in_force).changed(), IsEmpty());
  EXPECT_THAT(following(in_force + 1).changed(), IsEmpty());
  const v1::Reassessment otherwise = following(in_force + 3);
  EXPECT_THAT(otherwise.appeared(), IsEmpty());
  EXPECT_THAT(otherwise.resolved(), IsEmpty());
  ASSERT_EQ(otherwise.changed_size(), 1);
  const v1::FindingChange& change = otherwise.changed(0);
  EXPECT_EQ(change.recorded().rule_id(), "Y-DOC");
  EXPECT_EQ(change.recorded().right().value(), in_force + 1);
  EXPECT_THAT(change.recorded().message().zh(), HasSubstr("相差 1"));
  EXPECT_EQ(change.now().rule_id(), "Y-DOC");
  EXPECT_EQ(change.now().right().value(), in_force + 4);
  EXPECT_THAT(change.now().message().zh(), HasSubstr("相差 2"));
}

// On its revisions and on the steps, by which another takes effect.
TEST_F(AssessmentTest, ReliesOnLastYearsReport) {
  Register(code_, "410303", v1::AGENCY_KIND_DEPARTMENT);
  const report::ReportName name{code_, 2024, v1::SCOPE_ORGAN};
  const auto view = report::ReportView::Of(Plain(2024));
  ASSERT_OK_AND_ASSIGN(const Assessment without, assessor_->Assess(view, name));
  ASSERT_EQ(without.relied_on.size(), 2u);
  EXPECT_EQ(without.relied_on[0].stream, NameOf(code_, 2023));
  EXPECT_EQ(without.relied_on[0].length, 0u);
  EXPECT_EQ(without.relied_on[1].stream, StepStream(NameOf(code_, 2023)));
  EXPECT_EQ(without.relied_on[1].length, 0u);
  Submit(NameOf(code_, 2023), Plain(2023));
  ASSERT_OK_AND_ASSIGN(const Assessment with, assessor_->Assess(view, name));
  EXPECT_EQ(with.relied_on[0].length, 1u);
  EXPECT_EQ(with.relied_on[1].length, 0u);
}

TEST_F(AssessmentTest, AsksTheRegisterWhoMayMakeRules) {
  const std::string city = MakeAgencyCode(2);
  Register(code_, "410303", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  Register(city, "410300", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  v1::Report report = Plain(2024);
  Set("t2.regulations.in_force", 3, &report);
  const auto outcome = [&](const std::string& code) {
    return report::OutcomeOf(assessor_
                                 ->Assess(report::ReportView::Of(report),
                                          {code, 2024, v1::SCOPE_ORGAN})
                                 ->check,
                             "P-REG-POWER");
  };
  EXPECT_EQ(outcome(code_), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome(city), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome(MakeAgencyCode(3)), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST_F(AssessmentTest, AddsUpWhatTheRegisterSupervises) {
  const std::string bureau = MakeAgencyCode(2);
  const std::string district = MakeAgencyCode(3);
  const std::string town = MakeAgencyCode(4);
  Register(code_, "410300", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  v1::Report region = Plain(2024);
  region.set_scope(v1::SCOPE_REGIONAL);
  const auto check = [&] {
    return assessor_
        ->Assess(report::ReportView::Of(region),
                 {code_, 2024, v1::SCOPE_REGIONAL})
        ->check;
  };
  // Nobody is registered under it.
  EXPECT_EQ(report::OutcomeOf(check(), "R-MISSING"),
            v1::OUTCOME_NOT_ASSESSABLE);
  Register(bureau, "410300", v1::AGENCY_KIND_DEPARTMENT, code_);
  Register(district, "410303", v1::AGENCY_KIND_GOVERNMENT_OFFICE, code_);
  Register(town, "410303001", v1::AGENCY_KIND_TOWNSHIP, district);
  EXPECT_THAT(report::FindingOf(check(), "R-MISSING").missing_reports(),
              UnorderedElementsAre(NameOf(code_, 2024), NameOf(bureau, 2024),
                                   NameOf(district, 2024), NameOf(town, 2024)));
  Submit(NameOf(code_, 2024), Plain(2024));
  Submit(NameOf(bureau, 2024), Plain(2024));
  Submit(NameOf(district, 2024), Plain(2024));
  // The town's, which no regional report of the district speaks of yet.
  v1::Report town_report = Plain(2024);
  const std::string id = "t2.penalties.decisions";
  Set(id.c_str(), 0, &town_report);
  Submit(NameOf(town, 2024), town_report);
  const int64_t each = *report::Figure(region, id);
  Set(id.c_str(), each * 3, &region);
  EXPECT_EQ(report::OutcomeOf(check(), "R-MISSING"), v1::OUTCOME_PASS);
  EXPECT_EQ(report::OutcomeOf(check(), "R-SUM-" + id), v1::OUTCOME_PASS);
  EXPECT_EQ(report::OutcomeOf(check(), "R-SUM-t2.licences.decisions"),
            v1::OUTCOME_FAIL);
  // The district's regional report counts, and not its own beside it, nor the
  // town's.
  v1::Report district_region = Plain(2024);
  district_region.set_scope(v1::SCOPE_REGIONAL);
  Set(id.c_str(), each + 100, &district_region);
  Submit(NameOf(district, 2024, /*is_regional=*/true), district_region);
  const v1::Finding finding = report::FindingOf(check(), "R-SUM-" + id);
  EXPECT_EQ(finding.right().value(), each * 3 + 100);
  std::set<std::string> parts;
  for (const v1::Term& term : finding.right().terms()) {
    parts.insert(term.report());
  }
  EXPECT_EQ(parts, (std::set<std::string>{
                       NameOf(code_, 2024), NameOf(bureau, 2024),
                       NameOf(district, 2024, /*is_regional=*/true)}));
  // A reassessment looks at them as they are now.
  const auto recorded = Submit(NameOf(code_, 2024, true), region);
  EXPECT_THAT(Assess(NameOf(code_, 2024, true)).appeared(), IsEmpty());
  const std::string late = MakeAgencyCode(5);
  Register(late, "410300", v1::AGENCY_KIND_DEPARTMENT, code_);
  EXPECT_THAT(RuleIds(Assess(NameOf(code_, 2024, true)).appeared()),
              ElementsAre("R-MISSING"));
}

TEST_F(AssessmentTest, TheSupervisedAreListedByCode) {
  Register(code_, "410300", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  for (const int n : {4, 2, 3}) {
    Register(MakeAgencyCode(n), "410300", v1::AGENCY_KIND_DEPARTMENT, code_);
  }
  ASSERT_OK_AND_ASSIGN(const auto all, register_->ListSupervised(code_, 10));
  ASSERT_EQ(all.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(all[static_cast<size_t>(i)].name(),
              "agencies/" + MakeAgencyCode(i + 2));
  }
  ASSERT_OK_AND_ASSIGN(const auto two, register_->ListSupervised(code_, 2));
  EXPECT_EQ(two.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto none,
                       register_->ListSupervised(MakeAgencyCode(2), 10));
  EXPECT_THAT(none, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto found, register_->Find(MakeAgencyCode(9)));
  EXPECT_FALSE(found.has_value());
}

}  // namespace
}  // namespace annals
