// DocumentService and ArchiveReport, through a real server.

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/document_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::HasSubstr;

class ArchiveTest : public ServerTest {
 protected:
  void SetUp() override {
    options_.server.document_bytes_max = 100000;
    ServerTest::SetUp();
    documents_ = v1::DocumentService::NewStub(channel_);
    ASSERT_THAT(Register(code_), GrpcOk());
  }

  static v1::RecordDocumentRequest Document(const std::string& data) {
    v1::RecordDocumentRequest request;
    request.set_data(data);
    request.set_media_type("text/html");
    request.set_file_name("2023年度报告.html");
    request.set_reason("从政府网站采集");
    request.set_request_id(NewRequestId());
    return request;
  }

  grpc::Status RecordDocument(const v1::RecordDocumentRequest& request,
                              v1::Document* document,
                              const std::string& actor = "zhang") {
    return Call(documents_, &v1::DocumentService::Stub::RecordDocument, request,
                document, actor);
  }

  grpc::Status GetDocument(const std::string& name, v1::Document* document) {
    v1::GetDocumentRequest request;
    request.set_name(name);
    request.set_include_data(true);
    return Call(documents_, &v1::DocumentService::Stub::GetDocument, request,
                document);
  }

  v1::ArchiveReportRequest Archival(uint64_t seed) const {
    v1::ArchiveReportRequest request;
    request.set_name(ReportOf(code_));
    *request.mutable_report() = MakeReport(seed, 2024);
    request.set_reason("从政府网站采集");
    request.set_request_id(NewRequestId());
    return request;
  }

  grpc::Status Archive(const v1::ArchiveReportRequest& request,
                       v1::SubmitRevisionResponse* response) {
    return Call(reports_, &v1::ReportService::Stub::ArchiveReport, request,
                response);
  }

  static std::string NameOf(const std::string& data) {
    return absl::StrCat(
        "documents/",
        absl::BytesToHexString(ledger::AsStringView(ledger::Sha256(data))));
  }

  static void State(const std::string& data,
                    v1::ArchiveReportRequest* request) {
    request->set_document(NameOf(data));
    request->mutable_report()->mutable_publication()->set_source_sha256(
        ledger::HashBytes(ledger::Sha256(data)));
  }

  // Breaks the arithmetic of table three.
  static void Break(v1::Report* report) {
    auto* total = report->mutable_t3()->mutable_new_received();
    total->set_total(total->total() + 1);
  }

  const std::string code_ = MakeAgencyCode(1);
  std::unique_ptr<v1::DocumentService::Stub> documents_;
};

TEST_F(ArchiveTest, KeepsADocumentByItsHash) {
  const std::string data("<html>\0\xff</html>", 15);
  v1::Document document;
  ASSERT_THAT(RecordDocument(Document(data), &document), GrpcOk());
  EXPECT_EQ(document.name(), NameOf(data));
  EXPECT_EQ(document.entry_index(), 1u);
  EXPECT_EQ(document.description().size(), 15);
  EXPECT_TRUE(document.data().empty());
  Restart();
  documents_ = v1::DocumentService::NewStub(channel_);
  v1::Document read;
  ASSERT_THAT(GetDocument(NameOf(data), &read), GrpcOk());
  EXPECT_EQ(read.data(), data);
  EXPECT_EQ(read.description().media_type(), "text/html");
  EXPECT_EQ(read.description().file_name(), "2023年度报告.html");
  EXPECT_EQ(read.actor().subject(), "local:zhang");
}

TEST_F(ArchiveTest, RecordsADocumentOnce) {
  v1::Document first;
  ASSERT_THAT(RecordDocument(Document("page"), &first), GrpcOk());
  const uint64_t size = LedgerSize();
  v1::Document again;
  ASSERT_THAT(RecordDocument(Document("page"), &again, "li"), GrpcOk());
  EXPECT_EQ(again.entry_index(), first.entry_index());
  EXPECT_EQ(again.actor().subject(), "local:zhang");
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(ArchiveTest, RefusesADocumentThatIsMalformed) {
  using Change = void (*)(v1::RecordDocumentRequest*);
  const struct {
    Change change;
    const char* reason;
  } cases[] = {
      {[](auto* r) { r->clear_data(); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_data(std::string(100001, 'x')); },
       "DOCUMENT_TOO_LARGE"},
      {[](auto* r) { r->set_media_type("html"); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_media_type("text/html; charset=x"); },
       "INVALID_VALUE"},
      {[](auto* r) { r->set_media_type("text/"); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_file_name("a/b"); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_file_name(".."); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_file_name(""); }, "MISSING_FIELD"},
      {[](auto* r) { r->set_reason(""); }, "MISSING_FIELD"},
      {[](auto* r) { r->set_request_id("1"); }, "INVALID_REQUEST_ID"},
  };
  const uint64_t size = LedgerSize();
  for (const auto& c : cases) {
    v1::RecordDocumentRequest request = Document("page");
    c.change(&request);
    v1::Document document;
    EXPECT_THAT(RecordDocument(request, &document),
                GrpcError(StatusCode::INVALID_ARGUMENT, c.reason));
  }
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(ArchiveTest, RefusesARequestLargerThanItsMethodTakes) {
  v1::RecordDocumentRequest request = Document(std::string(3000000, 'x'));
  v1::Document document;
  const grpc::Status refused = RecordDocument(request, &document);
  EXPECT_THAT(refused,
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
  EXPECT_THAT(refused.error_message(), HasSubstr("--document_bytes_max"));
  options_.server.document_bytes_max = 8 << 20;
  Restart();
  documents_ = v1::DocumentService::NewStub(channel_);
  EXPECT_THAT(RecordDocument(request, &document), GrpcOk());
  v1::SubmitRevisionRequest submission = FirstSubmission(code_, 7);
  submission.set_reason(std::string(3000000, 'x'));
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(submission, &response),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
}

TEST_F(ArchiveTest, ADocumentThatIsNotRecordedIsNotFound) {
  v1::Document document;
  EXPECT_THAT(GetDocument(NameOf("page"), &document),
              GrpcError(StatusCode::NOT_FOUND, "DOCUMENT_NOT_FOUND"));
  for (const char* name : {"documents/12", "documents/", "agencies/1"}) {
    EXPECT_THAT(
        GetDocument(name, &document),
        GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  }
}

TEST_F(ArchiveTest, RecordsWhatWasPublishedHoweverWrong) {
  v1::Document document;
  ASSERT_THAT(RecordDocument(Document("page"), &document), GrpcOk());
  v1::ArchiveReportRequest request = Archival(7);
  Break(request.mutable_report());
  State("page", &request);
  v1::SubmitRevisionResponse response;
  ASSERT_THAT(Archive(request, &response), GrpcOk());
  const v1::Revision& revision = response.revision();
  EXPECT_TRUE(revision.as_published());
  EXPECT_EQ(revision.document(), NameOf("page"));
  EXPECT_GT(revision.error_count(), 0);
  EXPECT_EQ(revision.acknowledged_warning_count(), 0);
  v1::Revision read;
  ASSERT_THAT(Get(ReportOf(code_), &read), GrpcOk());
  EXPECT_TRUE(read.as_published());
  EXPECT_EQ(read.error_count(), revision.error_count());
  EXPECT_GT(read.content().check().failed_count(), 0);
  EXPECT_EQ(read.content().report().t3().new_received().total(),
            request.report().t3().new_received().total());
}

TEST_F(ArchiveTest, ASubmissionWithTheSameErrorsIsRefused) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  Break(request.mutable_report());
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "REPORT_BREAKS_RULES"));
}

TEST_F(ArchiveTest, TheDocumentMustBeRecordedAndStated) {
  v1::ArchiveReportRequest request = Archival(7);
  State("page", &request);
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(
      Archive(request, &response),
      GrpcError(StatusCode::FAILED_PRECONDITION, "DOCUMENT_NOT_RECORDED"));
  v1::Document document;
  ASSERT_THAT(RecordDocument(Document("page"), &document), GrpcOk());
  request.mutable_report()->mutable_publication()->set_source_sha256(
      std::string(32, 'x'));
  EXPECT_THAT(Archive(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "DOCUMENT_MISMATCH"));
  request.mutable_report()->clear_publication();
  EXPECT_THAT(Archive(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "DOCUMENT_MISMATCH"));
}

TEST_F(ArchiveTest, ThePublicationMustBePossible) {
  v1::SubmitRevisionResponse response;
  v1::ArchiveReportRequest request = Archival(7);
  request.mutable_report()->mutable_publication()->set_url(
      "javascript:alert(1)");
  EXPECT_THAT(Archive(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Archival(7);
  v1::Date* const date =
      request.mutable_report()->mutable_publication()->mutable_date();
  date->set_year(request.report().year() - 1);
  date->set_month(12);
  date->set_day(31);
  EXPECT_THAT(Archive(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  date->set_year(request.report().year() + 1);
  EXPECT_THAT(Archive(request, &response), GrpcOk());
}

TEST_F(ArchiveTest, APageThatWasReplacedIsAnotherRevision) {
  v1::SubmitRevisionResponse first;
  ASSERT_THAT(Archive(Archival(7), &first), GrpcOk());
  v1::ArchiveReportRequest request = Archival(8);
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Archive(request, &response),
              GrpcError(StatusCode::ALREADY_EXISTS, "REPORT_EXISTS"));
  request.mutable_report()->set_etag(first.revision().etag());
  request.set_reason_code(v1::REASON_CODE_REPUBLISHED);
  ASSERT_THAT(Archive(request, &response), GrpcOk());
  EXPECT_EQ(response.revision().number(), 2);
  EXPECT_EQ(response.revision().reason_code(), v1::REASON_CODE_REPUBLISHED);
}

TEST_F(ArchiveTest, RepublishedIsNoReasonForACorrection) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  v1::SubmitRevisionRequest request = Correction(code_, 8, first.etag());
  request.set_reason_code(v1::REASON_CODE_REPUBLISHED);
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
}

TEST_F(ArchiveTest, ARepetitionGetsTheFirstAnswer) {
  const v1::ArchiveReportRequest request = Archival(7);
  v1::SubmitRevisionResponse first;
  ASSERT_THAT(Archive(request, &first), GrpcOk());
  const uint64_t size = LedgerSize();
  v1::SubmitRevisionResponse again;
  ASSERT_THAT(Archive(request, &again), GrpcOk());
  EXPECT_EQ(again.revision().SerializeAsString(),
            first.revision().SerializeAsString());
  EXPECT_EQ(LedgerSize(), size);
  v1::ArchiveReportRequest other = request;
  other.set_reason("另一理由");
  EXPECT_THAT(Archive(other, &again),
              GrpcError(StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED"));
}

}  // namespace
}  // namespace annals
