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

  const std::shared_ptr<grpc::Channel>& channel(int slot) const;
  const std::shared_ptr<grpc::Channel>& baseline_channel(int slot) const;

 private:
  TempDir dir_;
  std::unique_ptr<Daemon> daemon_;
  BaselineService baseline_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::shared_ptr<grpc::Channel>> baseline_channels_;
};

using ChannelOfSlot =
    std::function<const std::shared_ptr<grpc::Channel>&(int slot)>;

// Runs unary calls of `Service`'s `method`: call n sends `*request_of(n)`,
// which is made beforehand, so that making it is not measured.
template <typename Service, typename Request, typename Response>
LoadResult RunUnary(const LoadShape& shape, const ChannelOfSlot& channel,
                    void (Service::Stub::async::*method)(
                        grpc::ClientContext*, const Request*, Response*,
                        std::function<void(grpc::Status)>),
                    const std::function<const Request*(uint64_t)>& request_of) {
  std::vector<Slot<Response>> slots(shape.in_flight);
  std::vector<std::unique_ptr<typename Service::Stub>> stubs;
  for (int slot = 0; slot < shape.in_flight; ++slot) {
    stubs.push_back(Service::NewStub(channel(slot)));
  }
  return RunLoad(shape, [&](int index, uint64_t n, auto done) {
    Slot<Response>& slot = slots[index];
    slot.Renew();
    (stubs[index]->async()->*method)(slot.context.get(), request_of(n),
                                     &slot.response, std::move(done));
  });
}

// Calls that answer with so many bytes and do nothing else.
LoadResult RunNull(const LoadShape& shape, const Bench& bench,
                   uint32_t answer_bytes);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_BENCH_H_
