#include "client/import/cpu_deadline.h"

#include <time.h>

namespace annals::client {
namespace {

int64_t CpuNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

CpuDeadline::CpuDeadline(int seconds)
    : end_(CpuNanoseconds() + int64_t{seconds} * 1'000'000'000) {}

bool CpuDeadline::IsOver() const { return CpuNanoseconds() > end_; }

}  // namespace annals::client
