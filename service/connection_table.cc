#include "service/connection_table.h"

#include <utility>

#include "service/socket_facts.h"

namespace annals {
namespace {

// To look at 4,096 of them takes 2 ms.
constexpr std::chrono::milliseconds kSweepInterval(100);
// Fewer than any client begins a handshake of TLS or HTTP/2 with.
constexpr uint64_t kGreetingBytesMin = 24;
// How long a connection may say nothing while others want in.
constexpr std::chrono::seconds kSilence(1);
// gRPC asks a connection to go up to a tenth before the age, or after it.
constexpr double kAgeSpread = 0.9;

}  // namespace

std::optional<Limit> ConnectionTable::HitBy(const std::string& address) {
  const std::optional<Limit> hit = Exceeded(address);
  if (!hit.has_value()) return hit;
  const auto now = std::chrono::steady_clock::now();
  if (swept_at_.has_value() && now < *swept_at_ + kSweepInterval) return hit;
  swept_at_ = now;
  Sweep();
  if (Exceeded(address) == Limit::kConnections) EndSilent(now);
  return Exceeded(address);
}

// Whoever opens connections and says nothing would keep all others out.
void ConnectionTable::EndSilent(std::chrono::steady_clock::time_point now) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    const auto& [fd, connection] = *here;
    if (now < connection.since + kSilence ||
        SocketInode(fd) != connection.inode ||
        ReceivedBytes(fd) >= kGreetingBytesMin) {
      continue;
    }
    Disconnect(fd);
    CountDown(connection.address);
    connections_.erase(here);
  }
}

std::optional<Limit> ConnectionTable::Exceeded(
    const std::string& address) const {
  const auto found = by_address_.find(address);
  if (address_connections_max_ > 0 && found != by_address_.end() &&
      found->second >= address_connections_max_) {
    return Limit::kAddressConnections;
  }
  if (connections_.size() >= connections_max_) return Limit::kConnections;
  return std::nullopt;
}

void ConnectionTable::Add(int fd, const std::string& address) {
  Connection& connection = connections_[fd];
  // The descriptor of one that is gone.
  if (connection.inode != 0) {
    CountIfTooOld(&connection);
    CountDown(connection.address);
  }
  connection = {SocketInode(fd).value_or(0), address,
                std::chrono::steady_clock::now()};
  ++by_address_[address];
}

void ConnectionTable::CountDown(const std::string& address) {
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
}

void ConnectionTable::CountIfTooOld(Connection* connection) {
  const absl::Duration age =
      absl::FromChrono(std::chrono::steady_clock::now() - connection->since);
  if (age_max_ == absl::ZeroDuration() || connection->is_too_old ||
      age < age_max_ * kAgeSpread) {
    return;
  }
  connection->is_too_old = true;
  ++too_old_;
}

void ConnectionTable::Sweep() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    CountIfTooOld(&here->second);
    if (SocketInode(here->first) == here->second.inode) continue;
    CountDown(here->second.address);
    connections_.erase(here);
  }
}

}  // namespace annals
