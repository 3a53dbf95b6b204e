#include "tests/benchmark/soak_party.h"

#include <algorithm>

namespace annals::benchmark {

void SoakParty::Start(SteadyClock::time_point end) {
  thread_ = std::thread([this, end] { Run(end); });
}

void SoakParty::Run(SteadyClock::time_point end) {
  SteadyClock::time_point next = SteadyClock::now();
  for (uint64_t n = 0; next < end; ++n) {
    std::this_thread::sleep_until(next);
    const SteadyClock::time_point begin = SteadyClock::now();
    const grpc::Status status = step_(n);
    const SteadyClock::time_point done = SteadyClock::now();
    latencies_.push_back(
        std::chrono::duration<float, std::milli>(done - begin).count());
    if (!status.ok() && errors_++ == 0) first_error_ = status.error_message();
    next = std::max(next + period_, done);
  }
}

}  // namespace annals::benchmark
