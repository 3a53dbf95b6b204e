// Where every call is counted and recorded when it is finished.

#ifndef ANNALS_SERVICE_TELEMETRY_CALL_RECORDER_H_
#define ANNALS_SERVICE_TELEMETRY_CALL_RECORDER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "service/telemetry/access_log.h"
#include "service/telemetry/handled_calls.h"
#include "service/telemetry/histogram.h"
#include "service/telemetry/limit_hits.h"
#include "service/telemetry/metrics.h"

namespace annals {

// Thread-safe. Counting takes no lock; nothing waits for a disk.
class CallRecorder {
 public:
  // Methods are known by their place in `methods`. `log` is null if none is
  // kept, `handled` if nobody asks what came of which connection. None is
  // owned; all must outlive this.
  CallRecorder(const std::vector<std::string>& methods, AccessLog* log,
               ledger::Clock* clock, HandledCalls* handled = nullptr);

  HandledCalls* handled() const { return handled_; }

  // Whether anybody reads more of a record than method, code and latency.
  bool wants_details() const { return log_ != nullptr; }

  void Begin(size_t method);

  // Once for each Begin. Gives the record its time and method.
  void End(size_t method, CallRecord record);

  // Of a part of a call under way, such as an item of a batch: its line, and
  // the limit that it hit.
  void RecordItem(size_t method, CallRecord record);

  void Collect(MetricWriter* metrics) const;

 private:
  void Log(const std::string& method, CallRecord record);

  static constexpr size_t kCodes = 17;  // Of gRPC.

  struct alignas(64) Method {
    explicit Method(std::string called)
        : name(std::move(called)), latency(SecondsBounds()) {}
    const std::string name;
    std::array<std::atomic<uint64_t>, kCodes> by_code = {};
    std::atomic<int64_t> in_flight = 0;
    Histogram latency;
  };

  std::vector<std::unique_ptr<Method>> methods_;  // Fixed once made.
  AccessLog* const log_;
  ledger::Clock* const clock_;
  HandledCalls* const handled_;
  LimitHits limits_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_CALL_RECORDER_H_
