#include "service/agency_handlers.h"

#include <utility>

namespace annals {

AgencyRegister::WriteCallback AgencyHandlers::Settle(Responder responder) {
  return [this, responder = std::move(responder)](
             absl::StatusOr<v1::Agency> result) mutable {
    if (!result.ok()) monitor_->OnRefusal(result.status());
    std::move(responder).Finish(std::move(result));
  };
}

grpc::ServerUnaryReactor* AgencyHandlers::CreateAgency(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::CreateAgencyRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::CreateAgencyRequest& asked,
             Responder responder) {
        agencies_->Create(caller, asked, Settle(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* AgencyHandlers::UpdateAgency(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->RunAsync<v1::UpdateAgencyRequest>(
      context, request, response,
      [this](const CallerIdentity& caller, const v1::UpdateAgencyRequest& asked,
             Responder responder) {
        agencies_->Update(caller, asked, Settle(std::move(responder)));
      });
}

grpc::ServerUnaryReactor* AgencyHandlers::ListAgencyChanges(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return frame_->Run<v1::ListAgencyChangesRequest>(
      context, request, response,
      [this](const v1::ListAgencyChangesRequest& asked) {
        return agencies_->ListChanges(asked);
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
