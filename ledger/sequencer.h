// The sequencer: the one thread that gives entries their places, stores them
// and publishes checkpoints.

#ifndef ANNALS_LEDGER_SEQUENCER_H_
#define ANNALS_LEDGER_SEQUENCER_H_

#include <mutex>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/append_queue.h"
#include "ledger/batch_builder.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/recorder.h"
#include "ledger/recovery.h"
#include "ledger/stream_lengths.h"

namespace annals::ledger {

// Thread-safe.
class Sequencer final : public Recorder {
 public:
  Sequencer(const LedgerOptions& options, const LedgerParts& parts,
            const RecorderPeers& peers, RecoveredState state);
  ~Sequencer() override;

  void Append(AppendRequest request, AppendCallback callback) override;
  absl::Status SettleUntil(absl::Time time) override;
  absl::Status WriteStatus() const override { return queue_.status(); }
  size_t QueueLength() const override { return queue_.length(); }
  void Stop() override;

  // A batch that is being recorded is finished; what waits is refused.
  void StopAtDamage(const absl::Status& status) override;

 private:
  using Results = std::vector<absl::StatusOr<AppendResult>>;

  void Run();
  void Process(std::vector<PendingAppend> appends);
  // The time that all entries of the next batch must be later than.
  absl::Time BeginBatch();
  void EndBatch();
  void Refuse(std::vector<PendingAppend> appends) const;
  absl::Status CheckSpace() const;
  Results RefuseNew(const absl::Status& status, Results results) const;
  absl::Status Commit(BatchBuilder* builder);
  // Takes no further append: what waits is refused.
  void Abandon(const absl::Status& cause);
  void Halt(const absl::Status& cause, std::vector<PendingAppend> appends);
  void Answer(std::vector<PendingAppend> appends, Results results) const;

  const LedgerParts parts_;
  const RecorderPeers peers_;
  AppendQueue queue_;

  // For the sequencer's thread.
  StoreHead head_;
  RightEdge edge_;  // Of the published tree.
  absl::Time last_recorded_at_;
  StreamLengths lengths_;

  Mutex settle_mutex_;
  CondVar batch_ended_;
  // No entry up to this time is recorded any more.
  absl::Time settled_until_ ABSL_GUARDED_BY(settle_mutex_) =
      absl::InfinitePast();
  bool in_batch_ ABSL_GUARDED_BY(settle_mutex_) = false;
  uint64_t batches_ended_ ABSL_GUARDED_BY(settle_mutex_) = 0;

  std::once_flag joined_;
  std::thread thread_;  // Last, as it uses all the others.
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_SEQUENCER_H_
