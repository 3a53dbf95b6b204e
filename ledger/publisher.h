// Signs checkpoints and publishes them: in the mark, then to the readers.

#ifndef ANNALS_LEDGER_PUBLISHER_H_
#define ANNALS_LEDGER_PUBLISHER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/note.h"
#include "ledger/note_signer.h"
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
  // A key that signs, and its public part under the origin's name. Not owned.
  struct Key {
    NoteVerifier verifier;
    Signer* signer = nullptr;
  };

  struct Keys {
    // One; two during a change of keys, the old one first.
    std::vector<Key> present;
    // Those of before.
    std::vector<NoteVerifier> former;
    // Of another algorithm, which signs as well; null if there is none. Not
    // owned.
    const NoteSigner* second = nullptr;
  };

  // Signers and mark are not owned and must outlive this.
  Publisher(Keys keys, PublishedMark* mark);

  const NoteVerifier& verifier() const {
    return keys_.present.front().verifier;
  }

  // The checkpoint in a note that one of the keys, present or former, signed.
  // The first key's error if none did.
  absl::StatusOr<Checkpoint> OpenMark(const std::string& note) const;

  // Whether the present keys signed the note, all of them and no other.
  bool IsSignedByPresentKeys(const std::string& note) const;

  // The checkpoint of the tree, signed by every present key. INTERNAL if the
  // signer fails or made a false signature.
  absl::StatusOr<SignedCheckpoint> Sign(const RightEdge& edge) const;

  // Makes the checkpoint the published one, durably. REQUIRES: the store is
  // ahead of the mark.
  absl::Status WriteMark(const SignedCheckpoint& checkpoint);
  // The same where the store is not ahead, because the tree is the one that was
  // published.
  absl::Status ReplaceMark(const SignedCheckpoint& checkpoint);

  // Shows the readers a checkpoint whose mark is written, and its tree.
  void Show(SignedCheckpoint checkpoint, const RightEdge& edge);

  // The latest shown. REQUIRES: one was.
  std::shared_ptr<const Snapshot> snapshot() const;

 private:
  absl::Status AddSignature(const Key& key, SignedCheckpoint* result) const;
  absl::Status AddSecondSignature(SignedCheckpoint* result) const;

  const Keys keys_;
  PublishedMark* const mark_;

  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_PUBLISHER_H_
