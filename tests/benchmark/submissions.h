// First submissions of reports, as many as a round takes.

#ifndef ANNALS_TESTS_BENCHMARK_SUBMISSIONS_H_
#define ANNALS_TESTS_BENCHMARK_SUBMISSIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "annals/v1/report_service.pb.h"
#include "tests/benchmark/bench.h"

namespace annals::benchmark {

// Of every other year of several agencies, so that no report has one before it.
class Submissions {
 public:
  // Makes `count` submissions, and registers the agencies that they need.
  Submissions(const Bench& bench, uint64_t count);

  const std::string& name(uint64_t n) const { return names_[n]; }
  const grpc::ByteBuffer& request(uint64_t n) const { return requests_[n]; }

 private:
  std::vector<std::string> names_;
  std::vector<grpc::ByteBuffer> requests_;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_SUBMISSIONS_H_
