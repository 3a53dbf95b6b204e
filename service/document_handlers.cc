#include "service/document_handlers.h"

#include <utility>

namespace annals {

grpc::ServerUnaryReactor* DocumentHandlers::RecordDocument(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::RecordDocumentRequest>(
      context, request, response,
      [this](const CallerIdentity& caller,
             const v1::RecordDocumentRequest& asked, Responder responder) {
        documents_->Record(caller, asked,
                           [this, responder = std::move(responder)](
                               absl::StatusOr<v1::Document> result) mutable {
                             if (!result.ok())
                               monitor_->OnRefusal(result.status());
                             std::move(responder).Finish(std::move(result));
                           });
      });
}

grpc::ServerUnaryReactor* DocumentHandlers::GetDocument(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunView<v1::GetDocumentRequest>(
      context, request, response,
      [this](const v1::GetDocumentRequest& asked, View view) {
        return documents_->Get(asked, view);
      });
}

}  // namespace annals
