// Follows a primary: copies its ledger into a replica, on a thread of its own,
// for as long as it is there, and refuses it for good once it contradicts what
// was verified. What was verified is served either way.

#ifndef ANNALS_SERVICE_FOLLOWING_FOLLOWER_H_
#define ANNALS_SERVICE_FOLLOWING_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/replica.h"
#include "service/following/copy_pass.h"
#include "service/following/primary.h"
#include "service/telemetry/metrics.h"

namespace annals {

struct FollowOptions {
  PrimaryOptions primary;
  // The keys that may sign; not empty.
  std::vector<ledger::NoteVerifier> keys;
  CopyLimits limits;
  // Before the first repetition after an interruption; each further one waits
  // twice as long, up to the maximum.
  absl::Duration retry = absl::Milliseconds(200);
  absl::Duration retry_max = absl::Seconds(15);
  // Asked during the first copy, which can be long: whether to give it up.
  // Null: never.
  std::function<bool()> is_interrupted;
};

// The reason of a first copy that was given up; CANCELLED.
inline constexpr char kFollowInterrupted[] = "FOLLOW_INTERRUPTED";

// What a follower tells, on its thread.
struct FollowHooks {
  // A content went, for it was erased.
  std::function<void(uint64_t index)> erased;
  // Another key than before signed the checkpoint that was taken over.
  std::function<void(const ledger::NoteVerifier& key)> signed_by;
};

class Follower {
 public:
  // None is owned; all must outlive this.
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    ledger::Replica* replica = nullptr;
    ledger::Clock* clock = nullptr;
    // Where evidence is kept.
    std::string directory;
  };

  Follower(FollowOptions options, Parts parts);
  // As Stop.
  ~Follower();

  // Copies until a checkpoint was taken over, on the caller's thread, however
  // long it takes; OK at once if one was before. Waits for a primary that can't
  // be reached. A refusal (ledger::IsReplicaRefusal), whose evidence is kept;
  // FAILED_PRECONDITION with reason PRIMARY_REFUSES; CANCELLED with reason
  // FOLLOW_INTERRUPTED; or why nothing can be stored.
  absl::Status CopyFirst();

  // Follows from now on. No hook is null.
  void Start(FollowHooks hooks);

  // Ends it: the batch that is being stored is finished.
  void Stop();

  // Thread-safe.
  void CollectMetrics(MetricWriter* metrics) const;

 private:
  void Run();
  bool EndsFirst() const;
  bool stopping() const;
  // One connection; what it ended with.
  absl::Status RunPass(const std::function<bool()>& ends);
  CopyEvents MakeEvents(std::function<bool()> ends);
  void TellProgress();
  void TellKeyChanges();
  void NoteSigner();
  // Keeps the evidence: the status with its place.
  absl::Status KeepEvidence(const absl::Status& refusal, const CopyPass& pass);
  void Refuse(const absl::Status& refusal);
  // Waits after an interruption; false if it is to end.
  bool WaitToRetry(const absl::Status& status,
                   const std::function<bool()>& ends);
  void Purge();

  const FollowOptions options_;
  const Parts parts_;
  FollowHooks hooks_;

  // For the thread that copies.
  int failures_ = 0;
  bool must_purge_ = false;
  uint64_t known_key_changes_ = 0;
  const ledger::NoteVerifier* signer_ = nullptr;
  absl::Time told_ = absl::InfinitePast();

  // What the primary's latest checkpoint said; and when, seconds since 1970.
  std::atomic<uint64_t> primary_size_ = 0;
  std::atomic<double> heard_;
  std::atomic<bool> is_refused_ = false;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the pass under way; null between two.
  Primary* primary_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

// The one of `keys` that signed the note; null if none did.
const ledger::NoteVerifier* SignerOf(
    const std::string& note, const std::vector<ledger::NoteVerifier>& keys);

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOWING_FOLLOWER_H_
