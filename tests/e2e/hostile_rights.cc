// Who proves who they are, and asks for what is not theirs.

#include "annals/v1/document_service.pb.h"
#include "annals/v1/erasure_service.pb.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "service/report/review_policy.h"
#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

using grpc::StatusCode;

constexpr char kRole[] = "ROLE_NOT_ALLOWED";
constexpr char kAgency[] = "AGENCY_NOT_ALLOWED";

HostileCall Denied(HostileStage* stage, const std::string& name,
                   const TestCertificate& who, const std::string& method,
                   const google::protobuf::Message& request,
                   const char* reason) {
  const std::string bytes = request.SerializeAsString();
  return {name, [=] { return stage->RawCall(who, method, bytes); },
          StatusCode::PERMISSION_DENIED, reason};
}

v1::TakeStepRequest Step(HostileStage* stage, const std::string& code) {
  v1::TakeStepRequest request;
  request.set_name(HostileStage::Report(code));
  request.set_step(v1::STEP_RETURNED);
  request.set_reason("退回");
  request.set_request_id(stage->NewRequestId());
  return request;
}

v1::CreateAgencyRequest NewAgency(HostileStage* stage) {
  v1::CreateAgencyRequest request;
  request.set_agency_id(MakeAgencyCode(9));
  request.mutable_agency()->set_display_name("某局");
  request.mutable_agency()->set_division_code("410303");
  request.set_reason("登记");
  request.set_request_id(stage->NewRequestId());
  return request;
}

v1::EraseContentRequest Erasure(HostileStage* stage, const std::string& code) {
  v1::EraseContentRequest request;
  request.set_name(HostileStage::Report(code) + "/revisions/1");
  request.set_reason("保密审查");
  request.set_legal_basis("条例第十四条");
  request.set_request_id(stage->NewRequestId());
  return request;
}

template <typename Request>
Request Named(const std::string& code) {
  Request request;
  request.set_name(HostileStage::Report(code));
  return request;
}

template <typename Request>
Request Under(const std::string& code) {
  Request request;
  request.set_parent("agencies/" + code);
  return request;
}

// A stream's messages are thrown away.
template <typename Reader, typename Message>
grpc::Status EndOf(Reader reader, Message message) {
  while (reader->Read(&message)) {
  }
  return reader->Finish();
}

grpc::Status WatchOther(HostileStage* stage) {
  const auto stub = v1::LedgerService::NewStub(stage->ChannelOf(stage->clerk_));
  grpc::ClientContext context;
  v1::WatchEntriesRequest request;
  request.set_agency("agencies/" + stage->other_);
  return EndOf(stub->WatchEntries(&context, request),
               v1::WatchEntriesResponse());
}

grpc::Status ListFilingsOfOther(HostileStage* stage) {
  const auto stub =
      v1::SupervisionService::NewStub(stage->ChannelOf(stage->reviewer_));
  grpc::ClientContext context;
  auto request = Under<v1::ListFilingsRequest>(stage->other_);
  request.set_year(2024);
  return EndOf(stub->ListFilings(&context, request), v1::ListFilingsResponse());
}

// What came of the one item of a batch, if the batch itself goes well.
grpc::Status BatchItem(HostileStage* stage, const TestCertificate& who,
                       const v1::SubmitRevisionRequest& item) {
  const auto stub = v1::ReportService::NewStub(stage->ChannelOf(who));
  grpc::ClientContext context;
  const auto batch = stub->SubmitRevisions(&context);
  batch->Write(item);
  batch->WritesDone();
  v1::SubmitRevisionsResponse result;
  if (!batch->Read(&result)) return batch->Finish();
  HostileStage::Expect(batch->Finish());
  return {static_cast<StatusCode>(result.refused().code()),
          result.refused().message(), result.refused().SerializeAsString()};
}

// A batch that is opened and says nothing: who may submit nothing is not let
// wait for an item.
grpc::Status SilentBatch(HostileStage* stage, const TestCertificate& who) {
  const auto stub = v1::ReportService::NewStub(stage->ChannelOf(who));
  grpc::ClientContext context;
  const auto batch = stub->SubmitRevisions(&context);
  v1::SubmitRevisionsResponse result;
  EXPECT_FALSE(batch->Read(&result));
  return batch->Finish();
}

// Says in the metadata to be an operator.
grpc::Status ClaimToBe(HostileStage* stage, const std::string& method,
                       const google::protobuf::Message& request) {
  return stage->RawCall(stage->clerk_, method, request.SerializeAsString(),
                        [](grpc::ClientContext* context) {
                          context->AddMetadata("annals-actor", "keeper");
                          context->AddMetadata("annals-actor", "root");
                          context->AddMetadata("x-forwarded-client-cert", "x");
                        });
}

void AddStreams(HostileStage* stage, std::vector<HostileCall>* calls) {
  calls->push_back({"a watch of another agency",
                    [stage] { return WatchOther(stage); },
                    StatusCode::PERMISSION_DENIED, kAgency});
  calls->push_back({"an office's filings below a stranger",
                    [stage] { return ListFilingsOfOther(stage); },
                    StatusCode::PERMISSION_DENIED, kAgency});
  calls->push_back({"a batch's item for another agency",
                    [stage] {
                      return BatchItem(stage, stage->clerk_,
                                       stage->First(stage->other_));
                    },
                    StatusCode::PERMISSION_DENIED, kAgency});
  calls->push_back({"a batch's item of an auditor",
                    [stage] {
                      return BatchItem(stage, stage->auditor_,
                                       stage->First(stage->office_));
                    },
                    StatusCode::PERMISSION_DENIED, kRole});
  for (const TestCertificate* who : {&stage->auditor_, &stage->keeper_}) {
    calls->push_back(
        {absl::StrCat("a silent batch of ",
                      who == &stage->auditor_ ? "an auditor" : "an operator"),
         [stage, who] { return SilentBatch(stage, *who); },
         StatusCode::PERMISSION_DENIED, kRole});
  }
}

// The request id of somebody else's submission, or one's own with another
// report.
void AddReplays(HostileStage* stage, std::vector<HostileCall>* calls) {
  calls->push_back({"another agency's submission, sent again",
                    [stage] {
                      return stage->Call(stage->stranger_, stage->kSubmit,
                                         stage->first());
                    },
                    StatusCode::PERMISSION_DENIED, kAgency});
  calls->push_back({"a colleague's submission, sent again",
                    [stage] {
                      return stage->Call(stage->second_clerk_, stage->kSubmit,
                                         stage->first());
                    },
                    StatusCode::ALREADY_EXISTS, "REPORT_EXISTS"});
  calls->push_back({"one's own request id with another report",
                    [stage] {
                      v1::SubmitRevisionRequest request = stage->first();
                      *request.mutable_report() = MakeReport(2);
                      return stage->Call(stage->clerk_, stage->kSubmit,
                                         request);
                    },
                    StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED"});
  calls->push_back(
      {"a correction of a revision that never was",
       [stage] {
         v1::SubmitRevisionRequest request = stage->First(stage->office_);
         request.mutable_report()->set_etag("0000000000000000");
         request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
         return stage->Call(stage->clerk_, stage->kSubmit, request);
       },
       StatusCode::ABORTED, "ETAG_MISMATCH"});
  calls->push_back({"a claim in the metadata to be an operator",
                    [stage] {
                      return ClaimToBe(stage, "AgencyService/CreateAgency",
                                       NewAgency(stage));
                    },
                    StatusCode::PERMISSION_DENIED, kRole});
  calls->push_back({"a claim in the metadata to be another agency's",
                    [stage] {
                      return ClaimToBe(
                          stage, "ReportService/GetReport",
                          Named<v1::GetReportRequest>(stage->other_));
                    },
                    StatusCode::PERMISSION_DENIED, kAgency});
}

}  // namespace

std::vector<HostileCall> HostileRights(HostileStage* stage) {
  const auto& s = *stage;
  v1::RollUpRequest roll_up;
  roll_up.set_agency("agencies/" + s.other_);
  roll_up.set_year(2024);
  v1::SetPolicyRequest policy;
  policy.set_agency("agencies/" + s.other_);
  policy.set_reason("x");
  policy.set_request_id(stage->NewRequestId());
  v1::ArchiveReportRequest archive;
  archive.set_name(s.Report(s.office_));
  v1::RecordDocumentRequest document;
  document.set_data("x");
  v1::GetEntryRequest entry;
  entry.set_index(3);
  v1::SetPolicyRequest own_policy;
  own_policy.set_agency("agencies/" + s.office_);
  *own_policy.mutable_policy() = report::DefaultReviewPolicy();
  own_policy.set_reason("本局规程");
  own_policy.set_request_id(stage->NewRequestId());
  std::vector<HostileCall> calls = {
      Denied(stage, "a supervised body that makes its own rules",
             s.own_reviewer_, "LifecycleService/SetPolicy", own_policy,
             "POLICY_OF_SUPERVISED"),
      Denied(stage, "a submitter who registers an agency", s.clerk_,
             "AgencyService/CreateAgency", NewAgency(stage), kRole),
      Denied(stage, "an auditor who submits", s.auditor_, s.kSubmit,
             stage->First(s.office_), kRole),
      Denied(stage, "a reviewer who submits", s.reviewer_, s.kSubmit,
             stage->First(s.office_), kRole),
      Denied(stage, "an operator who submits", s.keeper_, s.kSubmit,
             stage->First(s.office_), kRole),
      Denied(stage, "a submitter who archives", s.clerk_,
             "ReportService/ArchiveReport", archive, kRole),
      Denied(stage, "a submitter who records a document", s.clerk_,
             "DocumentService/RecordDocument", document, kRole),
      Denied(stage, "an archivist who erases", s.archivist_,
             "ErasureService/EraseContent", Erasure(stage, s.office_), kRole),
      Denied(stage, "a submitter who sets a policy", s.clerk_,
             "LifecycleService/SetPolicy", policy, kRole),
      Denied(stage, "a report for another agency", s.clerk_, s.kSubmit,
             stage->First(s.other_), kAgency),
      Denied(stage, "another agency's report", s.stranger_,
             "ReportService/GetReport", Named<v1::GetReportRequest>(s.office_),
             kAgency),
      Denied(stage, "another agency's report that does not exist", s.stranger_,
             "ReportService/GetReport", Named<v1::GetReportRequest>(s.above_),
             kAgency),
      Denied(stage, "another agency's blame", s.stranger_,
             "ReportService/BlameReport",
             Named<v1::BlameReportRequest>(s.office_), kAgency),
      Denied(stage, "another agency's entry", s.stranger_,
             "LedgerService/GetEntry", entry, kAgency),
      Denied(stage, "the list of all reports", s.clerk_,
             "ReportService/ListReports", v1::ListReportsRequest(), kAgency),
      Denied(stage, "a supervisor's own office seen from below", s.clerk_,
             "ReportService/GetReport", Named<v1::GetReportRequest>(s.above_),
             kAgency),
      Denied(stage, "a supervisor for a stranger", s.reviewer_,
             "ReportService/GetReport", Named<v1::GetReportRequest>(s.other_),
             kAgency),
      Denied(stage, "a supervisor who returns a stranger's report", s.reviewer_,
             "LifecycleService/TakeStep", Step(stage, s.other_), kAgency),
      Denied(stage, "a supervisor who rolls up a stranger", s.reviewer_,
             "SupervisionService/RollUp", roll_up, kAgency),
      Denied(stage, "a supervisor who sets a stranger's policy", s.reviewer_,
             "LifecycleService/SetPolicy", policy, kAgency),
      Denied(stage, "a supervisor who erases a stranger's report", s.reviewer_,
             "ErasureService/EraseContent", Erasure(stage, s.other_), kAgency),
  };
  AddStreams(stage, &calls);
  AddReplays(stage, &calls);
  return calls;
}

}  // namespace annals
