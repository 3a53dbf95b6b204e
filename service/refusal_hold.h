// Refusals that are answered after a while.
//
// A caller that is over its limits and asks again as soon as it is refused
// costs the server a message for each refusal, as fast as both can. Held back
// for a moment, its refusals come no faster than the calls that it may have
// under way, and leave the processors to the others. Those of one caller are
// answered one after the other, because what comes back would come together
// again; those of others neither wait for them nor tell of them.

#ifndef ANNALS_SERVICE_REFUSAL_HOLD_H_
#define ANNALS_SERVICE_REFUSAL_HOLD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals {

struct Refusal {
  // Of the caller, as Admission has it.
  uint64_t lane = 0;
  // OK if it is none, after all.
  absl::Status status;
  size_t request_bytes = 0;
};

// Thread-safe.
class RefusalHold {
 public:
  // Answers a call.
  using Answer = absl::AnyInvocable<void() &&>;

  // How many are held. What is held keeps nothing but its call, some KiB.
  static constexpr size_t kHeldMax = 8192;
  // A longer request slows its sender down by itself, and many of them at a
  // time fill the memory that there is for requests.
  static constexpr size_t kRequestBytesMax = size_t{64} << 10;

  // `hold`: how long; zero, and nothing is held.
  explicit RefusalHold(absl::Duration hold);
  // As ReleaseAll.
  ~RefusalHold();

  // Calls `answer` once: if the status is RESOURCE_EXHAUSTED, on a thread of
  // its own after the hold and the caller's answers before it; at once if it
  // is another, the request is long, too many are held, or all were released.
  // `answer` must not block.
  void Run(const Refusal& refusal, Answer answer);

  // Answers what is held; holds nothing any more. Returns when all is answered.
  void ReleaseAll();

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Held {
    uint64_t lane = 0;
    Answer answer;
  };
  // Of a caller with something held.
  struct Lane {
    size_t held = 0;
    SteadyClock::time_point last_due;
  };

  // False, and `answer` is as before, if it can't be held.
  bool Hold(uint64_t lane, Answer* answer);
  void RunHeld();
  // Waits for what is due, and takes it out. Empty at the end.
  std::vector<Held> TakeDue();
  Held TakeFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const SteadyClock::duration hold_;
  Mutex mutex_;
  CondVar changed_;
  // By when it is due.
  std::multimap<SteadyClock::time_point, Held> held_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Lane> lanes_ ABSL_GUARDED_BY(mutex_);
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
  // Of ReleaseAll, which any thread may call.
  Mutex thread_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(thread_mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REFUSAL_HOLD_H_
