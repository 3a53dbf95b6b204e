// annals.v1.AgencyService on gRPC.

#ifndef ANNALS_SERVICE_AGENCY_HANDLERS_H_
#define ANNALS_SERVICE_AGENCY_HANDLERS_H_

#include "annals/v1/agency_service.grpc.pb.h"
#include "service/agency_register.h"
#include "service/call_frame.h"
#include "service/write_monitor.h"

namespace annals {

class AgencyHandlers final : public v1::AgencyService::CallbackService {
 public:
  // None is owned; all must outlive this and every call.
  AgencyHandlers(CallFrame* frame, AgencyRegister* agencies,
                 WriteMonitor* monitor)
      : frame_(frame), agencies_(agencies), monitor_(monitor) {}

  grpc::ServerUnaryReactor* CreateAgency(grpc::CallbackServerContext* context,
                                         const v1::CreateAgencyRequest* request,
                                         v1::Agency* response) override;
  grpc::ServerUnaryReactor* GetAgency(grpc::CallbackServerContext* context,
                                      const v1::GetAgencyRequest* request,
                                      v1::Agency* response) override;
  grpc::ServerUnaryReactor* ListAgencies(
      grpc::CallbackServerContext* context,
      const v1::ListAgenciesRequest* request,
      v1::ListAgenciesResponse* response) override;

 private:
  CallFrame* const frame_;
  AgencyRegister* const agencies_;
  WriteMonitor* const monitor_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_HANDLERS_H_
