// annals.v1.ReportService on gRPC.

#ifndef ANNALS_SERVICE_REPORT_HANDLERS_H_
#define ANNALS_SERVICE_REPORT_HANDLERS_H_

#include "annals/v1/report_service.grpc.pb.h"
#include "service/assessment.h"
#include "service/call_frame.h"
#include "service/field_history.h"
#include "service/filing.h"
#include "service/retrieval.h"
#include "service/submission_streams.h"
#include "service/write_monitor.h"

namespace annals {

// What the handlers call. None is owned; all must outlive every call.
struct ReportParts {
  Filing* filing = nullptr;
  const Retrieval* retrieval = nullptr;
  WriteMonitor* monitor = nullptr;
  const Assessor* assessor = nullptr;
  const FieldHistory* field_history = nullptr;
  SubmissionStreams* submissions = nullptr;
};

// Every method takes and gives bytes: see raw_message.h. So none is left to the
// callback service, which a stream of both ways could not be taken from.
using Reports = v1::ReportService;
using RawReportFiling = Reports::WithRawCallbackMethod_CheckReport<
    Reports::WithRawCallbackMethod_SubmitRevision<
        Reports::WithRawCallbackMethod_ArchiveReport<
            Reports::WithRawCallbackMethod_AssessReport<
                Reports::WithRawCallbackMethod_SubmitRevisions<
                    Reports::WithRawCallbackMethod_ListRules<
                        Reports::Service>>>>>>;
using RawReportService = Reports::WithRawCallbackMethod_GetReport<
    Reports::WithRawCallbackMethod_ListReports<
        Reports::WithRawCallbackMethod_ListRevisions<
            Reports::WithRawCallbackMethod_DiffRevisions<
                Reports::WithRawCallbackMethod_BlameReport<
                    Reports::WithRawCallbackMethod_ListCellValues<
                        RawReportFiling>>>>>>;

class ReportHandlers final : public RawReportService {
 public:
  // Not owned; must outlive this and every call.
  ReportHandlers(CallFrame* frame, const ReportParts& parts)
      : frame_(frame),
        filing_(parts.filing),
        retrieval_(parts.retrieval),
        monitor_(parts.monitor),
        assessor_(parts.assessor),
        field_history_(parts.field_history),
        submissions_(parts.submissions) {}

  grpc::ServerUnaryReactor* CheckReport(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SubmitRevision(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ArchiveReport(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* AssessReport(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetReport(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListReports(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListRevisions(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DiffRevisions(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BlameReport(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCellValues(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* SubmitRevisions(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListRules(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  // Answers a call that records, and tells the monitor if it was refused.
  Filing::SubmitCallback AnswerOf(Responder responder) const;

  CallFrame* const frame_;
  Filing* const filing_;
  const Retrieval* const retrieval_;
  WriteMonitor* const monitor_;
  const Assessor* const assessor_;
  const FieldHistory* const field_history_;
  SubmissionStreams* const submissions_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REPORT_HANDLERS_H_
