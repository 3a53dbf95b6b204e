#include "service/ledger_handlers.h"

#include <utility>

#include "ledger/status_macros.h"

namespace annals {

// From memory, so it needs no worker.
grpc::ServerUnaryReactor* LedgerHandlers::GetCheckpoint(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunInline<v1::GetCheckpointRequest>(
      context, request, response,
      [this](const v1::GetCheckpointRequest& asked) {
        return view_->GetCheckpoint(asked);
      });
}

grpc::ServerUnaryReactor* LedgerHandlers::GetEntry(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::GetEntryRequest>(
      context, request, response,
      [this](const v1::GetEntryRequest& asked, View view) {
        return view_->GetEntry(asked, view);
      });
}

grpc::ServerUnaryReactor* LedgerHandlers::GetInclusionProof(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::GetInclusionProofRequest>(
      context, request, response,
      [this](const v1::GetInclusionProofRequest& asked) {
        return view_->GetInclusionProof(asked);
      });
}

grpc::ServerUnaryReactor* LedgerHandlers::GetConsistencyProof(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::GetConsistencyProofRequest>(
      context, request, response,
      [this](const v1::GetConsistencyProofRequest& asked) {
        return view_->GetConsistencyProof(asked);
      });
}

grpc::ServerUnaryReactor* LedgerHandlers::GetReceipt(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::GetReceiptRequest>(
      context, request, response,
      [this](const v1::GetReceiptRequest& asked, View view) {
        return view_->GetReceipt(asked, view);
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LedgerHandlers::WatchEntries(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  static const size_t method =
      RecordedMethodOf(*v1::WatchEntriesRequest::descriptor());
  RecordedCall call(frame_->recorder(), method, context);
  const size_t bytes = request->Length();
  call.AddRequestBytes(bytes);
  Admission admission = frame_->AdmitStream(*context, &call);
  const uint64_t lane = admission.lane;
  auto order = ReadOrder(*context, *request, std::move(admission));
  // It may be long, and the stream too.
  Forget(request);
  return watchers_->Watch(context, std::move(call), std::move(order), lane,
                          bytes);
}

absl::StatusOr<WatchOrder> LedgerHandlers::ReadOrder(
    const grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
    Admission admission) const {
  ASSIGN_OR_RETURN(AdmittedCaller caller, std::move(admission.caller));
  RETURN_IF_ERROR(RequireSize(request.Length(), frame_->limits()));
  ASSIGN_OR_RETURN(
      auto asked,
      RawRequest(request).Parse<v1::WatchEntriesRequest>(frame_->limits()));
  ASSIGN_OR_RETURN(WatchOrder order, ReadWatchOrder(asked));
  order.pass = std::move(caller.pass);
  // Of which there may be many, and who may see what does not depend on them.
  asked.clear_kinds();
  order.authorize = [this, &context, asked = std::move(asked)] {
    return frame_->ViewFor(context, asked);
  };
  return order;
}

}  // namespace annals
