// Whether there is room to record. A ledger that stops before its disk is full
// goes on by itself once there is room; one whose write has failed does not,
// because nobody knows what is stored.

#ifndef ANNALS_LEDGER_SPACE_GUARD_H_
#define ANNALS_LEDGER_SPACE_GUARD_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace annals::ledger {

// Thread-safe.
class SpaceGuard {
 public:
  virtual ~SpaceGuard() = default;

  // OK, or why nothing is recorded for now. Asked before each batch, so it must
  // be quick.
  virtual absl::Status Check() const = 0;
};

// Of the file system that the directory lies on:
//   RESOURCE_EXHAUSTED, DISK_NEARLY_FULL: less than the floor is free;
//   UNAVAILABLE, DISK_READ_ONLY: it is mounted read-only, as by the system
//     after an error of the disk.
// OK if the system does not say.
class DiskSpaceGuard final : public SpaceGuard {
 public:
  DiskSpaceGuard(std::string directory, uint64_t floor_bytes)
      : directory_(std::move(directory)), floor_bytes_(floor_bytes) {}

  absl::Status Check() const override;

 private:
  const std::string directory_;
  const uint64_t floor_bytes_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_SPACE_GUARD_H_
