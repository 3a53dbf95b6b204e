// Tells the operator, and whoever asks for the server's health, that nothing
// more is recorded.

#ifndef ANNALS_SERVICE_WRITE_MONITOR_H_
#define ANNALS_SERVICE_WRITE_MONITOR_H_

#include <atomic>

#include "absl/status/status.h"
#include "grpcpp/health_check_service_interface.h"
#include "ledger/ledger.h"

namespace annals {

// Thread-safe. Does not block.
class WriteMonitor {
 public:
  // Not owned; must outlive this.
  explicit WriteMonitor(const ledger::Ledger* ledger) : ledger_(ledger) {}

  // Not owned; must outlive every later call.
  void ReportTo(grpc::HealthCheckServiceInterface* health) { health_ = health; }

  // If the ledger has stopped: logs an error, once, and from then on the
  // services that write are not serving. Those that only read go on, and so
  // does the server as a whole.
  void Check();

  // The same when a write was refused with `status`, before its call is
  // finished.
  void OnRefusal(const absl::Status& status);

 private:
  const ledger::Ledger* const ledger_;
  std::atomic<grpc::HealthCheckServiceInterface*> health_ = nullptr;
  std::atomic<bool> is_reported_ = false;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WRITE_MONITOR_H_
