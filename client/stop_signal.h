// SIGINT and SIGTERM as an orderly end.

#ifndef ANNALS_CLIENT_STOP_SIGNAL_H_
#define ANNALS_CLIENT_STOP_SIGNAL_H_

#include <functional>
#include <map>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals::client {

// While it lives, the two signals do not kill the process but set `stopped`.
// To be made before other threads start. Thread-safe.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool stopped() const;

  // What to do, from another thread, when a signal comes, such as to cancel a
  // call; at once if one has come. Null: nothing.
  void SetCallback(std::function<void()> callback);

  // The same for one thing more, until RemoveCallback is called with the number
  // that this returns.
  int AddCallback(std::function<void()> callback);
  void RemoveCallback(int number);

  // Waits so long, or until a signal comes.
  void Wait(absl::Duration duration);

 private:
  void WaitForSignals();

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> callback_ ABSL_GUARDED_BY(mutex_);
  std::map<int, std::function<void()>> callbacks_ ABSL_GUARDED_BY(mutex_);
  int next_callback_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_STOP_SIGNAL_H_
