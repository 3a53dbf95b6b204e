#include "service/refusal_hold.h"

#include <algorithm>
#include <utility>

namespace annals {
namespace {

// Between two answers: 2,000 a second, of all callers.
constexpr std::chrono::microseconds kSpacing(500);
// One wake-up answers what is due within it.
constexpr std::chrono::milliseconds kStep(2);

}  // namespace

RefusalHold::RefusalHold(absl::Duration hold)
    : hold_(absl::ToChronoNanoseconds(hold)) {
  if (hold_ == SteadyClock::duration::zero()) return;
  MutexLock lock(&thread_mutex_);
  thread_ = std::thread([this] { RunHeld(); });
}

RefusalHold::~RefusalHold() { ReleaseAll(); }

void RefusalHold::Run(const absl::Status& status, Answer answer) {
  if (absl::IsResourceExhausted(status) && Hold(&answer)) return;
  std::move(answer)();
}

bool RefusalHold::Hold(Answer* answer) {
  if (hold_ == SteadyClock::duration::zero()) return false;
  SteadyClock::time_point due = SteadyClock::now() + hold_;
  MutexLock lock(&mutex_);
  if (released_ || held_.size() >= kHeldMax) return false;
  if (!held_.empty()) due = std::max(due, held_.back().due + kSpacing);
  held_.push_back({due, std::move(*answer)});
  if (held_.size() == 1) changed_.Signal();
  return true;
}

void RefusalHold::ReleaseAll() {
  {
    MutexLock lock(&mutex_);
    released_ = true;
    changed_.Signal();
  }
  MutexLock lock(&thread_mutex_);
  if (thread_.joinable()) thread_.join();
}

void RefusalHold::RunHeld() {
  while (true) {
    std::deque<Held> due = TakeDue();
    if (due.empty()) return;
    for (Held& held : due) std::move(held.answer)();
  }
}

std::deque<RefusalHold::Held> RefusalHold::TakeDue() {
  MutexLock lock(&mutex_);
  while (!released_) {
    if (held_.empty()) {
      changed_.Wait(&mutex_);
      continue;
    }
    const auto left = held_.front().due - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) break;
    changed_.WaitFor(&mutex_, absl::FromChrono(left + kStep));
  }
  if (released_) return std::exchange(held_, {});
  std::deque<Held> due;
  const SteadyClock::time_point now = SteadyClock::now();
  while (!held_.empty() && held_.front().due <= now) {
    due.push_back(std::move(held_.front()));
    held_.pop_front();
  }
  return due;
}

}  // namespace annals
