// SubmitRevision and CheckReport, through a real server.

#include <string>

#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"
#include "service/report/check.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SubmitTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_THAT(Register(code_), GrpcOk());
  }

  // Expects the refusal and that nothing was recorded.
  void ExpectRefused(const v1::SubmitRevisionRequest& request, StatusCode code,
                     const std::string& reason) {
    const uint64_t before = LedgerSize();
    v1::SubmitRevisionResponse response;
    EXPECT_THAT(Submit(request, &response), GrpcError(code, reason));
    EXPECT_EQ(LedgerSize(), before);
  }

  const std::string code_ = MakeAgencyCode(1);
};

TEST_F(SubmitTest, RecordsAFirstRevision) {
  const v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  v1::SubmitRevisionResponse response;
  ASSERT_THAT(Submit(request, &response, "%E5%BC%A0%E4%B8%89"), GrpcOk());
  const v1::Revision& revision = response.revision();
  EXPECT_EQ(revision.name(), ReportOf(code_) + "/revisions/1");
  EXPECT_EQ(revision.number(), 1);
  EXPECT_THAT(revision.etag(), SizeIs(32));
  EXPECT_EQ(revision.actor().subject(), "local:张三");
  EXPECT_EQ(revision.actor().assurance(), v1::ASSURANCE_SELF_DECLARED);
  EXPECT_EQ(revision.reason(), "年度报告首次提交");
  EXPECT_EQ(revision.entry_index(), 1u);
  EXPECT_EQ(revision.rule_set_version(), report::kRuleSetVersion);
  EXPECT_EQ(revision.changed_cell_count(), 0);
  EXPECT_FALSE(revision.has_content());
  EXPECT_GT(response.check().passed_count(), 0);
  ASSERT_OK_AND_ASSIGN(const auto verifier,
                       ledger::NoteVerifier::Parse(daemon_->verifier_key()));
  ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                       ledger::OpenCheckpoint(response.checkpoint(), verifier));
  EXPECT_GT(checkpoint.size, revision.entry_index());
}

// Whether the receipt proves, with the key alone, that the entry is recorded.
void ExpectReceipt(const v1::SubmitRevisionResponse& response,
                   const std::string& key) {
  ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof,
                       ledger::ParseTlogProof(response.receipt().proof()));
  ASSERT_OK_AND_ASSIGN(const auto verifier, ledger::NoteVerifier::Parse(key));
  ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                       ledger::OpenCheckpoint(proof.checkpoint, verifier));
  EXPECT_EQ(proof.index, response.revision().entry_index());
  EXPECT_OK(ledger::VerifyInclusion({proof.index, checkpoint.size},
                                    ledger::LeafHash(response.receipt().leaf()),
                                    proof.hashes, checkpoint.root));
  v1::LedgerEntry entry;
  ASSERT_TRUE(entry.ParseFromString(response.receipt().leaf()));
  EXPECT_EQ(entry.revision_recorded().number(), response.revision().number());
}

TEST_F(SubmitTest, AnswersWithAReceipt) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  v1::SubmitRevisionResponse response;
  ASSERT_THAT(Submit(request, &response), GrpcOk());
  ExpectReceipt(response, daemon_->verifier_key());
  EXPECT_TRUE(response.receipt().content().empty());
  // A repetition may ask for more.
  request.set_include_content(true);
  v1::SubmitRevisionResponse again;
  ASSERT_THAT(Submit(request, &again), GrpcOk());
  ExpectReceipt(again, daemon_->verifier_key());
  EXPECT_THAT(again.receipt().salt(), SizeIs(32));
  v1::RevisionContent content;
  ASSERT_TRUE(content.ParseFromString(again.receipt().content()));
  EXPECT_EQ(content.report().SerializeAsString(),
            request.report().SerializeAsString());
}

TEST_F(SubmitTest, RecordsACorrection) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  const v1::Revision second = Record(Correction(code_, 8, first.etag()));
  EXPECT_EQ(second.number(), 2);
  EXPECT_EQ(second.reason_code(), v1::REASON_CODE_FIGURE_ERROR);
  EXPECT_GT(second.changed_cell_count(), 0);
  EXPECT_GT(second.changed_text_count(), 0);
  EXPECT_NE(second.etag(), first.etag());
}

TEST_F(SubmitTest, CountsOneChangedFigureAsOne) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  v1::SubmitRevisionRequest request = Correction(code_, 7, first.etag());
  auto* count = request.mutable_report()->mutable_t2();
  count->mutable_penalties()->set_decisions(count->penalties().decisions() + 1);
  const v1::Revision second = Record(request);
  EXPECT_EQ(second.changed_cell_count(), 1);
  EXPECT_EQ(second.changed_text_count(), 0);
}

TEST_F(SubmitTest, RefusesWhatIsMalformed) {
  using Change = void (*)(v1::SubmitRevisionRequest*);
  const struct {
    Change change;
    const char* reason;
  } cases[] = {
      {[](auto* r) { r->set_name("agencies/1/reports/2024"); },
       "INVALID_AGENCY_CODE"},
      {[](auto* r) { r->set_name("reports/2024"); }, "INVALID_RESOURCE_NAME"},
      {[](auto* r) { r->set_request_id("17"); }, "INVALID_REQUEST_ID"},
      {[](auto* r) { r->clear_request_id(); }, "INVALID_REQUEST_ID"},
      {[](auto* r) { r->clear_reason(); }, "MISSING_FIELD"},
      {[](auto* r) { r->set_reason(std::string(2001, 'a')); }, "TEXT_TOO_LONG"},
      {[](auto* r) { r->set_reason("a\x07"); }, "INVALID_VALUE"},
      {[](auto* r) { r->set_reason_code(static_cast<v1::ReasonCode>(77)); },
       "INVALID_VALUE"},
      {[](auto* r) { r->set_reason_code(v1::REASON_CODE_OTHER); },
       "UNEXPECTED_REASON_CODE"},
      {[](auto* r) { r->mutable_report()->set_year(2023); }, "YEAR_MISMATCH"},
      {[](auto* r) { r->mutable_report()->set_scope(v1::SCOPE_REGIONAL); },
       "SCOPE_MISMATCH"},
      {[](auto* r) {
         r->mutable_report()
             ->mutable_t3()
             ->mutable_new_received()
             ->set_natural_person(-1);
       },
       "NEGATIVE_COUNT"},
      {[](auto* r) {
         r->mutable_report()->set_s5_problems(std::string(300 << 10, 'a'));
       },
       "TEXT_TOO_LONG"},
      {[](auto* r) { r->add_acknowledgements()->set_rule_id("N-REQUESTS"); },
       "MISSING_FIELD"},
      {[](auto* r) {
         auto* ack = r->add_acknowledgements();
         ack->set_rule_id("N-NONE");
         ack->set_reason("因为");
       },
       "UNKNOWN_ACKNOWLEDGEMENT"},
      {[](auto* r) {
         r->mutable_report()
             ->GetReflection()
             ->MutableUnknownFields(r->mutable_report())
             ->AddVarint(999, 1);
       },
       "UNKNOWN_FIELD"},
      {[](auto* r) {
         r->GetReflection()->MutableUnknownFields(r)->AddVarint(99, 1);
       },
       "UNKNOWN_FIELD"},
      {[](auto* r) { r->set_reason("\u200B\u3164"); }, "MISSING_FIELD"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.reason);
    v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
    one.change(&request);
    ExpectRefused(request, StatusCode::INVALID_ARGUMENT, one.reason);
  }
}

TEST_F(SubmitTest, RefusesFieldsItDoesNotKnowInOtherRequests) {
  v1::CheckReportRequest check;
  *check.mutable_report() = MakeReport(7);
  check.GetReflection()->MutableUnknownFields(&check)->AddVarint(99, 1);
  v1::CheckReportResponse checked;
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::CheckReport, check, &checked),
      GrpcError(StatusCode::INVALID_ARGUMENT, "UNKNOWN_FIELD"));
  v1::CreateAgencyRequest create;
  create.set_agency_id(MakeAgencyCode(2));
  create.mutable_agency()->set_display_name("局");
  create.mutable_agency()->set_division_code("410303");
  create.set_reason("首次登记");
  create.set_request_id(NewRequestId());
  create.GetReflection()->MutableUnknownFields(&create)->AddVarint(99, 1);
  const uint64_t before = LedgerSize();
  v1::Agency agency;
  EXPECT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::CreateAgency, create, &agency),
      GrpcError(StatusCode::INVALID_ARGUMENT, "UNKNOWN_FIELD"));
  create.DiscardUnknownFields();
  create.mutable_agency()->set_display_name("\u2800");
  EXPECT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::CreateAgency, create, &agency),
      GrpcError(StatusCode::INVALID_ARGUMENT, "MISSING_FIELD"));
  EXPECT_EQ(LedgerSize(), before);
}

TEST_F(SubmitTest, NamesEachViolation) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  auto* received =
      request.mutable_report()->mutable_t3()->mutable_new_received();
  received->set_natural_person(-1);
  received->set_other_org(-2);
  v1::SubmitRevisionResponse response;
  const grpc::Status status = Submit(request, &response);
  const ErrorDetails details = DetailsOf(status);
  ASSERT_EQ(details.bad_request.field_violations_size(), 2);
  EXPECT_EQ(details.bad_request.field_violations(0).field(),
            "report.t3.new_received.natural_person");
}

TEST_F(SubmitTest, RefusesBrokenArithmetic) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  auto* received =
      request.mutable_report()->mutable_t3()->mutable_new_received();
  received->set_natural_person(received->natural_person() + 1);
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "REPORT_BREAKS_RULES");
}

TEST_F(SubmitTest, WantsWarningsAcknowledged) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  request.mutable_report()->mutable_s1_overview()->set_s1_2_on_request(
      "本年度共收到政府信息公开申请 999999 件。");
  ExpectRefused(request, StatusCode::FAILED_PRECONDITION,
                "WARNINGS_NOT_ACKNOWLEDGED");
  v1::CheckReportRequest check_request;
  *check_request.mutable_report() = request.report();
  v1::CheckReportResponse check;
  ASSERT_THAT(Call(reports_, &v1::ReportService::Stub::CheckReport,
                   check_request, &check),
              GrpcOk());
  for (const v1::Finding& finding : check.check().findings()) {
    if (finding.severity() != v1::SEVERITY_WARNING ||
        finding.outcome() != v1::OUTCOME_FAIL) {
      continue;
    }
    auto* ack = request.add_acknowledgements();
    ack->set_rule_id(finding.rule_id());
    ack->set_reason("文字统计口径不同");
  }
  const v1::Revision revision = Record(request);
  EXPECT_GE(revision.acknowledged_warning_count(), 1);
  v1::Revision read;
  ASSERT_THAT(Get(revision.name(), &read), GrpcOk());
  ASSERT_GE(read.content().acknowledgements_size(), 1);
  EXPECT_EQ(read.content().acknowledgements(0).reason(), "文字统计口径不同");
}

TEST_F(SubmitTest, RefusesAnUnregisteredAgency) {
  ExpectRefused(FirstSubmission(MakeAgencyCode(2), 7),
                StatusCode::FAILED_PRECONDITION, "AGENCY_NOT_REGISTERED");
}

TEST_F(SubmitTest, RefusesASecondFirstRevision) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  v1::SubmitRevisionResponse response;
  const grpc::Status status = Submit(FirstSubmission(code_, 8), &response);
  EXPECT_THAT(status, GrpcError(StatusCode::ALREADY_EXISTS, "REPORT_EXISTS"));
  EXPECT_EQ(MetadataOf(status, "currentEtag"), first.etag());
  EXPECT_EQ(MetadataOf(status, "currentRevision"), "1");
  EXPECT_THAT(status.error_message(), HasSubstr("correct"));
}

TEST_F(SubmitTest, RefusesACorrectionOfNothing) {
  ExpectRefused(Correction(code_, 7, std::string(32, 'a')),
                StatusCode::NOT_FOUND, "REPORT_NOT_FOUND");
}

TEST_F(SubmitTest, RefusesAStaleEtagAndNamesTheCurrentOne) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  const v1::Revision second = Record(Correction(code_, 8, first.etag()));
  v1::SubmitRevisionResponse response;
  const grpc::Status status =
      Submit(Correction(code_, 9, first.etag()), &response);
  EXPECT_THAT(status, GrpcError(StatusCode::ABORTED, "ETAG_MISMATCH"));
  EXPECT_EQ(MetadataOf(status, "currentEtag"), second.etag());
  EXPECT_EQ(MetadataOf(status, "currentRevision"), "2");
  EXPECT_FALSE(DetailsOf(status).retry.has_retry_delay());
}

TEST_F(SubmitTest, RefusesACorrectionWithoutAReasonCode) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  v1::SubmitRevisionRequest request = Correction(code_, 8, first.etag());
  request.clear_reason_code();
  ExpectRefused(request, StatusCode::INVALID_ARGUMENT, "MISSING_REASON_CODE");
}

TEST_F(SubmitTest, RefusesACorrectionOfNoFigure) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  ExpectRefused(Correction(code_, 7, first.etag()),
                StatusCode::INVALID_ARGUMENT, "NOTHING_CHANGED");
}

TEST_F(SubmitTest, ARepeatedRequestGetsItsFirstAnswer) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  v1::SubmitRevisionResponse first;
  ASSERT_THAT(Submit(request, &first), GrpcOk());
  Record(Correction(code_, 8, first.revision().etag()));
  const uint64_t size = LedgerSize();
  Restart();
  // The same id in upper case is the same id.
  for (char& c : *request.mutable_request_id()) c = absl::ascii_toupper(c);
  v1::SubmitRevisionResponse again;
  ASSERT_THAT(Submit(request, &again), GrpcOk());
  EXPECT_EQ(again.revision().SerializeAsString(),
            first.revision().SerializeAsString());
  EXPECT_EQ(again.check().SerializeAsString(),
            first.check().SerializeAsString());
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(SubmitTest, ARequestIdIsForOneRequestOfOneCaller) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  Record(request);
  request.set_reason("别的理由");
  ExpectRefused(request, StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED");
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(request, &response, "li"),
              GrpcError(StatusCode::ALREADY_EXISTS, "REPORT_EXISTS"));
}

TEST_F(SubmitTest, ChecksAgainstLastYearsReport) {
  v1::CheckReportRequest request;
  request.set_name(ReportOf(code_));
  *request.mutable_report() = MakeReport(8, 2024);
  v1::CheckReportResponse without;
  ASSERT_THAT(
      Call(reports_, &v1::ReportService::Stub::CheckReport, request, &without),
      GrpcOk());
  Record(FirstSubmission(code_, 7, 2023));
  const uint64_t size = LedgerSize();
  v1::CheckReportResponse with;
  ASSERT_THAT(
      Call(reports_, &v1::ReportService::Stub::CheckReport, request, &with),
      GrpcOk());
  EXPECT_LT(with.check().not_assessable_count(),
            without.check().not_assessable_count());
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(SubmitTest, CheckRefusesAnIdentityThatDoesNotMatch) {
  v1::CheckReportRequest request;
  request.set_name(ReportOf(code_, 2023));
  *request.mutable_report() = MakeReport(8, 2024);
  v1::CheckReportResponse response;
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::CheckReport, request, &response),
      GrpcError(StatusCode::INVALID_ARGUMENT, "YEAR_MISMATCH"));
}

TEST_F(SubmitTest, ListsTheRules) {
  v1::ListRulesResponse response;
  ASSERT_THAT(Call(reports_, &v1::ReportService::Stub::ListRules,
                   v1::ListRulesRequest(), &response),
              GrpcOk());
  EXPECT_EQ(response.rule_set_version(), report::kRuleSetVersion);
  EXPECT_EQ(response.rules_size(),
            static_cast<int>(report::RuleCatalogue().size()));
}

TEST_F(SubmitTest, RefusesAnActorThatIsNoName) {
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(FirstSubmission(code_, 7), &response, "a%0Ab"),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_ACTOR"));
  ASSERT_THAT(Submit(FirstSubmission(code_, 7), &response, ""), GrpcOk());
  EXPECT_EQ(response.revision().actor().subject(), "local:anonymous");
}

TEST_F(SubmitTest, RefusesARequestThatIsTooLong) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 7);
  request.set_reason(std::string(5 << 20, 'a'));
  v1::SubmitRevisionResponse response;
  EXPECT_EQ(Submit(request, &response).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
  Record(FirstSubmission(code_, 7));
}

}  // namespace
}  // namespace annals
