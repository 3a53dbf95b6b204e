#include "service/refusal_hold.h"

#include <algorithm>
#include <utility>

namespace annals {
namespace {

// Between two answers to one caller: 2,000 a second.
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

void RefusalHold::Run(const Refusal& refusal, Answer answer) {
  const bool may_hold = absl::IsResourceExhausted(refusal.status) &&
                        refusal.request_bytes <= kRequestBytesMax;
  if (may_hold && Hold(refusal.lane, &answer)) return;
  std::move(answer)();
}

bool RefusalHold::Hold(uint64_t lane, Answer* answer) {
  if (hold_ == SteadyClock::duration::zero()) return false;
  SteadyClock::time_point due = SteadyClock::now() + hold_;
  MutexLock lock(&mutex_);
  if (released_ || held_.size() >= kHeldMax) return false;
  Lane& of_caller = lanes_[lane];
  if (of_caller.held > 0) due = std::max(due, of_caller.last_due + kSpacing);
  of_caller.last_due = due;
  ++of_caller.held;
  const auto place = held_.emplace(due, Held{lane, std::move(*answer)});
  if (place == held_.begin()) changed_.Signal();
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
    std::vector<Held> due = TakeDue();
    if (due.empty()) return;
    for (Held& held : due) std::move(held.answer)();
  }
}

RefusalHold::Held RefusalHold::TakeFirst() {
  const auto first = held_.begin();
  Held held = std::move(first->second);
  held_.erase(first);
  const auto lane = lanes_.find(held.lane);
  if (--lane->second.held == 0) lanes_.erase(lane);
  return held;
}

std::vector<RefusalHold::Held> RefusalHold::TakeDue() {
  MutexLock lock(&mutex_);
  while (!released_) {
    if (held_.empty()) {
      changed_.Wait(&mutex_);
      continue;
    }
    const auto left = held_.begin()->first - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) break;
    changed_.WaitFor(&mutex_, absl::FromChrono(left + kStep));
  }
  std::vector<Held> due;
  const SteadyClock::time_point now = SteadyClock::now();
  while (!held_.empty() && (released_ || held_.begin()->first <= now)) {
    due.push_back(TakeFirst());
  }
  return due;
}

}  // namespace annals
