// Every metric of the daemon, in one table, and how they are written. A metric
// that is not in the table can't be written.

#ifndef ANNALS_SERVICE_TELEMETRY_METRICS_H_
#define ANNALS_SERVICE_TELEMETRY_METRICS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "prometheus/metric_family.h"
#include "service/telemetry/histogram.h"

namespace annals {

// In the order of the table.
enum class Metric : size_t {
  kBuildInfo,
  kDraining,
  kCalls,
  kCallDuration,
  kCallsInFlight,
  kConnections,
  kLimitsHit,
  kAccessLogDropped,
  kAccessLogErrors,
  kWorkerQueue,
  kWorkerQueueMax,
  kTreeSize,
  kCheckpointTime,
  kBatchEntries,
  kBatchStep,
  kSequencerQueue,
  kSequencerQueueMax,
  kWritesStopped,
  kDamage,
  kWitnessedTreeSize,
  kWitnessLag,
  kWitnessUp,
  kFollowerLag,
  kFollowerHeard,
  kFollowerRefused,
  kStoreTableBytes,
  kStoreMemtableBytes,
  kStoreCacheBytes,
  kStoreCacheHits,
  kStoreCacheMisses,
  kStoreCompactions,
  kStoreCompactionPending,
  kStoreCompactionRead,
  kStoreCompactionWritten,
  kStoreStallSeconds,
  kStoreWriteStopped,
  kStoreLogSyncs,
  kStoreBackgroundErrors,
  kDiskFree,
  kDiskSize,
  kTlsExpiry,
  kTlsCrlExpiry,
  kTlsReloadFailures,
  kTlsHandshakeFailures,
  kProcessStart,
  kProcessCpu,
  kProcessMemory,
  kProcessOpenFds,
  kProcessMaxFds,
};

struct MetricInfo {
  Metric metric;
  prometheus::MetricType type;
  // As Prometheus names them: the unit at the end, _total for what only rises.
  absl::string_view name;
  // Its labels, with commas; empty if it has none.
  absl::string_view labels;
  absl::string_view help_en;
  absl::string_view help_zh;
};

// By Metric.
const std::vector<MetricInfo>& MetricTable();

// The names and values of a sample's labels.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// Gathers samples. Not thread-safe.
class MetricWriter {
 public:
  MetricWriter();

  // A sample of a counter or gauge; of the same labels, what they add up to.
  void Add(Metric metric, double value, const MetricLabels& labels = {});
  void AddHistogram(Metric metric, const Histogram::Snapshot& histogram,
                    const MetricLabels& labels = {});

  // In Prometheus' text format, version 0.0.4.
  std::string ToText() const;

 private:
  std::vector<prometheus::MetricFamily> families_;  // By Metric.
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_METRICS_H_
