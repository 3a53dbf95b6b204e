// A daemon and the baselines, each on a port of its own, and ways to load them.

#ifndef ANNALS_TESTS_BENCHMARK_BENCH_H_
#define ANNALS_TESTS_BENCHMARK_BENCH_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/daemon.h"
#include "tests/benchmark/baseline_service.h"
#include "tests/benchmark/load.h"
#include "tests/support/temp_dir.h"

namespace annals::benchmark {

class Bench {
 public:
  // Opens or creates the daemon's data directory; ends the process on an error.
  explicit Bench(const std::string& data_dir);
  ~Bench();

  // A method of the daemon, such as "annals.v1.ReportService/GetReport".
  Target Of(const std::string& method) const;
  // A method of the baselines.
  Target OfBaseline(const std::string& method) const;
  std::string verifier_key() const { return daemon_->verifier_key(); }
  const std::shared_ptr<grpc::Channel>& channel() const {
    return channels_.front();
  }

 private:
  TempDir dir_;
  std::unique_ptr<Daemon> daemon_;
  BaselineService baseline_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::shared_ptr<grpc::Channel>> baseline_channels_;
};

// Calls that answer with so many bytes and do nothing else.
LoadResult RunNull(const LoadShape& shape, const Bench& bench,
                   uint32_t answer_bytes);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_BENCH_H_
