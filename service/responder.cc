#include "service/responder.h"

#include "spdlog/spdlog.h"

namespace annals {

void LogServerFault(const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsUnknown(status) ||
      absl::IsDataLoss(status)) {
    spdlog::error("a call failed: {}", std::string(status.message()));
  }
}

}  // namespace annals
