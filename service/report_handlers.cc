#include "service/report_handlers.h"

#include <string>
#include <utility>

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"

namespace annals {
namespace {

absl::Status MalformedRequest() {
  return MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                   {"The request is no annals.v1.GetReportRequest.",
                    "请求不是 annals.v1.GetReportRequest。"});
}

absl::StatusOr<v1::GetReportRequest> ParseGetReport(
    const grpc::ByteBuffer& bytes) {
  v1::GetReportRequest request;
  grpc::Slice slice;
  if (bytes.Length() == 0) return request;
  if (!bytes.DumpToSingleSlice(&slice).ok() ||
      !request.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return MalformedRequest();
  }
  return request;
}

absl::StatusOr<grpc::ByteBuffer> AnswerGetReport(
    const Retrieval& retrieval, const grpc::ByteBuffer& bytes) {
  ASSIGN_OR_RETURN(const v1::GetReportRequest request, ParseGetReport(bytes));
  ASSIGN_OR_RETURN(const std::string revision, retrieval.GetReport(request));
  const grpc::Slice slice(revision);
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<v1::ListRulesResponse> AnswerListRules() {
  v1::ListRulesResponse response;
  response.set_rule_set_version(report::kRuleSetVersion);
  for (const v1::Rule& rule : report::RuleCatalogue()) {
    *response.add_rules() = rule;
  }
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* ReportHandlers::CheckReport(
    grpc::CallbackServerContext* context, const v1::CheckReportRequest* request,
    v1::CheckReportResponse* response) {
  return frame_->Run(context, request, response,
                     [this](const v1::CheckReportRequest& asked) {
                       return filing_->Check(asked);
                     });
}

grpc::ServerUnaryReactor* ReportHandlers::SubmitRevision(
    grpc::CallbackServerContext* context,
    const v1::SubmitRevisionRequest* request,
    v1::SubmitRevisionResponse* response) {
  return frame_->RunAsync(
      context, request, response,
      [this](const CallerIdentity& caller,
             const v1::SubmitRevisionRequest& asked,
             Responder<v1::SubmitRevisionResponse> responder) {
        filing_->Submit(
            caller, &asked,
            [this, responder = std::move(responder)](
                absl::StatusOr<v1::SubmitRevisionResponse> result) mutable {
              if (!result.ok()) monitor_->OnRefusal(result.status());
              std::move(responder).Finish(std::move(result));
            });
      });
}

grpc::ServerUnaryReactor* ReportHandlers::GetReport(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run(context, request, response,
                     [this](const grpc::ByteBuffer& asked) {
                       return AnswerGetReport(*retrieval_, asked);
                     });
}

grpc::ServerUnaryReactor* ReportHandlers::ListReports(
    grpc::CallbackServerContext* context, const v1::ListReportsRequest* request,
    v1::ListReportsResponse* response) {
  return frame_->Run(context, request, response,
                     [this](const v1::ListReportsRequest& asked) {
                       return retrieval_->ListReports(asked);
                     });
}

grpc::ServerUnaryReactor* ReportHandlers::ListRevisions(
    grpc::CallbackServerContext* context,
    const v1::ListRevisionsRequest* request,
    v1::ListRevisionsResponse* response) {
  return frame_->Run(context, request, response,
                     [this](const v1::ListRevisionsRequest& asked) {
                       return retrieval_->ListRevisions(asked);
                     });
}

grpc::ServerUnaryReactor* ReportHandlers::DiffRevisions(
    grpc::CallbackServerContext* context,
    const v1::DiffRevisionsRequest* request,
    v1::DiffRevisionsResponse* response) {
  return frame_->Run(context, request, response,
                     [this](const v1::DiffRevisionsRequest& asked) {
                       return retrieval_->DiffRevisions(asked);
                     });
}

grpc::ServerUnaryReactor* ReportHandlers::ListRules(
    grpc::CallbackServerContext* context, const v1::ListRulesRequest* request,
    v1::ListRulesResponse* response) {
  return frame_->Run(
      context, request, response,
      [](const v1::ListRulesRequest&) { return AnswerListRules(); });
}

}  // namespace annals
