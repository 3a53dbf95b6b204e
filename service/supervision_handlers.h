// annals.v1.SupervisionService on gRPC.

#ifndef ANNALS_SERVICE_SUPERVISION_HANDLERS_H_
#define ANNALS_SERVICE_SUPERVISION_HANDLERS_H_

#include "annals/v1/supervision_service.grpc.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/stream_frame.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawSupervisionService =
    v1::SupervisionService::WithRawCallbackMethod_ListFilings<
        v1::SupervisionService::CallbackService>;

class SupervisionHandlers final : public RawSupervisionService {
 public:
  // None is owned; all must outlive this and every call.
  SupervisionHandlers(StreamFrame* streams, ledger::Ledger* ledger,
                      ledger::Clock* clock)
      : streams_(streams), ledger_(ledger), clock_(clock) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListFilings(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;

 private:
  StreamFrame* const streams_;
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_SUPERVISION_HANDLERS_H_
