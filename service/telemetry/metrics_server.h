// GET /metrics.

#ifndef ANNALS_SERVICE_TELEMETRY_METRICS_SERVER_H_
#define ANNALS_SERVICE_TELEMETRY_METRICS_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace annals {

class MetricsServer {
 public:
  // Listens on host and port, 0 for any that is free, and answers with what
  // `text` gives until it is destroyed. `text` is called on threads of this.
  // UNAVAILABLE with reason METRICS_LISTEN_FAILED if the address can't be had.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(
      const std::string& host, int port, std::function<std::string()> text);

  // Returns when nothing is being answered any more.
  virtual ~MetricsServer() = default;

  virtual int port() const = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_METRICS_SERVER_H_
