// A replica: a ledger in which nothing is appended, but what another one, its
// primary, has recorded is copied, entry by entry, under the same indexes and
// in the same bytes.
//
// It believes nothing of what it is given. A checkpoint counts if one of the
// keys signed it. Entries are stored if the tree that they grow is a prefix of
// the tree of such a checkpoint, which a consistency proof shows before that
// tree is reached; so nothing is stored, and nothing erased, that is not
// proved. Checkpoints are taken over in the primary's own bytes, and only when
// the root that was recomputed from the stored bytes is theirs.
//
// A primary's salts of entries without content are not copied, as nobody is
// told them. Zeros stand for them; whoever has the request id of such an entry
// would get its first answer, should the copy ever be made a primary.

#ifndef ANNALS_LEDGER_REPLICA_H_
#define ANNALS_LEDGER_REPLICA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/evidence.h"
#include "ledger/hash.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/store.h"

namespace annals::ledger {

// What accuses the primary, beside the reasons of evidence.h: entries, or a
// content, that are not those of the tree; an entry that contradicts those
// before it. DATA_LOSS.
inline constexpr char kReplicaEntriesFalse[] = "LEDGER_ENTRIES_FALSE";
// FAILED_PRECONDITION: the entries are the primary's, and this version can't
// read them.
inline constexpr char kReplicaTooOld[] = "FOLLOWER_TOO_OLD";

// True if the status has one of these reasons.
bool IsReplicaRefusal(const absl::Status& status);

// An accusation: DATA_LOSS with one of those reasons.
absl::Status ReplicaAccusation(absl::string_view reason, ErrorText text);

// FAILED_PRECONDITION with reason FOLLOWER_READ_ONLY, naming the primary.
absl::Status FollowerReadOnly(absl::string_view primary);

// An entry as it was received.
struct CopiedEntry {
  std::string leaf;
  // nullopt if it has none, or none any more.
  std::optional<StoredContent> content;
  // The entry that is said to have erased the content.
  std::optional<uint64_t> erased_by;
};

// What the tree that entries grow is a prefix of: a checkpoint that was
// verified, and the consistency proof from the tree with them to it; empty if
// they reach it.
struct CoveringTree {
  Checkpoint checkpoint;
  std::vector<Hash> proof;
};

struct ReplicaOptions {
  // One of these must have signed each checkpoint. All of one origin, and not
  // empty.
  std::vector<NoteVerifier> keys;
  // Who records, for the errors of writes.
  std::string primary;
  // No checkpoint was ever taken over: a copy that was cut short before the
  // first is gone on with, although there is no mark.
  bool is_first_copy = false;
  // As in LedgerOptions.
  bool rebuild_indexes = false;
  bool accept_damaged_mark_slot = false;
};

// The side of a replica that is written. `RequireGrowth`, `Add` and `Publish`
// are for one thread at a time; all else is thread-safe.
class Replica {
 public:
  virtual ~Replica() = default;

  // False until the first checkpoint was taken over. Until then nothing of the
  // ledger but Append, WriteStatus and Stop may be called.
  virtual bool has_checkpoint() const = 0;

  // The entries that are stored: those under the checkpoint, and more while
  // copying goes on towards a later one.
  virtual uint64_t stored_size() const = 0;

  // The checkpoint in a note that one of the keys signed. An accusation if none
  // did.
  virtual absl::StatusOr<Checkpoint> OpenNote(
      const std::string& note) const = 0;

  // OK if `newer` is of the tree of what is stored, of an older state of it, or
  // by `proof`, from stored_size() on, of one that extends it. An accusation,
  // kForkedReason, if not.
  virtual absl::Status RequireGrowth(const Checkpoint& newer,
                                     absl::Span<const Hash> proof) const = 0;

  // Stores the entries that follow those that are stored, with their tiles and
  // indexes, in one atomic synced write, and compares what was stored with what
  // was meant. The indexes of the entries whose contents this erased. An
  // accusation, kReplicaEntriesFalse, or kReplicaTooOld, if they are not to be
  // stored; nothing is then. UNAVAILABLE with reason LEDGER_STOPPED after a
  // write that failed, and DATA_LOSS if stored bytes are damaged.
  virtual absl::StatusOr<std::vector<uint64_t>> Add(
      std::vector<CopiedEntry> entries, const CoveringTree& tree) = 0;

  // Takes the checkpoint of what is stored over: writes the mark, synced, and
  // shows it. False, and nothing is done, if a content is missing that is said
  // to be erased by an entry which the checkpoint does not cover: a later one
  // must be asked for. Does nothing for the checkpoint that is shown.
  // Accusations: kForkedReason, or kReplicaEntriesFalse if no entry erased a
  // content that is missing.
  virtual absl::StatusOr<bool> Publish(const SignedCheckpoint& checkpoint) = 0;

  // Nothing more is copied, and WriteStatus says `why`, an error.
  virtual void Refuse(const absl::Status& why) = 0;
};

struct OpenedReplica {
  std::unique_ptr<Ledger> ledger;
  Replica* replica = nullptr;  // Of the ledger.
};

// Opens what the store holds, or refuses, as Ledger::Open, but signs nothing:
// what the store holds beyond the mark is verified and not shown until a
// checkpoint that covers it is taken over. Of `parts` no signer and no source
// of randomness is used.
absl::StatusOr<OpenedReplica> OpenReplica(const ReplicaOptions& options,
                                          const LedgerParts& parts);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_REPLICA_H_
