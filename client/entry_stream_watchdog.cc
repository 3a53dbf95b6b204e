#include "client/entry_stream_watchdog.h"

#include <algorithm>
#include <utility>

namespace annals::client {
namespace {

// Longer than anybody waits, and no overflow of a time.
constexpr absl::Duration kLimitMax = absl::Hours(24 * 365);

}  // namespace

EntryStreamWatchdog::EntryStreamWatchdog(absl::Duration limit)
    : limit_(absl::ToChronoNanoseconds(std::min(limit, kLimitMax))),
      thread_([this] { Run(); }) {}

EntryStreamWatchdog::~EntryStreamWatchdog() {
  {
    MutexLock lock(&mutex_);
    ended_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

// Without a signal to the thread: it wakes in time by itself, so that a read
// costs no change of threads.
void EntryStreamWatchdog::Begin(grpc::ClientContext* call) {
  MutexLock lock(&mutex_);
  call_ = call;
  since_ = std::chrono::steady_clock::now();
}

void EntryStreamWatchdog::End() {
  MutexLock lock(&mutex_);
  call_ = nullptr;
}

bool EntryStreamWatchdog::TakeCancelled() {
  MutexLock lock(&mutex_);
  return std::exchange(cancelled_, false);
}

void EntryStreamWatchdog::Run() {
  MutexLock lock(&mutex_);
  while (!ended_) {
    const SteadyTime now = std::chrono::steady_clock::now();
    const SteadyTime due = (call_ == nullptr ? now : since_) + limit_;
    if (now < due) {
      changed_.WaitFor(&mutex_, absl::FromChrono(due - now));
      continue;
    }
    call_->TryCancel();
    call_ = nullptr;
    cancelled_ = true;
  }
}

}  // namespace annals::client
