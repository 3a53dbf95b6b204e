// Tells the operator, and whoever asks for the server's health, that nothing is
// recorded, and that recording goes on.

#ifndef ANNALS_SERVICE_WRITE_MONITOR_H_
#define ANNALS_SERVICE_WRITE_MONITOR_H_

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "grpcpp/health_check_service_interface.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe. Waits for no disk.
class WriteMonitor {
 public:
  // Not owned; must outlive this.
  explicit WriteMonitor(const ledger::Ledger* ledger) : ledger_(ledger) {}

  // Not owned; must live until this is called again, with null at the end.
  void ReportTo(grpc::HealthCheckServiceInterface* health);

  // While the ledger records nothing, the services that write are not serving.
  // Those that only read go on, and so does the server as a whole. Logs when
  // that begins and when it ends. To be called now and then, as nobody asks to
  // write where nothing serves.
  void Check();

  // The same when a write was refused with `status`, before its call is
  // finished.
  void OnRefusal(const absl::Status& status);

 private:
  void Report(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ledger::Ledger* const ledger_;
  Mutex mutex_;
  grpc::HealthCheckServiceInterface* health_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool is_recording_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WRITE_MONITOR_H_
