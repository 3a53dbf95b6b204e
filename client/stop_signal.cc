#include "client/stop_signal.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "ledger/clock.h"

namespace annals::client {
namespace {

constexpr long kPollNanoseconds = 50'000'000;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { WaitForSignals(); });
}

StopSignal::~StopSignal() {
  {
    MutexLock lock(&mutex_);
    ended_ = true;
  }
  thread_.join();
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

bool StopSignal::stopped() const {
  MutexLock lock(&mutex_);
  return stopped_;
}

void StopSignal::SetCallback(std::function<void()> callback) {
  MutexLock lock(&mutex_);
  callback_ = std::move(callback);
  if (stopped_ && callback_ != nullptr) callback_();
}

int StopSignal::AddCallback(std::function<void()> callback) {
  MutexLock lock(&mutex_);
  if (stopped_) callback();
  callbacks_.emplace(next_callback_, std::move(callback));
  return next_callback_++;
}

void StopSignal::RemoveCallback(int number) {
  MutexLock lock(&mutex_);
  callbacks_.erase(number);
}

void StopSignal::Wait(absl::Duration duration) {
  MutexLock lock(&mutex_);
  const absl::Time end = ledger::Clock::System()->Now() + duration;
  while (!stopped_) {
    const absl::Duration left = end - ledger::Clock::System()->Now();
    if (left <= absl::ZeroDuration()) return;
    changed_.WaitFor(&mutex_, std::min(left, absl::Hours(1)));
  }
}

void StopSignal::WaitForSignals() {
  const sigset_t signals = StopSignals();
  const timespec poll = {0, kPollNanoseconds};
  for (;;) {
    const bool came = sigtimedwait(&signals, nullptr, &poll) > 0;
    MutexLock lock(&mutex_);
    if (ended_) return;
    if (!came) continue;
    stopped_ = true;
    changed_.SignalAll();
    if (callback_ != nullptr) callback_();
    for (const auto& [number, callback] : callbacks_) callback();
  }
}

}  // namespace annals::client
