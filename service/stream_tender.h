// A thread that looks after streams in which nothing moves.

#ifndef ANNALS_SERVICE_STREAM_TENDER_H_
#define ANNALS_SERVICE_STREAM_TENDER_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class StreamTender {
 public:
  // Calls `tend(time)` a few times a second until it is destroyed: a stream
  // that has not moved since `time` has stalled. `timeout` is how long that
  // takes; zero, and none ever does. The clock is not owned.
  StreamTender(ledger::Clock* clock, absl::Duration timeout,
               std::function<void(absl::Time)> tend);
  ~StreamTender();

 private:
  void Run();
  // False if it ends.
  bool WaitForTick();

  ledger::Clock& clock_;
  const absl::Duration timeout_;
  const std::function<void(absl::Time)> tend_;
  Mutex mutex_;
  CondVar ends_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_TENDER_H_
