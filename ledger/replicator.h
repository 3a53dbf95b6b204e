// The replicator: stores what another ledger has recorded, once it is proved,
// and takes its checkpoints over.

#ifndef ANNALS_LEDGER_REPLICATOR_H_
#define ANNALS_LEDGER_REPLICATOR_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/batch_builder.h"
#include "ledger/mutex.h"
#include "ledger/recorder.h"
#include "ledger/recovery.h"
#include "ledger/replica.h"
#include "ledger/right_edge.h"
#include "ledger/stream_lengths.h"

namespace annals::ledger {

// Entries whose content is missing, and the entry that is said to have erased
// it, which is not stored yet. 0 if it is not known who is: it was said before
// a restart, so that every checkpoint that is asked for covers it.
using MissingContents = std::map<uint64_t, uint64_t>;

// Of the entries that are stored and not yet under a checkpoint.
absl::StatusOr<MissingContents> FindMissingContents(
    const RecoveredReplica& recovered, const IndexReader& index,
    const LedgerParts& parts);

// Thread-safe as Recorder and Replica are. Refuses every append.
class Replicator final : public Recorder, public Replica {
 public:
  struct Start {
    RecoveredReplica recovered;
    MissingContents missing;
  };

  Replicator(const ReplicaOptions& options, const LedgerParts& parts,
             const RecorderPeers& peers, Start start);

  void Append(AppendRequest request, AppendCallback callback) override;
  absl::Status SettleUntil(absl::Time time) override;
  absl::Status WriteStatus() const override;
  size_t QueueLength() const override { return 0; }
  void Stop() override;
  void StopAtDamage(const absl::Status& status) override;

  bool has_checkpoint() const override { return has_checkpoint_; }
  uint64_t stored_size() const override { return stored_size_; }
  absl::StatusOr<Checkpoint> OpenNote(const std::string& note) const override;
  absl::Status RequireGrowth(const Checkpoint& newer,
                             absl::Span<const Hash> proof) const override;
  absl::StatusOr<std::vector<uint64_t>> Add(std::vector<CopiedEntry> entries,
                                            const CoveringTree& tree) override;
  absl::StatusOr<bool> Publish(const SignedCheckpoint& checkpoint) override;
  void Refuse(const absl::Status& why) override;

 private:
  absl::Status RequireCovered(const std::vector<CopiedEntry>& entries,
                              const CoveringTree& tree) const;
  absl::Status Commit(BatchBuilder* builder);
  // Whether every missing content was erased by an entry that is stored, or may
  // yet be by one that `size` entries do not include.
  absl::StatusOr<bool> AllExplained(uint64_t size) const;
  // Nothing more is stored: the first call counts.
  void Halt(const absl::Status& why);

  const LedgerParts parts_;
  const RecorderPeers peers_;
  const std::string primary_;
  std::atomic<bool> has_checkpoint_;
  std::atomic<uint64_t> stored_size_;

  // For the thread that adds.
  StoreHead head_;
  RightEdge edge_;  // Of all that is stored.
  absl::Time last_recorded_at_;
  StreamLengths lengths_;
  MissingContents missing_;
  // Since the last checkpoint.
  RecordedBatch recorded_;

  mutable Mutex mutex_;
  absl::Status stopped_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_REPLICATOR_H_
