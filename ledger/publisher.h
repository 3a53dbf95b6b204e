// Signs checkpoints and publishes them: in the mark, then to the readers.

#ifndef ANNALS_LEDGER_PUBLISHER_H_
#define ANNALS_LEDGER_PUBLISHER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/published_mark.h"
#include "ledger/right_edge.h"
#include "ledger/signer.h"

namespace annals::ledger {

// What readers see: a checkpoint, and the part of its tree that is not in full
// tiles. Never changes.
struct Snapshot {
  std::shared_ptr<const SignedCheckpoint> checkpoint;
  RightEdge edge;
};

// Publishing is for one thread at a time; `snapshot` is thread-safe.
class Publisher {
 public:
  // Not owned: signer and mark, which must outlive this.
  Publisher(NoteVerifier verifier, Signer* signer, PublishedMark* mark);

  const NoteVerifier& verifier() const { return verifier_; }

  // The signed checkpoint of the tree. INTERNAL if the signer fails or made a
  // false signature.
  absl::StatusOr<SignedCheckpoint> Sign(const RightEdge& edge) const;

  // Makes the checkpoint the published one, durably.
  absl::Status WriteMark(const SignedCheckpoint& checkpoint);

  // Shows the readers a checkpoint whose mark is written, and its tree.
  void Show(SignedCheckpoint checkpoint, const RightEdge& edge);

  // The latest shown. REQUIRES: one was.
  std::shared_ptr<const Snapshot> snapshot() const;

 private:
  const NoteVerifier verifier_;
  Signer* const signer_;
  PublishedMark* const mark_;

  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_PUBLISHER_H_
