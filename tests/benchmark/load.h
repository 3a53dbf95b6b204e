// A closed loop of calls: so many in flight, until so many are done.

#ifndef ANNALS_TESTS_BENCHMARK_LOAD_H_
#define ANNALS_TESTS_BENCHMARK_LOAD_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"
#include "grpcpp/grpcpp.h"

namespace annals::benchmark {

struct LoadResult {
  uint64_t calls = 0;
  uint64_t errors = 0;
  std::string first_error;
  absl::Duration elapsed;
  // Of this process, client and server together.
  absl::Duration cpu;
  absl::Duration p50;
  absl::Duration p99;

  double calls_per_second() const {
    return static_cast<double>(calls) / absl::ToDoubleSeconds(elapsed);
  }
  double cpu_microseconds_per_call() const {
    return absl::ToDoubleMicroseconds(cpu) / static_cast<double>(calls);
  }
};

struct LoadShape {
  int in_flight = 128;
  uint64_t calls = 0;
};

// Starts call number `n` on slot `slot` (0 to in_flight - 1) and calls `done`
// with its status once it ends.
using StartCall = std::function<void(
    int slot, uint64_t n, std::function<void(const grpc::Status&)> done)>;

// Runs the loop to its end.
LoadResult RunLoad(const LoadShape& shape, StartCall start);

// Channels to the address with a connection each.
std::vector<std::shared_ptr<grpc::Channel>> MakeChannels(
    const std::string& address, int count);

// A method, and where to call it.
struct Target {
  std::string method;  // "/annals.v1.ReportService/GetReport"
  std::vector<std::shared_ptr<grpc::Channel>> channels;
};

// The bytes of request number n, made beforehand, so that making them is not
// measured.
using RequestOf = std::function<const grpc::ByteBuffer*(uint64_t n)>;

// Runs unary calls. They are bytes to the client, for subject and baseline
// alike, so that only the servers differ.
LoadResult RunCalls(const LoadShape& shape, const Target& target,
                    const RequestOf& request_of);

std::string ToString(const grpc::ByteBuffer& bytes);

// The message's bytes as a request.
grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message);

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_LOAD_H_
