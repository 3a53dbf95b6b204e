// annals.v1.DocumentService on gRPC.

#ifndef ANNALS_SERVICE_DOCUMENT_HANDLERS_H_
#define ANNALS_SERVICE_DOCUMENT_HANDLERS_H_

#include "annals/v1/document_service.grpc.pb.h"
#include "service/call_frame.h"
#include "service/documents.h"
#include "service/write_monitor.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawDocumentService =
    v1::DocumentService::WithRawCallbackMethod_RecordDocument<
        v1::DocumentService::WithRawCallbackMethod_GetDocument<
            v1::DocumentService::CallbackService>>;

class DocumentHandlers final : public RawDocumentService {
 public:
  // None is owned; all must outlive this and every call.
  DocumentHandlers(CallFrame* frame, Documents* documents,
                   WriteMonitor* monitor)
      : frame_(frame), documents_(documents), monitor_(monitor) {}

  grpc::ServerUnaryReactor* RecordDocument(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetDocument(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  CallFrame* const frame_;
  Documents* const documents_;
  WriteMonitor* const monitor_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_DOCUMENT_HANDLERS_H_
