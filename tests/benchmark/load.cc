#include "tests/benchmark/load.h"

#include <sys/resource.h>

#include <algorithm>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "ledger/check.h"

namespace annals::benchmark {
namespace {

absl::Duration CpuTime() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) +
         absl::DurationFromTimeval(usage.ru_stime);
}

// The state of one loop. Lives until the last call has ended.
class Loop {
 public:
  Loop(const LoadShape& shape, StartCall start)
      : shape_(shape),
        start_(std::move(start)),
        idle_slots_(shape.in_flight),
        latencies_(shape.calls) {}

  LoadResult Run() {
    const absl::Duration cpu_before = CpuTime();
    const absl::Time begin = absl::Now();
    for (int slot = 0; slot < shape_.in_flight; ++slot) Next(slot);
    idle_slots_.Wait();
    LoadResult result;
    result.elapsed = absl::Now() - begin;
    result.cpu = CpuTime() - cpu_before;
    result.calls = shape_.calls;
    result.errors = errors_;
    result.first_error = first_error_;
    std::sort(latencies_.begin(), latencies_.end());
    result.p50 = latencies_[shape_.calls / 2];
    result.p99 = latencies_[shape_.calls * 99 / 100];
    return result;
  }

 private:
  void Next(int slot) {
    const uint64_t n = next_.fetch_add(1);
    if (n >= shape_.calls) {
      idle_slots_.DecrementCount();
      return;
    }
    const absl::Time begin = absl::Now();
    start_(slot, n, [this, slot, n, begin](const grpc::Status& status) {
      latencies_[n] = absl::Now() - begin;
      if (!status.ok()) RecordError(status);
      Next(slot);
    });
  }

  void RecordError(const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (errors_++ == 0) first_error_ = status.error_message();
  }

  const LoadShape shape_;
  const StartCall start_;
  std::atomic<uint64_t> next_{0};
  absl::BlockingCounter idle_slots_;
  std::vector<absl::Duration> latencies_;  // By call; each written once.
  absl::Mutex mutex_;
  uint64_t errors_ = 0;
  std::string first_error_;
};

}  // namespace

LoadResult RunLoad(const LoadShape& shape, StartCall start) {
  return Loop(shape, std::move(start)).Run();
}

std::vector<std::shared_ptr<grpc::Channel>> MakeChannels(
    const std::string& address, int count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(grpc::CreateCustomChannel(
        address, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

LoadResult RunCalls(const LoadShape& shape, const Target& target,
                    const RequestOf& request_of) {
  // A slot has one call at a time.
  struct Slot {
    std::unique_ptr<grpc::GenericStub> stub;
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer response;
  };
  std::vector<Slot> slots(shape.in_flight);
  for (size_t i = 0; i < slots.size(); ++i) {
    slots[i].stub = std::make_unique<grpc::GenericStub>(
        target.channels[i % target.channels.size()]);
  }
  return RunLoad(shape, [&](int index, uint64_t n, auto done) {
    Slot& slot = slots[index];
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.response.Clear();
    slot.stub->UnaryCall(slot.context.get(), target.method, grpc::StubOptions(),
                         request_of(n), &slot.response, std::move(done));
  });
}

std::string ToString(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  ANNALS_CHECK(bytes.DumpToSingleSlice(&slice).ok());
  return {slice.begin(), slice.end()};
}

grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace annals::benchmark
