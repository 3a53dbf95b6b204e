// What is watched of the process and of the disk that it writes to.

#ifndef ANNALS_SERVICE_TELEMETRY_PROCESS_METRICS_H_
#define ANNALS_SERVICE_TELEMETRY_PROCESS_METRICS_H_

#include <string>

#include "service/telemetry/metrics.h"

namespace annals {

// What can't be had is left out.
void CollectProcessMetrics(const std::string& data_dir, MetricWriter* metrics);

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_PROCESS_METRICS_H_
