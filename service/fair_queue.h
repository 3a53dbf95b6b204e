// A queue in which everybody has a turn, however many of their tasks wait.

#ifndef ANNALS_SERVICE_FAIR_QUEUE_H_
#define ANNALS_SERVICE_FAIR_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace annals {

// Tasks stand in lanes, one of each caller, which take turns; within a lane the
// first goes first. Continuations of what was begun have a lane that is asked
// every other time. Not thread-safe.
class FairQueue {
 public:
  using Task = absl::AnyInvocable<void(const absl::Status&) &&>;

  void Push(uint64_t lane, Task task);
  void PushContinuation(Task task);

  // REQUIRES: it is not empty.
  Task Pop();

  size_t size() const { return size_; }

 private:
  Task PopFromLanes();

  size_t size_ = 0;
  std::deque<Task> continuations_;
  bool lanes_are_next_ = false;
  // No lane is empty; each stands once among the turns.
  absl::flat_hash_map<uint64_t, std::deque<Task>> lanes_;
  std::deque<uint64_t> turns_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FAIR_QUEUE_H_
