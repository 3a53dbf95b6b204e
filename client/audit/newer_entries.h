// What a server lists that was recorded after the audited checkpoint: it can't
// be compared with entries that were read, but it must be in a newer tree that
// the ledger signed.

#ifndef ANNALS_CLIENT_AUDIT_NEWER_ENTRIES_H_
#define ANNALS_CLIENT_AUDIT_NEWER_ENTRIES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/audit_state.h"

namespace annals::client {

class NewerEntries {
 public:
  // Fetches the latest checkpoint, verifies that the ledger signed it and that
  // it extends the audited one, and returns its size.
  using SizeSource = std::function<absl::StatusOr<uint64_t>()>;

  // `wait(attempt)` passes the time before a size is asked for again, counted
  // from 0; an error of it ends the check.
  NewerEntries(uint64_t audited_size, SizeSource fetch_size,
               std::function<absl::Status(int attempt)> wait)
      : size_(audited_size),
        fetch_size_(std::move(fetch_size)),
        wait_(std::move(wait)) {}

  // Takes the entry `index` that is said to record `resource`. Unless it is
  // known already to be in a signed tree, asks for a newer one, more than once:
  // a server may show an entry a moment before the checkpoint that has it.
  // DATA_LOSS with reason AUDIT_INDEX, naming the resource, if no tree has the
  // entry, or if another resource was said to be in it.
  absl::Status Add(const std::string& resource, uint64_t index);

  uint64_t count() const { return resources_.size(); }
  // Of the newest tree that was asked for.
  uint64_t size() const { return size_; }

 private:
  absl::Status RequireSize(const std::string& resource, uint64_t index);

  uint64_t size_;
  const SizeSource fetch_size_;
  const std::function<absl::Status(int attempt)> wait_;
  // By the index of their entry.
  absl::flat_hash_map<uint64_t, NameKey> resources_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_NEWER_ENTRIES_H_
