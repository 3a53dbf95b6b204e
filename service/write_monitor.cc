#include "service/write_monitor.h"

#include <string>

#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/document_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "ledger/error.h"
#include "spdlog/spdlog.h"

namespace annals {

void WriteMonitor::ReportTo(grpc::HealthCheckServiceInterface* health) {
  MutexLock lock(&mutex_);
  health_ = health;
  if (health_ != nullptr && !is_recorder_) Show(false);
}

void WriteMonitor::OnRefusal(const absl::Status& status) {
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) Check();
}

void WriteMonitor::Check() {
  MutexLock lock(&mutex_);
  const absl::Status status = ledger_->WriteStatus();
  if (health_ == nullptr || status.ok() == is_recording_) return;
  is_recording_ = status.ok();
  Log(status);
  if (is_recorder_) Show(status.ok());
}

void WriteMonitor::Log(const absl::Status& status) {
  if (status.ok()) {
    spdlog::info("what kept the ledger from recording is over: it goes on");
  } else if (ErrorReason(status) == "LEDGER_STOPPED") {
    spdlog::error("nothing more is recorded until the daemon is restarted: {}",
                  std::string(status.message()));
  } else {
    spdlog::error("recording is suspended: {}", std::string(status.message()));
  }
}

void WriteMonitor::Show(bool is_serving) {
  for (const char* const service :
       {v1::ReportService::service_full_name(),
        v1::AgencyService::service_full_name(),
        v1::DocumentService::service_full_name(),
        v1::ErasureService::service_full_name(),
        v1::LifecycleService::service_full_name()}) {
    health_->SetServingStatus(service, is_serving);
  }
}

}  // namespace annals
