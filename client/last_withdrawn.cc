#include "client/last_withdrawn.h"

namespace annals::client {

int32_t LastWithdrawn(const v1::Lifecycle& life) {
  int32_t revision = 0;
  for (const v1::LifecycleStep& step : life.steps()) {
    if (step.step().step() == v1::STEP_WITHDRAWN) {
      revision = step.step().number();
    }
  }
  return revision;
}

}  // namespace annals::client
