// Who calls a daemon for a long time, each at a steady rate.

#ifndef ANNALS_TESTS_BENCHMARK_SOAK_PARTY_H_
#define ANNALS_TESTS_BENCHMARK_SOAK_PARTY_H_

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/grpcpp.h"

namespace annals::benchmark {

using SteadyClock = std::chrono::steady_clock;

// One thread that does one thing after another.
class SoakParty {
 public:
  // Gets its number; an error counts.
  using Step = std::function<grpc::Status(uint64_t n)>;

  // `per_second`: how often it begins a step; it does not make up for those
  // that a long one kept it from.
  SoakParty(std::string name, double per_second, Step step)
      : name_(std::move(name)),
        period_(std::chrono::duration_cast<SteadyClock::duration>(
            std::chrono::duration<double>(1 / per_second))),
        step_(std::move(step)) {}

  void Start(SteadyClock::time_point end);
  // Blocks until its end.
  void Join() { thread_.join(); }

  const std::string& name() const { return name_; }
  // Of its steps, in milliseconds. Only after Join().
  const std::vector<float>& latencies() const { return latencies_; }
  uint64_t errors() const { return errors_; }
  const std::string& first_error() const { return first_error_; }

 private:
  void Run(SteadyClock::time_point end);

  const std::string name_;
  const SteadyClock::duration period_;
  const Step step_;
  std::thread thread_;
  std::vector<float> latencies_;
  uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_SOAK_PARTY_H_
