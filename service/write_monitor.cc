#include "service/write_monitor.h"

#include <string>

#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "spdlog/spdlog.h"

namespace annals {

void WriteMonitor::OnRefusal(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return;
  const absl::Status stopped = ledger_->WriteStatus();
  grpc::HealthCheckServiceInterface* const health = health_;
  if (stopped.ok() || health == nullptr) return;
  if (is_reported_.exchange(true)) return;
  spdlog::error("nothing more is recorded until the daemon is restarted: {}",
                std::string(stopped.message()));
  health->SetServingStatus(v1::ReportService::service_full_name(), false);
  health->SetServingStatus(v1::AgencyService::service_full_name(), false);
}

}  // namespace annals
