// annals.v1.ErasureService on gRPC.

#ifndef ANNALS_SERVICE_ERASURE_HANDLERS_H_
#define ANNALS_SERVICE_ERASURE_HANDLERS_H_

#include "annals/v1/erasure_service.grpc.pb.h"
#include "service/call_frame.h"
#include "service/erasure.h"
#include "service/write_monitor.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawErasureService =
    v1::ErasureService::WithRawCallbackMethod_EraseContent<
        v1::ErasureService::CallbackService>;

class ErasureHandlers final : public RawErasureService {
 public:
  // None is owned; all must outlive this and every call.
  ErasureHandlers(CallFrame* frame, Eraser* eraser, WriteMonitor* monitor)
      : frame_(frame), eraser_(eraser), monitor_(monitor) {}

  grpc::ServerUnaryReactor* EraseContent(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  CallFrame* const frame_;
  Eraser* const eraser_;
  WriteMonitor* const monitor_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ERASURE_HANDLERS_H_
