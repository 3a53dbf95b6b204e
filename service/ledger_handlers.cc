#include "service/ledger_handlers.h"

#include <utility>

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

grpc::ServerWriteReactor<v1::WatchEntriesResponse>*
LedgerHandlers::WatchEntries(grpc::CallbackServerContext* context,
                             const v1::WatchEntriesRequest* request) {
  static const size_t method = RecordedMethodOf(*request->GetDescriptor());
  RecordedCall call(frame_->recorder(), method, context);
  call.AddRequestBytes(request->ByteSizeLong());
  absl::StatusOr<AdmittedCaller> caller = frame_->AdmitStream(*context, &call);
  if (!caller.ok()) {
    return watchers_->Watch(context, std::move(call), caller.status());
  }
  absl::StatusOr<WatchOrder> order = ReadWatchOrder(*request);
  if (order.ok()) {
    order->pass = std::move(caller->pass);
    order->lane = caller->lane;
    order->authorize = [this, context, asked = *request] {
      return frame_->ViewFor(*context, asked);
    };
  }
  return watchers_->Watch(context, std::move(call), std::move(order));
}

}  // namespace annals
