// annals.v1.ReportService on gRPC.

#ifndef ANNALS_SERVICE_REPORT_HANDLERS_H_
#define ANNALS_SERVICE_REPORT_HANDLERS_H_

#include "annals/v1/report_service.grpc.pb.h"
#include "service/arena_allocator.h"
#include "service/call_frame.h"
#include "service/filing.h"
#include "service/retrieval.h"
#include "service/write_monitor.h"

namespace annals {

// What the handlers call. None is owned; all must outlive every call.
struct ReportParts {
  Filing* filing = nullptr;
  const Retrieval* retrieval = nullptr;
  WriteMonitor* monitor = nullptr;
};

// GetReport works on bytes: a recorded content is put into the answer as it is,
// never parsed and serialized again.
class ReportHandlers final
    : public v1::ReportService::WithRawCallbackMethod_GetReport<
          v1::ReportService::CallbackService> {
 public:
  // Not owned; must outlive this and every call.
  ReportHandlers(CallFrame* frame, const ReportParts& parts)
      : frame_(frame),
        filing_(parts.filing),
        retrieval_(parts.retrieval),
        monitor_(parts.monitor) {
    SetMessageAllocatorFor_SubmitRevision(&submissions_);
  }

  grpc::ServerUnaryReactor* CheckReport(
      grpc::CallbackServerContext* context,
      const v1::CheckReportRequest* request,
      v1::CheckReportResponse* response) override;
  grpc::ServerUnaryReactor* SubmitRevision(
      grpc::CallbackServerContext* context,
      const v1::SubmitRevisionRequest* request,
      v1::SubmitRevisionResponse* response) override;
  grpc::ServerUnaryReactor* GetReport(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListReports(
      grpc::CallbackServerContext* context,
      const v1::ListReportsRequest* request,
      v1::ListReportsResponse* response) override;
  grpc::ServerUnaryReactor* ListRevisions(
      grpc::CallbackServerContext* context,
      const v1::ListRevisionsRequest* request,
      v1::ListRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* DiffRevisions(
      grpc::CallbackServerContext* context,
      const v1::DiffRevisionsRequest* request,
      v1::DiffRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* ListRules(grpc::CallbackServerContext* context,
                                      const v1::ListRulesRequest* request,
                                      v1::ListRulesResponse* response) override;

 private:
  CallFrame* const frame_;
  Filing* const filing_;
  const Retrieval* const retrieval_;
  WriteMonitor* const monitor_;
  ArenaAllocator<v1::SubmitRevisionRequest, v1::SubmitRevisionResponse>
      submissions_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REPORT_HANDLERS_H_
