#include "service/report_handlers.h"

#include <string>
#include <utility>

#include "service/report/check.h"

namespace annals {
namespace {

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
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunRaw<v1::CheckReportRequest>(
      context, request, response,
      [this](const CallerIdentity&, const RawRequest& asked,
             Responder responder) {
        std::move(responder).Finish(filing_->Check(asked.bytes()));
      });
}

Filing::SubmitCallback ReportHandlers::AnswerOf(Responder responder) const {
  return [this, responder = std::move(responder)](
             absl::StatusOr<std::string> result) mutable {
    if (!result.ok()) monitor_->OnRefusal(result.status());
    std::move(responder).Finish(std::move(result));
  };
}

grpc::ServerUnaryReactor* ReportHandlers::SubmitRevision(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunRaw<v1::SubmitRevisionRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const RawRequest& asked,
             Responder responder) {
        filing_->Submit(caller, asked.bytes(), AnswerOf(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* ReportHandlers::ArchiveReport(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunRaw<v1::ArchiveReportRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const RawRequest& asked,
             Responder responder) {
        filing_->Archive(caller, asked.bytes(), AnswerOf(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* ReportHandlers::AssessReport(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::AssessReportRequest>(
      context, request, response, [this](const v1::AssessReportRequest& asked) {
        return assessor_->Reassess(asked);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::GetReport(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunPeek<v1::GetReportRequest>(
      context, request, response,
      [this](const v1::GetReportRequest& asked) {
        return retrieval_->PeekReport(asked);
      },
      [this](const v1::GetReportRequest& asked, View view) {
        return retrieval_->GetReport(asked, view);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::ListReports(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::ListReportsRequest>(
      context, request, response,
      [this](const v1::ListReportsRequest& asked, View view) {
        return retrieval_->ListReports(asked, view);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::ListRevisions(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::ListRevisionsRequest>(
      context, request, response,
      [this](const v1::ListRevisionsRequest& asked, View view) {
        return retrieval_->ListRevisions(asked, view);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::DiffRevisions(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::DiffRevisionsRequest>(
      context, request, response,
      [this](const v1::DiffRevisionsRequest& asked, View view) {
        return retrieval_->DiffRevisions(asked, view);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::BlameReport(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::BlameReportRequest>(
      context, request, response,
      [this](const v1::BlameReportRequest& asked, View view) {
        return field_history_->Blame(asked, view);
      });
}

grpc::ServerUnaryReactor* ReportHandlers::ListCellValues(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::ListCellValuesRequest>(
      context, request, response,
      [this](const v1::ListCellValuesRequest& asked, View view) {
        return field_history_->ListCellValues(asked, view);
      });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
ReportHandlers::SubmitRevisions(grpc::CallbackServerContext* context) {
  return submissions_->Run(context);
}

grpc::ServerUnaryReactor* ReportHandlers::ListRules(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::ListRulesRequest>(
      context, request, response,
      [](const v1::ListRulesRequest&) { return AnswerListRules(); });
}

}  // namespace annals
