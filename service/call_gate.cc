#include "service/call_gate.h"

#include "service/worker_pool.h"

namespace annals {
namespace {

// Longer than an answer takes to a client on the same machine and its next call
// back.
constexpr absl::Duration kQuiet = absl::Milliseconds(50);
// With those who come again and again, though they were told.
constexpr absl::Duration kPatience = absl::Seconds(1);

}  // namespace

absl::StatusOr<CallGate::Pass> CallGate::Enter() {
  MutexLock lock(&mutex_);
  ++events_;
  if (closed_) return ShuttingDown();
  ++under_way_;
  return Pass(this);
}

void CallGate::Leave() {
  MutexLock lock(&mutex_);
  ++events_;
  --under_way_;
}

void CallGate::Close() {
  MutexLock lock(&mutex_);
  closed_ = true;
}

void CallGate::WaitUntilQuiet(absl::Duration timeout) {
  MutexLock lock(&mutex_);
  absl::Duration idle;
  for (; timeout > absl::ZeroDuration(); timeout -= kQuiet) {
    const uint64_t events = events_;
    never_signalled_.WaitFor(&mutex_, kQuiet);
    idle = under_way_ == 0 ? idle + kQuiet : absl::ZeroDuration();
    if (under_way_ == 0 && (events_ == events || idle >= kPatience)) return;
  }
}

}  // namespace annals
