#include "client/import/cpu_deadline.h"

#include <time.h>

namespace annals::client {
namespace {

int64_t Nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

int64_t CpuTime() { return Nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

// Behind by a few milliseconds, and read without the kernel.
int64_t PassedTime() { return Nanoseconds(CLOCK_MONOTONIC_COARSE); }

}  // namespace

CpuDeadline::CpuDeadline(int seconds)
    : end_(CpuTime() + int64_t{seconds} * 1'000'000'000), next_look_(0) {}

bool CpuDeadline::IsOver() const {
  // A thread is given no more of the processor's time than passes.
  const int64_t now = PassedTime();
  if (now < next_look_) return false;
  const int64_t left = end_ - CpuTime();
  next_look_ = now + left;
  return left < 0;
}

}  // namespace annals::client
