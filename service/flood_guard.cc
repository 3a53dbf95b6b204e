#include "service/flood_guard.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "service/peer_address.h"
#include "service/socket_facts.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

// Of the log, in a second.
constexpr int kLinesMax = 20;
// What beginning and resetting a call takes on the wire, at the very least: two
// frames of HTTP/2 with their heads of 9 bytes.
constexpr uint64_t kCallBytesMin = 18;
// Burst, in seconds of the rate.
constexpr double kBurstSeconds = 2;
// Of the streams that a connection may have: gRPC lets go of those that ended a
// little later.
constexpr uint64_t kAliveMax = 2;

}  // namespace

FloodGuard::FloodGuard(const ConnectionLimits& limits, StreamCounts* counts,
                       ledger::Clock* clock, LimitCounters* counters)
    : limits_(limits),
      counts_(*counts),
      clock_(*clock),
      counters_(*counters),
      lines_(kLinesMax) {}

void FloodGuard::Add(int fd, const sockaddr_storage& peer) {
  if (!is_on()) return;
  Connection connection;
  connection.inode = SocketInode(fd).value_or(0);
  connection.name = PeerName(peer);
  connection.address = PeerAddress(peer);
  connection.tokens = kBurstSeconds * limits_.resets_per_second;
  connection.looked_at = clock_.Now();
  connections_[fd] = std::move(connection);
}

bool FloodGuard::IsPaused(const std::string& address) {
  const auto found = paused_until_.find(address);
  return found != paused_until_.end() && clock_.Now() < found->second;
}

void FloodGuard::Look() {
  const absl::Time now = clock_.Now();
  absl::erase_if(paused_until_,
                 [now](const auto& paused) { return paused.second <= now; });
  const std::vector<int> busy = Busy();
  if (busy.empty()) return;
  std::vector<std::string> names;
  names.reserve(busy.size());
  for (const int fd : busy) names.push_back(connections_[fd].name);
  const StreamCountByName counts = counts_.Read(names);
  for (const int fd : busy) {
    const auto connection = connections_.find(fd);
    const auto count = counts.find(connection->second.name);
    if (count == counts.end() || !IsFlood(count->second, &connection->second)) {
      continue;
    }
    CutOff(fd, connection->second);
    connections_.erase(connection);
  }
}

std::vector<int> FloodGuard::Busy() {
  const uint64_t much =
      kCallBytesMin *
      static_cast<uint64_t>(limits_.resets_per_second *
                            absl::ToDoubleSeconds(kLookInterval));
  std::vector<int> busy;
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    auto& [fd, connection] = *here;
    if (SocketInode(fd) != connection.inode) {
      connections_.erase(here);
      continue;
    }
    const uint64_t received = ReceivedBytes(fd);
    if (received >= connection.received_bytes + much) busy.push_back(fd);
    connection.received_bytes = received;
  }
  return busy;
}

bool FloodGuard::IsFlood(const StreamCount& count, Connection* connection) {
  const absl::Time now = clock_.Now();
  const double rate = limits_.resets_per_second;
  const double earned =
      rate * absl::ToDoubleSeconds(now - connection->looked_at);
  const double given_up = static_cast<double>(count.given_up) -
                          static_cast<double>(connection->given_up);
  connection->tokens =
      std::min(kBurstSeconds * rate, connection->tokens + earned) - given_up;
  connection->given_up = count.given_up;
  connection->looked_at = now;
  return connection->tokens < 0 ||
         count.alive() > kAliveMax * static_cast<uint64_t>(limits_.calls_max);
}

void FloodGuard::CutOff(int fd, const Connection& connection) {
  paused_until_[connection.address] = clock_.Now() + limits_.reset_pause;
  if (SocketInode(fd) != connection.inode || !Disconnect(fd)) return;
  counters_.Count(Limit::kConnectionResets);
  if (lines_.Admit(clock_.Now()) < 0) return;
  spdlog::warn(
      "a connection from {} is cut off, {}: its calls are begun and given up "
      "faster than --connection_resets_per_second, or than they can be ended",
      connection.address, std::string(LimitName(Limit::kConnectionResets)));
}

}  // namespace annals
