// The services of a connection, for the sources that call them. Apart from
// connection.h, because gRPC's headers take longer to compile than most
// sources.

#ifndef ANNALS_CLIENT_STUBS_H_
#define ANNALS_CLIENT_STUBS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/backup_service.grpc.pb.h"
#include "annals/v1/document_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "client/connection.h"
#include "client/rpc_status.h"
#include "client/stop_signal.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace annals::client {

// Thread-safe.
struct Stubs {
  std::unique_ptr<v1::ReportService::Stub> reports;
  std::unique_ptr<v1::LedgerService::Stub> ledger;
  std::unique_ptr<v1::AgencyService::Stub> agencies;
  std::unique_ptr<v1::DocumentService::Stub> documents;
  std::unique_ptr<v1::SupervisionService::Stub> supervision;
  std::unique_ptr<v1::ErasureService::Stub> erasures;
  std::unique_ptr<v1::LifecycleService::Stub> lifecycle;
  std::unique_ptr<v1::BackupService::Stub> backups;
  std::unique_ptr<grpc::health::v1::Health::Stub> health;
};

// Cancels a call when a signal comes, while this lives. Neither is owned;
// `stop` may be null.
class CancelOnStop {
 public:
  CancelOnStop(StopSignal* stop, grpc::ClientContext* context);
  ~CancelOnStop();
  CancelOnStop(const CancelOnStop&) = delete;
  CancelOnStop& operator=(const CancelOnStop&) = delete;

 private:
  StopSignal* const stop_;
  int callback_ = 0;
};

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Connection::Call(
    const std::unique_ptr<Stub>& stub,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    const Request& request) {
  Response response;
  const absl::Status status = CallWithRetry(
      options_.retry, clock_, sleeper(), [&](absl::Duration time_left) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::time_point(
            absl::ToChronoTime(clock_->Now() + time_left)));
        Prepare(&context);
        const CancelOnStop cancel(stop_, &context);
        return FromGrpcAttempt(((*stub).*method)(&context, request, &response),
                               options_.server);
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_STUBS_H_
