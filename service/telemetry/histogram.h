// Counts of measured values, by size.

#ifndef ANNALS_SERVICE_TELEMETRY_HISTOGRAM_H_
#define ANNALS_SERVICE_TELEMETRY_HISTOGRAM_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace annals {

// The bounds of histograms of time, in seconds: 0.1 ms to 10 s.
std::vector<double> SecondsBounds();

// Thread-safe, without a lock: it is counted where calls are answered.
class Histogram {
 public:
  // `bounds` ascend. A value counts at the first bound that is not below it.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);

  struct Snapshot {
    std::vector<double> bounds;
    // By bound, and one more for what is above the last.
    std::vector<uint64_t> counts;
    double sum = 0;
  };
  // What is counted meanwhile may be in it in part.
  Snapshot Read() const;

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  std::atomic<double> sum_ = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_HISTOGRAM_H_
