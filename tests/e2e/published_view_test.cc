// Who sees what is not published: the real programs over real TLS, where a
// policy demands that revisions are signed off.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/tls_fixture.h"
#include "tests/support/report_maker.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNote[] = "this is what is published";

// A client of all services with one certificate, or none.
struct Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel)
      : reports(v1::ReportService::NewStub(channel)),
        ledger(v1::LedgerService::NewStub(channel)),
        lives(v1::LifecycleService::NewStub(channel)) {}
  std::unique_ptr<v1::ReportService::Stub> reports;
  std::unique_ptr<v1::LedgerService::Stub> ledger;
  std::unique_ptr<v1::LifecycleService::Stub> lives;
};

class PublishedViewTest : public TlsEndToEndTest {
 protected:
  void SetUp() override {
    Start({"--allow_public"});
    ASSERT_THAT(Register(above_, ""), Succeeded());
    ASSERT_THAT(Register(office_, above_), Succeeded());
    ASSERT_THAT(Register(other_, above_), Succeeded());
    const std::string path = dir_.Path("policy.json");
    std::string policy =
        As(reviewer_, {"policy", "show", above_, "--format", "json"}).out;
    ASSERT_NE(policy.find('{'), std::string::npos);
    policy.replace(policy.find('{'), 1,
                   "{\"effective_after\": \"STEP_SIGNED_OFF\",");
    WriteFile(path, policy);
    ASSERT_THAT(As(reviewer_, {"policy", "set", above_, "--file", path,
                               "--reason", "本市规程"}),
                Succeeded());
  }

  Stubs StubsOf(const TestCertificate* who) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(pki_.authority());
    if (who != nullptr) {
      options.pem_cert_chain = ReadFile(who->certificate);
      options.pem_private_key = ReadFile(who->key);
    }
    return Stubs(grpc::CreateChannel(server_, grpc::SslCredentials(options)));
  }

  // Records a revision based on the one with that etag: its own.
  std::string Revise(const std::string& etag, uint64_t seed,
                     const TestCertificate& who, const std::string& code) {
    v1::SubmitRevisionRequest request;
    request.set_name(Report(code));
    *request.mutable_report() = MakeReport(seed, 2024);
    request.mutable_report()->set_etag(etag);
    request.set_reason(absl::StrCat("第", seed, "稿"));
    if (!etag.empty()) request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    request.set_request_id(
        absl::StrFormat("00000000-0000-4000-8000-%012x", next_request_++));
    v1::SubmitRevisionResponse response;
    grpc::ClientContext context;
    EXPECT_THAT(
        StubsOf(&who).reports->SubmitRevision(&context, request, &response),
        RpcOk());
    return response.revision().etag();
  }

  std::string Revise(const std::string& etag, uint64_t seed) {
    return Revise(etag, seed, clerk_, office_);
  }

  void Take(const TestCertificate& who, const std::string& step,
            const Words& more = {}) {
    Words words = {"step", Report(office_), step, "--reason", "已核"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_THAT(As(who, words), Succeeded()) << step;
  }

  void Publish() {
    Take(clerk_, "compiled");
    Take(chief_, "signed-off");
  }

  const TestCertificate chief_ = pki_.Client(office_, "submitter", "chief");
  const TestCertificate auditor_ = pki_.Client(other_, "auditor", "zhao");
  const TestCertificate archivist_ = pki_.Client(other_, "archivist", "sun");
  int next_request_ = 1;
};

TEST_F(PublishedViewTest, ADraftIsSeenByThoseConcerned) {
  Revise("", 1);
  const Words get = {"get", Report(office_)};
  for (const TestCertificate& who :
       {clerk_, chief_, reviewer_, auditor_, archivist_}) {
    const Outcome seen = As(who, get);
    EXPECT_THAT(seen, Succeeded()) << who.certificate;
    EXPECT_THAT(seen.err, Not(HasSubstr(kNote)));
  }
  for (const char* command : {"get", "history", "life", "verify", "blame"}) {
    for (const TestCertificate& who : {operator_, other_clerk_}) {
      EXPECT_THAT(As(who, {command, Report(office_)}),
                  RefusedWith(9, "REPORT_NOT_FOUND"))
          << command << who.certificate;
    }
    EXPECT_THAT(InPublic({command, Report(office_)}),
                RefusedWith(9, "REPORT_NOT_FOUND"))
        << command;
  }
  const Outcome list = InPublic({"list"});
  ASSERT_THAT(list, Succeeded());
  EXPECT_THAT(list.out, Not(HasSubstr(office_)));
  EXPECT_THAT(list.err, AllOf(HasSubstr(kNote), HasSubstr("no reports")));
  // Nor does an overseer's question help who is not concerned.
  EXPECT_THAT(As(operator_, {"status", "--year", "2024"}),
              RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(As(reviewer_, {"status", "--year", "2024", "--under", above_}),
              Succeeded());
}

TEST_F(PublishedViewTest, WhatIsPublishedIsProvedToThePublic) {
  const std::string first = Revise("", 1);
  Publish();
  for (const char* command : {"get", "history", "life", "verify", "blame"}) {
    const Outcome outcome = InPublic({command, Report(office_)});
    EXPECT_THAT(outcome, Succeeded()) << command;
    EXPECT_THAT(outcome.err, HasSubstr(kNote)) << command;
  }
  // A returned draft leaves a gap behind it, which is no broken history.
  const std::string second = Revise(first, 2);
  Take(reviewer_, "returned");
  Revise(second, 3);
  EXPECT_THAT(InPublic({"history", Report(office_)}).out,
              AllOf(HasSubstr("第1稿"), Not(HasSubstr("第2稿")),
                    Not(HasSubstr("第3稿"))));
  Publish();
  const Outcome history = InPublic({"history", Report(office_)});
  ASSERT_THAT(history, Succeeded());
  EXPECT_THAT(history.out, AllOf(HasSubstr("第1稿"), Not(HasSubstr("第2稿")),
                                 HasSubstr("第3稿"), HasSubstr("in effect 3")));
  EXPECT_THAT(history.err, AllOf(HasSubstr(kNote), HasSubstr("2 revisions")));
  const Outcome diff = InPublic({"diff", Report(office_)});
  ASSERT_THAT(diff, Succeeded());
  EXPECT_THAT(diff.out,
              AllOf(HasSubstr("revision 1"), HasSubstr("revision 3")));
  EXPECT_THAT(InPublic({"get", Report(office_), "--revision", "2"}),
              RefusedWith(9, "REVISION_NOT_FOUND"));
  EXPECT_THAT(
      InPublic({"history", Report(office_), "--cell", "t3.new_received.total"}),
      Succeeded());
  EXPECT_THAT(
      InPublic({"life", Report(office_), "--correction-statement", "-"}),
      Succeeded());
  // Who is concerned sees the gap filled.
  EXPECT_THAT(As(clerk_, {"history", Report(office_)}).out, HasSubstr("第2稿"));
  EXPECT_THAT(As(other_clerk_, {"history", Report(office_)}).err,
              HasSubstr(kNote));
}

TEST_F(PublishedViewTest, AWithdrawalAndAnErasureLeaveTheirTrace) {
  const std::string first = Revise("", 1);
  Publish();
  Revise(first, 2);
  Publish();
  Take(reviewer_, "withdrawn");
  EXPECT_THAT(InPublic({"get", Report(office_)}),
              RefusedWith(6, "CONTENT_WITHDRAWN"));
  EXPECT_THAT(InPublic({"get", Report(office_), "--in-effect"}),
              RefusedWith(9, "NOT_IN_EFFECT"));
  EXPECT_THAT(InPublic({"diff", Report(office_)}),
              RefusedWith(6, "CONTENT_WITHDRAWN"));
  const Outcome history = InPublic({"history", Report(office_)});
  ASSERT_THAT(history, Succeeded());
  EXPECT_THAT(history.out, AllOf(HasSubstr("it was withdrawn (entry"),
                                 HasSubstr("none in effect")));
  const Outcome verified = InPublic({"verify", Report(office_)});
  ASSERT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out, HasSubstr("Verified, but for the content"));
  EXPECT_THAT(InPublic({"get", Report(office_), "--revision", "1"}),
              Succeeded());
  EXPECT_THAT(As(clerk_, {"get", Report(office_)}), Succeeded());
  // The reviewer erases what should never have been published.
  ASSERT_THAT(
      As(reviewer_, {"erase", Report(office_), "--revision", "1", "--reason",
                     "含个人信息", "--legal-basis", "条例第十五条"}),
      Succeeded());
  EXPECT_THAT(InPublic({"history", Report(office_)}).out,
              AllOf(HasSubstr("its content was erased by"),
                    HasSubstr("it was withdrawn (entry")));
  EXPECT_THAT(InPublic({"get", Report(office_), "--revision", "1"}),
              RefusedWith(6, "CONTENT_ERASED"));
  Take(clerk_, "restored", {"--published-on", "2025-03-01"});
  EXPECT_THAT(InPublic({"get", Report(office_)}), Succeeded());
}

// The entry is not shown to the operator, and nobody has lied.
TEST_F(PublishedViewTest, WhoErasesADraftIsToldThatItIsNotShown) {
  Revise("", 1);
  const Outcome erased =
      As(operator_, {"erase", Report(office_), "--revision", "1", "--reason",
                     "误报", "--legal-basis", "条例第十五条"});
  EXPECT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.err, HasSubstr("not published and not shown to you"));
}

TEST_F(PublishedViewTest, AWatchTellsWhenARevisionIsPublished) {
  Revise("", 1);
  const Words watch = {"watch", "--from", "0", "--count", "5"};
  Take(clerk_, "compiled");
  // Three agencies, a policy; then what makes the revision public.
  Take(chief_, "signed-off");
  Revise("", 1, other_clerk_, other_);
  const Outcome seen = InPublic(watch);
  ASSERT_THAT(seen, Succeeded());
  EXPECT_THAT(seen.err, HasSubstr("the server sends what is published"));
  EXPECT_THAT(seen.out,
              AllOf(HasSubstr("revision 1"), Not(HasSubstr(Report(other_)))));
  const Outcome later = InPublic({"watch", "--from", "5", "--count", "1"});
  ASSERT_THAT(later, Succeeded());
  EXPECT_THAT(later.out, HasSubstr("revision 1: signed off"));
  // What needs every entry says so, and does not cry wolf.
  EXPECT_THAT(InPublic({"audit"}), RefusedWith(6, "PUBLISHED_ONLY"));
  EXPECT_THAT(InPublic({"export", dir_.Path("export")}),
              RefusedWith(6, "PUBLISHED_ONLY"));
  EXPECT_THAT(As(auditor_, {"audit"}), Succeeded());
}

// Everything that the public can ask, as bytes.
class HiddenDraftTest : public PublishedViewTest {
 protected:
  template <typename Stub, typename Request, typename Response>
  void Ask(const std::unique_ptr<Stub>& stub,
           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                        Response*),
           const Request& request, Response* response) {
    grpc::ClientContext context;
    const grpc::Status status =
        (stub.get()->*method)(&context, request, response);
    answers_.push_back(
        absl::StrCat(Request::descriptor()->name(), " ", status.error_code(),
                     " ", status.error_message(), " ", status.error_details(),
                     " ", response->SerializeAsString()));
  }

  void AskPages(const Stubs& stubs, const std::string& report) {
    v1::ListReportsRequest list;
    list.set_parent("agencies/-");
    list.set_page_size(1);
    v1::ListReportsResponse page;
    do {
      Ask(stubs.reports, &v1::ReportService::Stub::ListReports, list, &page);
      list.set_page_token(page.next_page_token());
    } while (!list.page_token().empty());
    v1::ListRevisionsRequest revisions;
    revisions.set_parent(report);
    v1::ListRevisionsResponse history;
    Ask(stubs.reports, &v1::ReportService::Stub::ListRevisions, revisions,
        &history);
  }

  std::vector<std::string> Answers(const std::string& report) {
    const Stubs stubs = StubsOf(nullptr);
    answers_.clear();
    AskPages(stubs, report);
    for (const char* suffix : {"", "/revisions/1", "/revisions/2"}) {
      v1::GetReportRequest get;
      get.set_name(report + suffix);
      v1::Revision revision;
      Ask(stubs.reports, &v1::ReportService::Stub::GetReport, get, &revision);
    }
    v1::DiffRevisionsRequest diff;
    diff.set_name(report);
    v1::DiffRevisionsResponse difference;
    Ask(stubs.reports, &v1::ReportService::Stub::DiffRevisions, diff,
        &difference);
    v1::ListCellValuesRequest cell;
    cell.set_name(report);
    cell.set_cell("t3.new_received.total");
    v1::ListCellValuesResponse values;
    Ask(stubs.reports, &v1::ReportService::Stub::ListCellValues, cell, &values);
    v1::GetLifecycleRequest life;
    life.set_name(report);
    v1::Lifecycle standing;
    Ask(stubs.lives, &v1::LifecycleService::Stub::GetLifecycle, life,
        &standing);
    return answers_;
  }

  std::vector<std::string> answers_;
};

TEST_F(HiddenDraftTest, NothingTellsThatADraftIsThere) {
  const std::string first = Revise("", 1);
  Publish();
  const std::vector<std::string> before = Answers(Report(office_));
  const std::vector<std::string> none = Answers(Report(other_));
  Revise(first, 2);
  Take(clerk_, "compiled");
  Take(reviewer_, "returned");
  Revise("", 1, other_clerk_, other_);
  EXPECT_EQ(Answers(Report(office_)), before);
  EXPECT_EQ(Answers(Report(other_)), none);
  // A hidden entry is refused alike, whatever it says.
  const Stubs stubs = StubsOf(nullptr);
  const uint64_t size = 11;
  std::vector<std::string> refused;
  for (uint64_t index = 7; index < size; ++index) {
    v1::GetEntryRequest request;
    request.set_index(index);
    grpc::ClientContext context;
    v1::Entry entry;
    const grpc::Status status =
        stubs.ledger->GetEntry(&context, request, &entry);
    EXPECT_EQ(ReasonOf(status), "ENTRY_NOT_PUBLISHED") << index;
    refused.push_back(absl::StrReplaceAll(status.error_message(),
                                          {{absl::StrCat(index), "N"}}));
  }
  EXPECT_THAT(refused, ::testing::Each(refused.front()));
}

}  // namespace
}  // namespace annals
