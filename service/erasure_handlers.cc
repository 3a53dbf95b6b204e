#include "service/erasure_handlers.h"

#include <utility>

namespace annals {

grpc::ServerUnaryReactor* ErasureHandlers::EraseContent(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::EraseContentRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::EraseContentRequest& asked,
             Responder responder) {
        eraser_->Erase(
            caller, asked,
            [this, responder = std::move(responder)](
                absl::StatusOr<v1::EraseContentResponse> result) mutable {
              if (!result.ok()) monitor_->OnRefusal(result.status());
              std::move(responder).Finish(std::move(result));
            });
      });
}

}  // namespace annals
