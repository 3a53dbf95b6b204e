// Asks the witnesses of a policy to cosign the ledger's checkpoints, off the
// submission path: a thread of its own for each witness, so that one that hangs
// holds up neither submissions nor the other witnesses.
//
// It goes by rounds, because a quorum must cosign the same checkpoint. A round
// takes the latest checkpoint; each witness is asked for it, again after a
// failure, until the next round begins. That is when there is a newer
// checkpoint, the interval is over, and the round has its quorum, or no witness
// has still to answer for the first time, or the witnesses' time is up.

#ifndef ANNALS_SERVICE_WITNESSING_WITNESSING_H_
#define ANNALS_SERVICE_WITNESSING_WITNESSING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/witness_policy.h"
#include "service/telemetry/metrics.h"
#include "service/witnessing/witness_client.h"
#include "service/witnessing/witnessed_checkpoint.h"

namespace annals {

struct WitnessingOptions {
  // The text of a C2SP tlog-policy. Witnesses without a URL are not asked.
  std::string policy;
  // Where the latest witnessed checkpoint is kept.
  std::string path;
  // The least time between two rounds.
  absl::Duration interval = absl::Seconds(10);
  // How long a witness may take.
  absl::Duration timeout = absl::Seconds(5);
  // The waits after failures: the first, and the longest.
  absl::Duration backoff_min = absl::Seconds(1);
  absl::Duration backoff_max = absl::Minutes(1);
  // If not null, called with each checkpoint that is taken up or witnessed. It
  // must not block.
  std::function<void(std::shared_ptr<const ledger::SignedCheckpoint>)>
      on_witnessed;
};

class Witnessing {
 public:
  // Takes up the checkpoint kept in the file and begins to ask. `keys` are
  // those that this ledger's checkpoints are or were signed by, the present one
  // first. The ledger is not owned and must outlive this.
  //   INVALID_ARGUMENT: the policy is malformed, or WITNESS_URL_INVALID;
  //   FAILED_PRECONDITION, WITNESS_POLICY_OF_OTHER_LOG: the policy names logs,
  //     but not the present key;
  //   FAILED_PRECONDITION, WITNESS_URLS_MISSING: those with a URL are no
  //     quorum.
  static absl::StatusOr<std::unique_ptr<Witnessing>> Start(
      const WitnessingOptions& options,
      const std::vector<ledger::NoteVerifier>& keys, ledger::Ledger* ledger);

  // Whether Start would accept the policy, without a ledger.
  static absl::Status CheckPolicy(const WitnessingOptions& options,
                                  const ledger::NoteVerifier& present_key);

  // As Stop.
  ~Witnessing();

  // Asks no more, and returns when the threads have ended: what is under way is
  // cancelled.
  void Stop();

  const WitnessedCheckpoint& checkpoint() const { return checkpoint_; }

  // `tree_size`: of the ledger's latest checkpoint.
  void CollectMetrics(uint64_t tree_size, MetricWriter* metrics) const;

 private:
  // One witness, and what is known of its last answer.
  struct Asked {
    std::unique_ptr<WitnessClient> client;
    uint64_t answered_round = 0;                       // With a cosignature.
    uint64_t tried_round = 0;                          // With any outcome.
    std::optional<ledger::NoteSignature> cosignature;  // Of this round.
    std::string failure;  // The reason of the last one; empty if it answers.
  };

  Witnessing(const WitnessingOptions& options, ledger::WitnessPolicy policy,
             ledger::Ledger* ledger);
  absl::Status AddWitnesses();
  void Run();
  bool RoundIsOver() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeginRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Ask(Asked* witness);
  bool WaitForWork(const Asked& witness) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WaitUnlessStopped(absl::Duration duration);
  void Record(absl::StatusOr<ledger::NoteSignature> result, uint64_t round,
              Asked* witness);
  void LogChange(const absl::Status& status, Asked* witness)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish();

  const WitnessingOptions options_;
  const ledger::WitnessPolicy policy_;
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_ = ledger::Clock::System();
  WitnessedCheckpoint checkpoint_;
  std::vector<std::unique_ptr<Asked>> witnesses_;  // Fixed once started.

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t round_ ABSL_GUARDED_BY(mutex_) = 0;
  bool round_has_quorum_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time round_began_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::shared_ptr<const ledger::SignedCheckpoint> target_
      ABSL_GUARDED_BY(mutex_);
  std::optional<ledger::Ledger::ListenerId> listener_;
  std::vector<std::thread> threads_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WITNESSING_WITNESSING_H_
