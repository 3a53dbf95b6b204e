// Which connections are open, and from where.
//
// gRPC owns the descriptors and does not say when it closes one. So each is
// remembered with the inode of its socket: a descriptor that is closed, or by
// now something else, is of a connection that is gone. All are looked at only
// when that makes a difference, and then only so often.

#ifndef ANNALS_SERVICE_CONNECTION_TABLE_H_
#define ANNALS_SERVICE_CONNECTION_TABLE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "service/limit_counters.h"

namespace annals {

// Not thread-safe.
class ConnectionTable {
 public:
  // Zero for as many as come from one address, and for any age.
  ConnectionTable(size_t connections_max, size_t address_connections_max,
                  absl::Duration age_max = absl::ZeroDuration())
      : connections_max_(connections_max),
        address_connections_max_(address_connections_max),
        age_max_(age_max) {}

  // Which limit one more from `address` would exceed, those left out that have
  // said nothing since they were made and must make room.
  std::optional<Limit> HitBy(const std::string& address);

  // REQUIRES: `fd` is an open socket.
  void Add(int fd, const std::string& address);

  // Forgets those that are gone, and counts those that are too old by now.
  void Sweep();

  // How many grew too old, as far as Sweep saw.
  uint64_t too_old() const { return too_old_; }

  size_t size() const { return connections_.size(); }

 private:
  struct Connection {
    uint64_t inode = 0;
    std::string address;
    std::chrono::steady_clock::time_point since;
    bool is_too_old = false;
  };

  std::optional<Limit> Exceeded(const std::string& address) const;
  void EndSilent(std::chrono::steady_clock::time_point now);
  void CountDown(const std::string& address);
  void CountIfTooOld(Connection* connection);

  const size_t connections_max_;
  const size_t address_connections_max_;
  const absl::Duration age_max_;
  uint64_t too_old_ = 0;
  // By descriptor.
  absl::flat_hash_map<int, Connection> connections_;
  absl::flat_hash_map<std::string, size_t> by_address_;
  std::optional<std::chrono::steady_clock::time_point> swept_at_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CONNECTION_TABLE_H_
