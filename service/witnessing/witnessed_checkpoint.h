// The latest checkpoint that a quorum of witnesses cosigned: in memory, and in
// a file, so that a restart still has it.

#ifndef ANNALS_SERVICE_WITNESSING_WITNESSED_CHECKPOINT_H_
#define ANNALS_SERVICE_WITNESSING_WITNESSED_CHECKPOINT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/witness_policy.h"

namespace annals {

// Thread-safe.
class WitnessedCheckpoint {
 public:
  // `path` is the file. Policy and ledger are not owned and must outlive this.
  WitnessedCheckpoint(std::string path, const ledger::WitnessPolicy* policy)
      : path_(std::move(path)), policy_(policy) {}

  // Takes up what the file holds, if one of `keys` signed it, the quorum of the
  // policy cosigned it and the ledger extends it. Otherwise it says why not,
  // and nothing is taken up: the file is only a copy of what can be had again.
  absl::Status Load(const std::vector<ledger::NoteVerifier>& keys,
                    ledger::Ledger* ledger);

  // True if the quorum cosigned it. It is then made the latest, durably, unless
  // the latest is of a larger tree, or of the same with more cosignatures.
  absl::StatusOr<bool> Offer(const ledger::SignedCheckpoint& checkpoint);

  // Null if there is none.
  std::shared_ptr<const ledger::SignedCheckpoint> latest() const;

 private:
  struct Entry {
    std::shared_ptr<const ledger::SignedCheckpoint> checkpoint;
    size_t cosignatures = 0;
  };

  bool IsNewer(const Entry& entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  const ledger::WitnessPolicy* const policy_;
  Mutex write_mutex_;  // Held while the file is written.
  mutable Mutex mutex_;
  Entry latest_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WITNESSING_WITNESSED_CHECKPOINT_H_
