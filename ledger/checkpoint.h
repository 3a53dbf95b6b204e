// Checkpoints (C2SP tlog-checkpoint): the text of the signed note that says
// 'the ledger `origin` has `size` entries and this root hash'.
//
//   origin '\n' size in decimal '\n' base64(root hash) '\n' extension lines

#ifndef ANNALS_LEDGER_CHECKPOINT_H_
#define ANNALS_LEDGER_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/hash.h"
#include "ledger/note.h"

namespace annals::ledger {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Hash root = {};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text of the note, ending in a newline.
std::string CheckpointText(const Checkpoint& checkpoint);

// INVALID_ARGUMENT, naming the line, if the text is malformed: an empty origin,
// a size with a leading zero, a hash that is not 32 bytes, an empty extension
// line. Extension lines are accepted and ignored.
absl::StatusOr<Checkpoint> ParseCheckpointText(absl::string_view text);

// The checkpoint in a note that `verifier` has signed. As OpenNote and
// ParseCheckpointText, and FAILED_PRECONDITION if the origin is not the
// verifier's name.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note,
                                          const NoteVerifier& verifier);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_CHECKPOINT_H_
