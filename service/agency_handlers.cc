#include "service/agency_handlers.h"

#include <utility>

namespace annals {

grpc::ServerUnaryReactor* AgencyHandlers::CreateAgency(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::CreateAgencyRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::CreateAgencyRequest& asked,
             Responder responder) {
        agencies_->Create(caller, asked,
                          [this, responder = std::move(responder)](
                              absl::StatusOr<v1::Agency> result) mutable {
                            if (!result.ok())
                              monitor_->OnRefusal(result.status());
                            std::move(responder).Finish(std::move(result));
                          });
      });
}

grpc::ServerUnaryReactor* AgencyHandlers::GetAgency(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::GetAgencyRequest>(
      context, request, response, [this](const v1::GetAgencyRequest& asked) {
        return agencies_->Get(asked);
      });
}

grpc::ServerUnaryReactor* AgencyHandlers::ListAgencies(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::ListAgenciesRequest>(
      context, request, response, [this](const v1::ListAgenciesRequest& asked) {
        return agencies_->List(asked);
      });
}

}  // namespace annals
