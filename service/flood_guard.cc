#include "service/flood_guard.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"
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
// Of the bytes of incomplete requests, a connection's part.
constexpr uint64_t kConnectionPart = 4;
// With so few, gRPC is not asked what became of them: as many may come with any
// call before the server asks for more (RFC 9113 section 6.9.2).
constexpr uint64_t kIncompleteToAsk = 65535;

absl::string_view WhatWasTooMuch(Limit limit) {
  return limit == Limit::kIncompleteBytes
             ? "it holds more of requests that are not whole than "
               "--incomplete_bytes_max lets it"
             : "its calls are begun and given up faster than "
               "--connection_resets_per_second, or than they can be ended";
}

}  // namespace

FloodGuard::FloodGuard(const ConnectionLimits& limits, StreamCounts* counts,
                       WholeRequests* whole_requests, ledger::Clock* clock,
                       LimitCounters* counters)
    : limits_(limits),
      counts_(*counts),
      whole_requests_(*whole_requests),
      clock_(*clock),
      counters_(*counters),
      lines_(kLinesMax) {}

void FloodGuard::Add(int fd, const sockaddr_storage& peer) {
  if (!is_on()) return;
  Connection connection;
  connection.inode = SocketInode(fd).value_or(0);
  connection.name = PeerName(peer);
  connection.address = PeerAddress(peer);
  connection.whole = whole_requests_.Open(connection.name);
  connection.tokens = kBurstSeconds * limits_.resets_per_second;
  connection.looked_at = clock_.Now();
  const auto [place, is_new] = connections_.try_emplace(fd);
  if (!is_new) {
    whole_requests_.Close(place->second.name, place->second.whole);
  }
  place->second = std::move(connection);
}

bool FloodGuard::IsPaused(const std::string& address) {
  const auto found = paused_until_.find(address);
  return found != paused_until_.end() && clock_.Now() < found->second;
}

void FloodGuard::Look() {
  const absl::Time now = clock_.Now();
  absl::erase_if(paused_until_,
                 [now](const auto& paused) { return paused.second <= now; });
  const std::vector<int> suspects = Suspects();
  if (suspects.empty()) return;
  std::vector<std::string> names;
  names.reserve(suspects.size());
  for (const int fd : suspects) names.push_back(connections_[fd].name);
  const StreamCountByName counts = counts_.Read(names);
  for (const int fd : suspects) {
    const auto connection = connections_.find(fd);
    const auto count = counts.find(connection->second.name);
    if (count == counts.end()) continue;
    if (IsFlood(count->second, &connection->second)) {
      CutOff(connection, Limit::kConnectionResets);
      continue;
    }
    connection->second.incomplete.Settle(connection->second.sums(),
                                         count->second);
  }
  if (limits_.incomplete_bytes_max > 0) BoundIncomplete();
}

std::vector<int> FloodGuard::Suspects() {
  std::vector<int> suspects;
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    auto& [fd, connection] = *here;
    if (SocketInode(fd) != connection.inode) {
      whole_requests_.Close(connection.name, connection.whole);
      connections_.erase(here);
      continue;
    }
    const uint64_t before =
        std::exchange(connection.received, ReceivedBytes(fd));
    if (IsBusy(before, connection.received) ||
        connection.incomplete.AtMost(connection.sums()) > kIncompleteToAsk) {
      suspects.push_back(fd);
    } else {
      connection.incomplete.Settle(connection.sums());
    }
  }
  return suspects;
}

bool FloodGuard::IsBusy(uint64_t received_before, uint64_t received) const {
  const uint64_t much =
      kCallBytesMin *
      static_cast<uint64_t>(limits_.resets_per_second *
                            absl::ToDoubleSeconds(kLookInterval));
  return limits_.resets_per_second > 0 && received >= received_before + much;
}

bool FloodGuard::IsFlood(const StreamCount& count, Connection* connection) {
  if (limits_.resets_per_second == 0) return false;
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

void FloodGuard::BoundIncomplete() {
  const auto all_max = static_cast<uint64_t>(limits_.incomplete_bytes_max);
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    if (here->second.incomplete.held() > all_max / kConnectionPart) {
      CutOff(here, Limit::kIncompleteBytes);
    }
  }
  while (true) {
    const Holders holders = FindHolders();
    if (holders.held <= all_max) return;
    CutOff(holders.greediest, Limit::kIncompleteBytes);
  }
}

FloodGuard::Holders FloodGuard::FindHolders() {
  struct Address {
    uint64_t held = 0;
    Connections::iterator greediest;
  };
  absl::flat_hash_map<absl::string_view, Address> addresses;
  Holders holders;
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    const uint64_t held = it->second.incomplete.held();
    if (held == 0) continue;
    holders.held += held;
    Address& address = addresses[it->second.address];
    if (address.held == 0 ||
        held > address.greediest->second.incomplete.held()) {
      address.greediest = it;
    }
    address.held += held;
  }
  uint64_t most = 0;
  for (const auto& [name, address] : addresses) {
    if (address.held <= most) continue;
    most = address.held;
    holders.greediest = address.greediest;
  }
  return holders;
}

void FloodGuard::CutOff(Connections::iterator place, Limit limit) {
  const int fd = place->first;
  const Connection connection = std::move(place->second);
  connections_.erase(place);
  whole_requests_.Close(connection.name, connection.whole);
  paused_until_[connection.address] = clock_.Now() + limits_.cut_off_pause;
  if (SocketInode(fd) != connection.inode) return;
  counters_.Count(limit);
  if (!Disconnect(fd)) return;
  if (lines_.Admit(clock_.Now()) < 0) return;
  spdlog::warn("a connection from {} is cut off, {}: {}", connection.address,
               std::string(LimitName(limit)),
               std::string(WhatWasTooMuch(limit)));
}

}  // namespace annals
