// One connection's worth of following: entries are gathered, proved under a
// checkpoint of the primary, and stored; its checkpoints are taken over where
// they are reached.

#ifndef ANNALS_SERVICE_FOLLOWING_COPY_PASS_H_
#define ANNALS_SERVICE_FOLLOWING_COPY_PASS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"
#include "ledger/replica.h"
#include "service/following/primary.h"

namespace annals {

struct CopyLimits {
  // Of a batch.
  size_t entries_max = 256;
  size_t bytes_max = size_t{4} << 20;
  // How long the primary may send nothing, heartbeats included.
  absl::Duration silence_max = absl::Seconds(30);
};

// What a pass tells as it goes. All are called on its thread, and none is null.
struct CopyEvents {
  // A checkpoint of the primary was verified.
  std::function<void(const ledger::Checkpoint&)> heard;
  // Entries were stored; the contents of those that are named went.
  std::function<void(const std::vector<uint64_t>& erased)> stored;
  // A checkpoint was taken over.
  std::function<void()> published;
  // Whether to end.
  std::function<bool()> ends;
};

// Not thread-safe.
class CopyPass {
 public:
  struct Parts {
    Primary* primary = nullptr;
    ledger::Ledger* ledger = nullptr;
    ledger::Replica* replica = nullptr;
  };

  // None of `parts` is owned; all must outlive this.
  CopyPass(const Parts& parts, const CopyLimits& limits, CopyEvents events)
      : parts_(parts), limits_(limits), events_(std::move(events)) {}

  // OK if `ends` says so. Otherwise why the pass ended: as Primary says, a
  // refusal (ledger::IsReplicaRefusal), or that the replica can't store.
  absl::Status Run();

  // Whether the feed brought anything.
  bool took_any() const { return took_any_; }

  // For evidence.
  const std::string& verified() const { return verified_; }
  const std::string& shown() const { return shown_; }
  const std::vector<ledger::Hash>& proof() const { return proof_; }

 private:
  absl::Status Take(v1::WatchEntriesResponse response);
  absl::Status TakeEntry(v1::WatchEntriesResponse response);
  // `size_min`: it must have so many entries.
  absl::Status TakeCheckpoint(std::string note, uint64_t size_min);
  absl::Status FetchCheckpoint(uint64_t size_min);
  absl::Status FetchProof(uint64_t old_size, uint64_t new_size);
  absl::Status RequireGrowth(const ledger::Checkpoint& newer);
  // Stores what was gathered.
  absl::Status Store();
  // Whether it is the target, and not the entries, that is false.
  absl::Status Judge(const absl::Status& refusal);
  // Takes the target over if what is stored reaches it.
  absl::Status Publish();
  bool IsPublished(uint64_t size) const;
  uint64_t stored() const { return parts_.replica->stored_size(); }
  uint64_t gathered() const { return stored() + entries_.size(); }

  const Parts parts_;
  const CopyLimits limits_;
  const CopyEvents events_;
  // The latest checkpoint, which what is stored is a prefix of.
  std::optional<ledger::SignedCheckpoint> target_;
  std::vector<ledger::CopiedEntry> entries_;
  size_t bytes_ = 0;
  bool took_any_ = false;
  std::string verified_;
  std::string shown_;
  std::vector<ledger::Hash> proof_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOWING_COPY_PASS_H_
