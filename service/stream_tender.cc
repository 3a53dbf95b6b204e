#include "service/stream_tender.h"

#include <utility>

namespace annals {
namespace {

// What is held up for want of calls in a second goes on so often as well.
constexpr absl::Duration kTick = absl::Milliseconds(100);

}  // namespace

StreamTender::StreamTender(ledger::Clock* clock, absl::Duration timeout,
                           std::function<void(absl::Time)> tend)
    : clock_(*clock),
      timeout_(timeout > absl::ZeroDuration() ? timeout
                                              : absl::InfiniteDuration()),
      tend_(std::move(tend)),
      thread_([this] { Run(); }) {}

StreamTender::~StreamTender() {
  {
    MutexLock lock(&mutex_);
    ended_ = true;
    ends_.SignalAll();
  }
  thread_.join();
}

bool StreamTender::WaitForTick() {
  MutexLock lock(&mutex_);
  if (!ended_) ends_.WaitFor(&mutex_, kTick);
  return !ended_;
}

void StreamTender::Run() {
  while (WaitForTick()) tend_(clock_.Now() - timeout_);
}

}  // namespace annals
