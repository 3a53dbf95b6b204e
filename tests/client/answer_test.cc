// The commands against a server that answers as it is told to, rightly or not.

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "client/fetch.h"
#include "client/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kRegional[] =
    "agencies/11410303005450123N/reports/2024-regional";

v1::Revision RevisionOf(const std::string& report, int number) {
  v1::Revision revision;
  revision.set_name(absl::StrCat(report, "/revisions/", number));
  revision.set_number(number);
  revision.set_etag("etag");
  return revision;
}

v1::Revision WithContent(v1::Revision revision, int year, v1::Scope scope) {
  v1::Report* report = revision.mutable_content()->mutable_report();
  report->set_title("the title");
  report->set_year(year);
  report->set_scope(scope);
  return revision;
}

class ScriptedService final : public v1::ReportService::Service {
 public:
  grpc::Status GetReport(grpc::ServerContext* /*context*/,
                         const v1::GetReportRequest* /*request*/,
                         v1::Revision* response) override {
    *response = revision;
    return error;
  }
  grpc::Status ListRevisions(grpc::ServerContext* /*context*/,
                             const v1::ListRevisionsRequest* /*request*/,
                             v1::ListRevisionsResponse* response) override {
    *response = revisions;
    return grpc::Status::OK;
  }
  grpc::Status ListReports(grpc::ServerContext* /*context*/,
                           const v1::ListReportsRequest* /*request*/,
                           v1::ListReportsResponse* response) override {
    *response = reports;
    return grpc::Status::OK;
  }
  grpc::Status DiffRevisions(grpc::ServerContext* /*context*/,
                             const v1::DiffRevisionsRequest* /*request*/,
                             v1::DiffRevisionsResponse* response) override {
    *response = diff;
    return grpc::Status::OK;
  }

  v1::Revision revision;
  v1::ListRevisionsResponse revisions;
  v1::ListReportsResponse reports;
  v1::DiffRevisionsResponse diff;
  grpc::Status error;
};

struct Outcome {
  ExitCode code = ExitCode::kInternal;
  std::string out;
  std::string err;
};

class AnswerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  Outcome Annals(std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "en", "--server",
                               absl::StrCat("127.0.0.1:", port_)});
    std::ostringstream out;
    std::ostringstream err;
    Surroundings surroundings;
    surroundings.environment = [](const std::string&) { return std::string(); };
    surroundings.out = &out;
    surroundings.err = &err;
    const ExitCode code = client::Run(std::move(words), surroundings);
    return {code, out.str(), err.str()};
  }

  void ExpectRefused(const std::vector<std::string>& words,
                     const std::string& expected, const std::string& found) {
    const Outcome outcome = Annals(words);
    EXPECT_EQ(outcome.code, ExitCode::kVerificationFailed) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("ANSWER_MISMATCH"),
                                   HasSubstr("expected " + expected),
                                   HasSubstr("found " + found)));
  }

  int port_ = 0;
  ScriptedService service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(AnswerTest, GetTakesTheRevisionAskedFor) {
  service_.revision =
      WithContent(RevisionOf(kReport, 3), 2024, v1::SCOPE_UNSPECIFIED);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"get", kReport},
        {"get", kReport, "--revision", "3"}}) {
    const Outcome outcome = Annals(words);
    EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("the title"));
  }
}

TEST_F(AnswerTest, GetRefusesAnotherReport) {
  service_.revision =
      WithContent(RevisionOf(kRegional, 1), 2024, v1::SCOPE_REGIONAL);
  const std::string found = absl::StrCat(kRegional, "/revisions/1");
  const std::string expected = absl::StrCat(kReport, "/revisions/");
  ExpectRefused({"get", kReport, "--revision", "3"}, absl::StrCat(expected, 3),
                found);
  ExpectRefused({"get", kReport}, expected, found);
  ExpectRefused({"get", kReport, "--format", "json"}, expected, found);
  ExpectRefused({"get", kReport, "--json"}, expected, found);
  ExpectRefused({"cells", kReport}, expected, found);
}

TEST_F(AnswerTest, GetRefusesAnotherNumber) {
  service_.revision =
      WithContent(RevisionOf(kReport, 2), 2024, v1::SCOPE_ORGAN);
  ExpectRefused({"get", kReport, "--revision", "3"}, "3", "2");
  ExpectRefused({"cells", kReport, "--revision", "3"}, "3", "2");
  service_.revision.set_number(3);
  ExpectRefused({"get", kReport, "--revision", "3"},
                absl::StrCat(kReport, "/revisions/3"),
                absl::StrCat(kReport, "/revisions/2"));
}

TEST_F(AnswerTest, GetRefusesAnAnswerWithoutContent) {
  service_.revision = RevisionOf(kReport, 3);
  ExpectRefused({"get", kReport}, absl::StrCat(kReport, "/revisions/3"), "-");
  service_.revision.mutable_content();
  ExpectRefused({"get", kReport}, absl::StrCat(kReport, "/revisions/3"), "-");
  service_.revision.Clear();
  ExpectRefused({"get", kReport}, kReport, "-");
}

TEST_F(AnswerTest, GetRefusesTheContentOfAnotherReport) {
  service_.revision =
      WithContent(RevisionOf(kReport, 3), 2023, v1::SCOPE_ORGAN);
  ExpectRefused({"get", kReport}, "2024", "2023");
  service_.revision =
      WithContent(RevisionOf(kReport, 3), 2024, v1::SCOPE_REGIONAL);
  ExpectRefused({"get", kReport}, "SCOPE_ORGAN", "SCOPE_REGIONAL");
}

TEST_F(AnswerTest, GetRefusesWhatWasRecordedLater) {
  service_.revision =
      WithContent(RevisionOf(kReport, 3), 2024, v1::SCOPE_ORGAN);
  service_.revision.mutable_recorded_at()->set_seconds(1800000000);
  ExpectRefused({"get", kReport, "--as-of", "2025-02-01T00:00:00+08:00"}, "≤",
                "2027");
  EXPECT_EQ(Annals({"get", kReport, "--as-of", "2028-02-01"}).code,
            ExitCode::kOk);
}

TEST_F(AnswerTest, HistoryRefusesRevisionsOfAnotherReport) {
  *service_.revisions.add_revisions() = RevisionOf(kReport, 2);
  EXPECT_EQ(Annals({"history", kReport}).code, ExitCode::kOk);
  *service_.revisions.add_revisions() = RevisionOf(kRegional, 1);
  ExpectRefused({"history", kReport}, kReport, kRegional);
}

TEST_F(AnswerTest, ListingsEndIfAPageTokenRepeats) {
  *service_.revisions.add_revisions() = RevisionOf(kReport, 2);
  service_.revisions.set_next_page_token("again");
  service_.reports.set_next_page_token("again");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"history", kReport}, {"list"}}) {
    const Outcome outcome = Annals(words);
    EXPECT_EQ(outcome.code, ExitCode::kVerificationFailed);
    EXPECT_THAT(outcome.err, HasSubstr("page token again twice"));
  }
}

TEST(PageTokensTest, EmptyPagesHaveAnEnd) {
  PageTokens tokens;
  int page = 0;
  const auto next = [&](int items) {
    return tokens.Add(absl::StrCat("page ", page++), items);
  };
  for (int i = 0; i < 100; ++i) EXPECT_THAT(next(0), IsOk());
  EXPECT_THAT(next(1), IsOk());
  for (int i = 0; i < 100; ++i) EXPECT_THAT(next(0), IsOk());
  EXPECT_THAT(next(0),
              StatusHasReason(absl::StatusCode::kDataLoss, "ANSWER_MISMATCH"));
  EXPECT_THAT(tokens.Add("", 0), IsOk());
}

TEST_F(AnswerTest, ListRefusesWhatWasNotAskedFor) {
  *service_.reports.add_revisions() = RevisionOf(kReport, 2);
  EXPECT_EQ(Annals({"list", "--year", "2024"}).code, ExitCode::kOk);
  ExpectRefused({"list", "--year", "2023"}, "2023", "2024");
  service_.reports.mutable_revisions(0)->set_name("elsewhere");
  ExpectRefused({"list"}, "agencies/", "elsewhere");
}

TEST_F(AnswerTest, DiffRefusesOtherSides) {
  *service_.diff.mutable_from() = RevisionOf(kReport, 1);
  *service_.diff.mutable_to() = RevisionOf(kReport, 3);
  const std::vector<std::string> asked = {"diff", kReport, "--from",
                                          "1",    "--to",  "3"};
  EXPECT_EQ(Annals(asked).code, ExitCode::kOk);
  ExpectRefused({"diff", kReport, "--from", "2"}, "2", "1");
  ExpectRefused({"diff", kReport, "--to", "2"}, "2", "3");
  ExpectRefused({"diff", kReport}, "2", "1");
  *service_.diff.mutable_from() = RevisionOf(kRegional, 1);
  ExpectRefused(asked, kReport, kRegional);
}

TEST_F(AnswerTest, NoEscapeSequenceReachesTheTerminal) {
  service_.revision =
      WithContent(RevisionOf(kReport, 3), 2024, v1::SCOPE_ORGAN);
  service_.revision.set_reason("why\x1b]0;title\x07\nrevision 9");
  service_.revision.mutable_actor()->set_subject("\x1b[2J");
  service_.revision.mutable_content()->mutable_report()->set_preface(
      "\u202eecaferp");
  const auto is_tamed = AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e")));
  for (const char* format : {"table", "text"}) {
    const Outcome outcome = Annals({"get", kReport, "--format", format});
    EXPECT_EQ(outcome.code, ExitCode::kOk);
    EXPECT_THAT(outcome.out, AllOf(is_tamed, HasSubstr("\\u202eecaferp")));
    EXPECT_THAT(
        outcome.err,
        AllOf(is_tamed, HasSubstr("why\\x1b]0;title\\x07\\nrevision 9")));
  }
  *service_.revisions.add_revisions() = service_.revision;
  EXPECT_THAT(Annals({"history", kReport}).out,
              AllOf(is_tamed, HasSubstr("\\x1b[2J")));
  // JSON has its own escapes, and loses nothing.
  EXPECT_THAT(Annals({"get", kReport, "--json"}).out,
              HasSubstr("\\u001b]0;title\\u0007\\nrevision 9"));
}

TEST_F(AnswerTest, NoEscapeSequenceOfAnErrorReachesTheTerminal) {
  service_.error = {grpc::StatusCode::NOT_FOUND, "no\x1b[2J\u202e"};
  const Outcome outcome = Annals({"get", kReport});
  EXPECT_EQ(outcome.code, ExitCode::kNotFound);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("no\\x1b[2J\\u202e"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace annals::client
