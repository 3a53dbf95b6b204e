#include "service/whole_requests.h"

#include "service/peer_address.h"

namespace annals {

WholeRequests::Bytes WholeRequests::Open(const std::string& name) {
  auto bytes = std::make_shared<std::atomic<uint64_t>>(0);
  MutexLock lock(&mutex_);
  by_name_[name] = bytes;
  return bytes;
}

void WholeRequests::Close(const std::string& name, const Bytes& bytes) {
  MutexLock lock(&mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end() && found->second == bytes) by_name_.erase(found);
}

void WholeRequests::Add(const grpc::ServerContextBase& context, size_t bytes) {
  if (bytes >= kCountedBytesMin) Add(PeerName(context.peer()), bytes);
}

void WholeRequests::Add(const std::string& name, size_t bytes) {
  MutexLock lock(&mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  found->second->fetch_add(bytes, std::memory_order_relaxed);
}

}  // namespace annals
