// annals.v1.LifecycleService on gRPC.

#ifndef ANNALS_SERVICE_LIFECYCLE_HANDLERS_H_
#define ANNALS_SERVICE_LIFECYCLE_HANDLERS_H_

#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "service/call_frame.h"
#include "service/life_reader.h"
#include "service/life_view.h"
#include "service/lifecycle.h"
#include "service/write_monitor.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawLifecycleService =
    v1::LifecycleService::WithRawCallbackMethod_TakeStep<
        v1::LifecycleService::WithRawCallbackMethod_GetLifecycle<
            v1::LifecycleService::WithRawCallbackMethod_SetPolicy<
                v1::LifecycleService::WithRawCallbackMethod_GetPolicy<
                    v1::LifecycleService::CallbackService>>>>;

class LifecycleHandlers final : public RawLifecycleService {
 public:
  // What they work with. None is owned; all must outlive every call.
  struct Parts {
    CallFrame* frame = nullptr;
    LifeRecorder* recorder = nullptr;
    const LifeReader* reader = nullptr;
    const LifeView* lives = nullptr;
    WriteMonitor* monitor = nullptr;
  };

  explicit LifecycleHandlers(const Parts& parts) : parts_(parts) {}

  grpc::ServerUnaryReactor* TakeStep(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetLifecycle(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SetPolicy(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  const Parts parts_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LIFECYCLE_HANDLERS_H_
