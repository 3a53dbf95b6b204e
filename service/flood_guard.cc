#include "service/flood_guard.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"
#include "service/peer_address.h"
#include "service/socket_facts.h"
#include "service/subtract_or_zero.h"
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
// From so many bytes on that are not accounted for, gRPC is asked what became
// of them: a stream takes eleven.
constexpr uint64_t kUnaccountedToAsk = 64;
// And about every connection once in so many looks: a call that is answered may
// hide another that is not.
constexpr int kRound = 64;

// How long calls of a connection that is gone may still come to handlers.
constexpr absl::Duration kRecent = absl::Seconds(10);

absl::string_view WhatWasTooMuch(Limit limit) {
  return limit == Limit::kIncompleteBytes
             ? "it holds more of requests that are not whole than "
               "--incomplete_bytes_max lets it"
             : "its calls are begun and given up faster than "
               "--connection_resets_per_second, or than they can be ended";
}

}  // namespace

FloodGuard::FloodGuard(const ConnectionLimits& limits, StreamCounts* counts,
                       HandledCalls* handled, ledger::Clock* clock,
                       LimitCounters* counters)
    : limits_(limits),
      counts_(*counts),
      handled_(*handled),
      clock_(*clock),
      counters_(*counters),
      lines_(kLinesMax) {}

void FloodGuard::Add(int fd, const sockaddr_storage& peer) {
  if (!is_on()) return;
  // One that had the descriptor is gone.
  const auto before = connections_.find(fd);
  if (before != connections_.end()) Forget(before);
  Connection connection;
  connection.inode = SocketInode(fd).value_or(0);
  connection.name = PeerName(peer);
  connection.address = PeerAddress(peer);
  connection.has_name_of_another = recent_until_.contains(connection.name) ||
                                   handled_.Find(connection.name) != nullptr;
  connection.handled = handled_.Open(connection.name);
  counts_.Forget(connection.name);
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
  const auto is_over = [now](const auto& one) { return one.second <= now; };
  absl::erase_if(paused_until_, is_over);
  absl::erase_if(recent_until_, is_over);
  const std::vector<int> suspects = Suspects();
  if (suspects.empty()) return;
  std::vector<std::string> names;
  names.reserve(suspects.size());
  for (const int fd : suspects) names.push_back(connections_[fd].name);
  const StreamCountByName counts = counts_.Read(names);
  for (const int fd : suspects) {
    const auto connection = connections_.find(fd);
    const auto count = counts.find(connection->second.name);
    Judge(connection, count == counts.end() ? nullptr : &count->second);
  }
  if (limits_.incomplete_bytes_max > 0) BoundIncomplete();
}

void FloodGuard::Judge(Connections::iterator place, const StreamCount* count) {
  Connection& connection = place->second;
  // As long as it speaks no HTTP/2 yet.
  if (count == nullptr) return connection.incomplete.Settle(connection.sums());
  if (IsFlood(*count, &connection)) {
    return CutOff(place, Limit::kConnectionResets);
  }
  connection.incomplete.Settle(connection.sums(),
                               UnknownStreams(*count, connection));
}

uint64_t FloodGuard::UnknownStreams(const StreamCount& count,
                                    const Connection& connection) {
  const int64_t under_way = connection.handled->under_way;
  // With those that were answered and that gRPC has not let go of.
  const uint64_t alive = SubtractOrZero(
      count.alive(), static_cast<uint64_t>(std::max<int64_t>(under_way, 0)));
  if (connection.has_name_of_another) return alive;
  // With those that ended before they came to a handler.
  return std::min(alive,
                  SubtractOrZero(count.begun, connection.handled->begun));
}

void FloodGuard::Forget(Connections::iterator place) {
  const Connection& connection = place->second;
  handled_.Close(connection.name, connection.handled);
  recent_until_[connection.name] = clock_.Now() + kRecent;
  connections_.erase(place);
}

std::vector<int> FloodGuard::Suspects() {
  ++looks_;
  std::vector<int> suspects;
  for (auto it = connections_.begin(); it != connections_.end();) {
    const auto here = it++;
    auto& [fd, connection] = *here;
    if (SocketInode(fd) != connection.inode) {
      Forget(here);
      continue;
    }
    const uint64_t before =
        std::exchange(connection.received, ReceivedBytes(fd));
    if (IsBusy(before, connection.received) || MayHold(connection) ||
        (looks_ + fd) % kRound == 0) {
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

bool FloodGuard::MayHold(const Connection& connection) const {
  return limits_.incomplete_bytes_max > 0 &&
         (connection.incomplete.held() > 0 ||
          connection.incomplete.BytesAtMost(connection.sums()) >=
              kUnaccountedToAsk);
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
    const Holders proved = FindHolders(true);
    const Holders others = FindHolders(false);
    if (proved.held + others.held <= all_max) return;
    CutOff(others.held > all_max / 2 ? others.greediest : proved.greediest,
           Limit::kIncompleteBytes);
  }
}

FloodGuard::Holders FloodGuard::FindHolders(bool proved) {
  struct Address {
    uint64_t held = 0;
    Connections::iterator greediest;
  };
  absl::flat_hash_map<absl::string_view, Address> addresses;
  Holders holders;
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    const uint64_t held = it->second.incomplete.held();
    if (held == 0 || it->second.handled->is_proved != proved) continue;
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
  const Connection connection = place->second;
  Forget(place);
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
