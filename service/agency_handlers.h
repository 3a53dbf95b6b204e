// annals.v1.AgencyService on gRPC.

#ifndef ANNALS_SERVICE_AGENCY_HANDLERS_H_
#define ANNALS_SERVICE_AGENCY_HANDLERS_H_

#include "annals/v1/agency_service.grpc.pb.h"
#include "service/agency_register.h"
#include "service/call_frame.h"
#include "service/write_monitor.h"

namespace annals {

// Every method takes and gives bytes: see raw_message.h.
using RawAgencyService = v1::AgencyService::WithRawCallbackMethod_CreateAgency<
    v1::AgencyService::WithRawCallbackMethod_UpdateAgency<
        v1::AgencyService::WithRawCallbackMethod_ListAgencyChanges<
            v1::AgencyService::WithRawCallbackMethod_GetAgency<
                v1::AgencyService::WithRawCallbackMethod_ListAgencies<
                    v1::AgencyService::CallbackService>>>>>;

class AgencyHandlers final : public RawAgencyService {
 public:
  // None is owned; all must outlive this and every call.
  AgencyHandlers(CallFrame* frame, AgencyRegister* agencies,
                 WriteMonitor* monitor)
      : frame_(frame), agencies_(agencies), monitor_(monitor) {}

  grpc::ServerUnaryReactor* CreateAgency(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateAgency(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListAgencyChanges(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetAgency(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListAgencies(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  // Finishes the call with what a write comes to.
  AgencyRegister::WriteCallback Settle(Responder responder);

  CallFrame* const frame_;
  AgencyRegister* const agencies_;
  WriteMonitor* const monitor_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_HANDLERS_H_
