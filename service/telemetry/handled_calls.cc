#include "service/telemetry/handled_calls.h"

namespace annals {

HandledCalls::Connection HandledCalls::Open(const std::string& name) {
  auto connection = std::make_shared<Counts>();
  MutexLock lock(&mutex_);
  by_name_[name] = connection;
  return connection;
}

void HandledCalls::Close(const std::string& name,
                         const Connection& connection) {
  MutexLock lock(&mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end() && found->second == connection) {
    by_name_.erase(found);
  }
}

HandledCalls::Connection HandledCalls::Find(const std::string& name) const {
  MutexLock lock(&mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace annals
