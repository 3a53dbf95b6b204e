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
  // `ledger` is not owned and must outlive this. `recording`: why nobody may
  // ever record; OK if some may.
  WriteMonitor(const ledger::Ledger* ledger, const absl::Status& recording)
      : ledger_(ledger), is_recorder_(recording.ok()) {}

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
  static void Log(const absl::Status& status);
  // Whether the services that write are serving.
  void Show(bool is_serving) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ledger::Ledger* const ledger_;
  const bool is_recorder_;
  Mutex mutex_;
  grpc::HealthCheckServiceInterface* health_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool is_recording_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WRITE_MONITOR_H_
