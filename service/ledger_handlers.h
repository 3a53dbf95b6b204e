// annals.v1.LedgerService on gRPC.

#ifndef ANNALS_SERVICE_LEDGER_HANDLERS_H_
#define ANNALS_SERVICE_LEDGER_HANDLERS_H_

#include "annals/v1/ledger_service.grpc.pb.h"
#include "service/call_frame.h"
#include "service/ledger_view.h"
#include "service/watch_hub.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawLedgerService = v1::LedgerService::WithRawCallbackMethod_GetCheckpoint<
    v1::LedgerService::WithRawCallbackMethod_GetEntry<
        v1::LedgerService::WithRawCallbackMethod_GetInclusionProof<
            v1::LedgerService::WithRawCallbackMethod_GetConsistencyProof<
                v1::LedgerService::WithRawCallbackMethod_GetReceipt<
                    v1::LedgerService::WithRawCallbackMethod_WatchEntries<
                        v1::LedgerService::CallbackService>>>>>>;

class LedgerHandlers final : public RawLedgerService {
 public:
  // None is owned; all must outlive this and every call.
  LedgerHandlers(CallFrame* frame, const LedgerView* view, WatchHub* watchers)
      : frame_(frame), view_(view), watchers_(watchers) {}

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetEntry(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEntries(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;

 private:
  // What is asked for, if the caller is let in.
  absl::StatusOr<WatchOrder> ReadOrder(
      const grpc::CallbackServerContext& context,
      const grpc::ByteBuffer& request, Admission admission) const;

  CallFrame* const frame_;
  const LedgerView* const view_;
  WatchHub* const watchers_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LEDGER_HANDLERS_H_
