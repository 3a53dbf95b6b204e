// Ends a read of a server that stays silent.

#ifndef ANNALS_CLIENT_ENTRY_STREAM_WATCHDOG_H_
#define ANNALS_CLIENT_ENTRY_STREAM_WATCHDOG_H_

#include <grpcpp/client_context.h>

#include <chrono>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals::client {

// Thread-safe.
class EntryStreamWatchdog {
 public:
  explicit EntryStreamWatchdog(absl::Duration limit);
  ~EntryStreamWatchdog();
  EntryStreamWatchdog(const EntryStreamWatchdog&) = delete;
  EntryStreamWatchdog& operator=(const EntryStreamWatchdog&) = delete;

  // From now on, until End, the call is cancelled once the limit has passed.
  void Begin(grpc::ClientContext* call);
  void End();

  // Whether a call was cancelled since this was last asked.
  bool TakeCancelled();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Run();

  const std::chrono::nanoseconds limit_;
  Mutex mutex_;
  CondVar changed_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  // The call that is being read, and since when; null between two reads.
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
  SteadyTime since_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ENTRY_STREAM_WATCHDOG_H_
