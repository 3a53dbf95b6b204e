#include "service/write_monitor.h"

#include <string>

#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/document_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "spdlog/spdlog.h"

namespace annals {

void WriteMonitor::OnRefusal(const absl::Status& status) {
  if (absl::IsUnavailable(status)) Check();
}

void WriteMonitor::Check() {
  const absl::Status stopped = ledger_->WriteStatus();
  grpc::HealthCheckServiceInterface* const health = health_;
  if (stopped.ok() || health == nullptr) return;
  if (is_reported_.exchange(true)) return;
  spdlog::error("nothing more is recorded until the daemon is restarted: {}",
                std::string(stopped.message()));
  for (const char* const service :
       {v1::ReportService::service_full_name(),
        v1::AgencyService::service_full_name(),
        v1::DocumentService::service_full_name(),
        v1::ErasureService::service_full_name(),
        v1::LifecycleService::service_full_name()}) {
    health->SetServingStatus(service, false);
  }
}

}  // namespace annals
