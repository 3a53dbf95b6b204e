// Refusals that are answered after a while.
//
// A caller that is over its limits and asks again as soon as it is refused
// costs the server a message for each refusal, as fast as both can. Held back
// for a moment, its refusals come no faster than the calls that it may have
// under way, and leave the processors to the others. Those that came together
// are answered one after the other, because what comes back would come together
// again.

#ifndef ANNALS_SERVICE_REFUSAL_HOLD_H_
#define ANNALS_SERVICE_REFUSAL_HOLD_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class RefusalHold {
 public:
  // Answers a call.
  using Answer = absl::AnyInvocable<void() &&>;

  // How many are held. What is held keeps nothing but its call, some KiB.
  static constexpr size_t kHeldMax = 4096;

  // `hold`: how long; zero, and nothing is held.
  explicit RefusalHold(absl::Duration hold);
  // As ReleaseAll.
  ~RefusalHold();

  // Calls `answer` once: if `status` is RESOURCE_EXHAUSTED, on a thread of its
  // own after the hold and the answers before it; at once if it is another, or
  // too many are held, or all were released. `answer` must not block.
  void Run(const absl::Status& status, Answer answer);

  // Answers what is held; holds nothing any more. Returns when all is answered.
  void ReleaseAll();

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Held {
    SteadyClock::time_point due;
    Answer answer;
  };

  // False, and `answer` is as before, if it can't be held.
  bool Hold(Answer* answer);
  void RunHeld();
  // Waits for what is due, and takes it out. Empty at the end.
  std::deque<Held> TakeDue();

  const SteadyClock::duration hold_;
  Mutex mutex_;
  CondVar changed_;
  // What is due first comes first.
  std::deque<Held> held_ ABSL_GUARDED_BY(mutex_);
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
  // Of ReleaseAll, which any thread may call.
  Mutex thread_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(thread_mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REFUSAL_HOLD_H_
