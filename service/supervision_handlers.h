// annals.v1.SupervisionService on gRPC.

#ifndef ANNALS_SERVICE_SUPERVISION_HANDLERS_H_
#define ANNALS_SERVICE_SUPERVISION_HANDLERS_H_

#include "annals/v1/supervision_service.grpc.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/authorizer.h"
#include "service/call_frame.h"
#include "service/publication.h"
#include "service/roll_up.h"
#include "service/stream_frame.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using Supervision = v1::SupervisionService;
using RawSupervisionService = Supervision::WithRawCallbackMethod_ListFilings<
    Supervision::WithRawCallbackMethod_RollUp<
        Supervision::WithRawCallbackMethod_ListFigures<
            Supervision::CallbackService>>>;

class SupervisionHandlers final : public RawSupervisionService {
 public:
  // None is owned; all must outlive this and every call.
  SupervisionHandlers(CallFrame* frame, StreamFrame* streams,
                      ledger::Ledger* ledger, ledger::Clock* clock,
                      const Publications* publications,
                      const Authorizer* authorizer)
      : frame_(frame),
        streams_(streams),
        ledger_(ledger),
        clock_(clock),
        publications_(publications),
        authorizer_(authorizer),
        roll_up_(ledger, clock, publications) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListFilings(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* RollUp(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ListFigures(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;

 private:
  CallFrame* const frame_;
  StreamFrame* const streams_;
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  const Publications* const publications_;
  const Authorizer* const authorizer_;
  const annals::RollUp roll_up_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_SUPERVISION_HANDLERS_H_
