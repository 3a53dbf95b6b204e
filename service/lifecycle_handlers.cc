#include "service/lifecycle_handlers.h"

#include <utility>

namespace annals {

grpc::ServerUnaryReactor* LifecycleHandlers::TakeStep(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return parts_.frame->RunAsync<v1::TakeStepRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::TakeStepRequest& asked,
             Responder responder) {
        parts_.recorder->TakeStep(
            caller, asked,
            [this, responder = std::move(responder)](
                absl::StatusOr<v1::TakeStepResponse> result) mutable {
              if (!result.ok()) parts_.monitor->OnRefusal(result.status());
              std::move(responder).Finish(std::move(result));
            });
      });
}

grpc::ServerUnaryReactor* LifecycleHandlers::GetLifecycle(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return parts_.frame->RunView<v1::GetLifecycleRequest>(
      context, request, response,
      [this](const v1::GetLifecycleRequest& asked, View view) {
        return parts_.lives->Get(asked, view);
      });
}

grpc::ServerUnaryReactor* LifecycleHandlers::SetPolicy(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return parts_.frame->RunAsync<v1::SetPolicyRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::SetPolicyRequest& asked,
             Responder responder) {
        parts_.recorder->SetPolicy(
            caller, asked,
            [this, responder = std::move(responder)](
                absl::StatusOr<v1::Policy> result) mutable {
              if (!result.ok()) parts_.monitor->OnRefusal(result.status());
              std::move(responder).Finish(std::move(result));
            });
      });
}

grpc::ServerUnaryReactor* LifecycleHandlers::GetPolicy(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return parts_.frame->Run<v1::GetPolicyRequest>(
      context, request, response, [this](const v1::GetPolicyRequest& asked) {
        return parts_.reader->GetPolicy(asked);
      });
}

}  // namespace annals
