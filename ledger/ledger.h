// The ledger: appends entries in one order, and proves what it holds.
//
// It knows leaves only as bytes. What it must know of a leaf (its stream, its
// request, its indexes) it asks a LeafDecoder, so that every index can be
// rebuilt from the leaves.
//
// A stream is the series of entries that concern one thing, such as all
// revisions of a report; an append states how long it expects the stream to be,
// and is refused if another append came first.

#ifndef ANNALS_LEDGER_LEDGER_H_
#define ANNALS_LEDGER_LEDGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/checkpoint.h"
#include "ledger/clock.h"
#include "ledger/hash.h"
#include "ledger/observer.h"
#include "ledger/proof.h"
#include "ledger/published_mark.h"
#include "ledger/signer.h"
#include "ledger/space_guard.h"
#include "ledger/store.h"

namespace annals::ledger {

class NoteSigner;

// OUT_OF_RANGE with reason TREE_SIZE_NOT_REACHED: `tree_size` was asked for,
// and the ledger has `size` entries.
absl::Status TreeSizeNotReached(uint64_t tree_size, uint64_t size);

// No leaf is longer: the limit of a C2SP tlog-tiles entry bundle.
inline constexpr size_t kLeafBytesMax = 65535;

// What the ledger needs to know of a leaf.
struct LeafFacts {
  absl::Time recorded_at;
  std::string stream;
  std::string caller;
  std::string request_id;
  Hash request_hash = {};
  std::optional<Hash> content_hash;
  // The entry, before this one, whose content this one erases.
  std::optional<uint64_t> erases;
  // Further index rows of the leaf's owner. Keys must not be empty; the ledger
  // keeps them apart from its own.
  std::vector<IndexRow> index_rows;
};

// Thread-safe and pure: the same leaf always gives the same facts.
class LeafDecoder {
 public:
  virtual ~LeafDecoder() = default;
  // DATA_LOSS if the bytes are no leaf of the entry `index`.
  virtual absl::StatusOr<LeafFacts> Decode(uint64_t index,
                                           absl::string_view leaf) const = 0;

  // The format of LeafFacts::index_rows. Raised when the rows of a leaf that
  // was recorded before would come out otherwise; the indexes are then rebuilt.
  virtual uint32_t index_format() const { return 1; }
};

// What is settled only when an entry gets its place.
struct LeafContext {
  uint64_t index = 0;
  absl::Time recorded_at;
  std::optional<Hash> content_hash;
  Hash request_hash = {};
};

struct StreamLength {
  std::string stream;
  uint64_t length = 0;
};

struct AppendRequest {
  // Who asks, and their id for the request: a pair is bound for good to the
  // request's digest, SHA-256 of what is asked for.
  std::string caller;
  std::string request_id;
  Hash request_digest = {};
  // The stream to append to, and the length it must have.
  StreamLength stream;
  // Other streams that must have these lengths, because the entry relies on
  // what they held.
  std::vector<StreamLength> unchanged;
  // Hashed with a fresh salt and stored beside the leaf.
  std::optional<std::string> content;
  // The entry whose content goes, salt included, as this one is recorded. Its
  // content must not have been erased before.
  std::optional<uint64_t> erases;
  // Makes the leaf. Called on the sequencer's thread, so it must be quick.
  std::function<std::string(const LeafContext&)> make_leaf;
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string note;
};

struct AppendResult {
  uint64_t index = 0;
  absl::Time recorded_at;
  std::string leaf;
  // Covers the entry.
  std::shared_ptr<const SignedCheckpoint> checkpoint;
  // True if the request had been recorded before, and this is its first answer.
  bool replayed = false;
};

using AppendCallback =
    absl::AnyInvocable<void(absl::StatusOr<AppendResult>) &&>;

struct LedgerEntryBytes {
  uint64_t index = 0;
  std::string leaf;
  std::optional<StoredContent> content;
  // If its content was erased: the entry that did it.
  std::optional<uint64_t> erased_by;
};

// An entry with the hashes that prove it, from its sibling upwards.
struct ProvenEntry {
  LedgerEntryBytes entry;
  std::vector<Hash> inclusion_proof;
};

struct StreamEntry {
  uint64_t position = 0;  // In the stream, from 0.
  uint64_t index = 0;     // In the ledger.
  absl::Time recorded_at;
};

// Where a stream ends: how many entries it has, and the last one's index.
struct StreamEnd {
  uint64_t length = 0;
  uint64_t last_index = 0;

  friend bool operator==(const StreamEnd&, const StreamEnd&) = default;
};

// A slice of a stream, from position `begin` up to, not including, `end`.
struct StreamSlice {
  std::string stream;
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct LedgerOptions {
  // The checkpoint's origin and the signer's name.
  std::string origin;
  // Entries per batch, and how long a batch that is not full waits for more.
  size_t batch_entries_max = 256;
  absl::Duration batch_wait = absl::ZeroDuration();
  // The contents of a batch; a larger content is a batch of its own.
  size_t batch_bytes_max = size_t{16} << 20;
  // Appends that wait, and the bytes of their contents; more are refused with
  // RESOURCE_EXHAUSTED.
  size_t queue_entries_max = 4096;
  size_t queue_bytes_max = size_t{256} << 20;
  // Rebuild the indexes even if they seem complete.
  bool rebuild_indexes = false;
  // Open although a slot of the mark is damaged and the store is not ahead of
  // the other one, so that entries may be lost; the slot is written anew.
  bool accept_damaged_mark_slot = false;
  // Keys that signed this ledger's checkpoints before: a mark that one of them
  // signed is accepted, and signed anew.
  std::vector<NoteVerifier> former_keys;
};

// What the ledger works with. None is owned; all must outlive it.
struct LedgerParts {
  Store* store = nullptr;
  PublishedMark* mark = nullptr;
  Signer* signer = nullptr;
  const LeafDecoder* decoder = nullptr;
  Clock* clock = nullptr;
  RandomSource* random = nullptr;
  // During a change of keys, the key that replaces the signer's: each
  // checkpoint is signed by both. Null otherwise.
  Signer* next_signer = nullptr;
  // Null if nobody watches.
  LedgerObserver* observer = nullptr;
  // A key of another algorithm that signs each checkpoint as well, under the
  // origin's name (note_signer.h). Who does not know it ignores its signature.
  // Null if there is none.
  const NoteSigner* second_signer = nullptr;
  // Null if there is room without end.
  const SpaceGuard* space = nullptr;
};

// Thread-safe.
class Ledger {
 public:
  // Opens what the store holds, or refuses. Compares the store with the mark:
  //   - the store behind the mark, or with another root at the mark's size:
  //     DATA_LOSS with reason LEDGER_BEHIND_MARK or LEDGER_DIVERGED;
  //   - no mark and a store that is not empty: DATA_LOSS, MARK_MISSING;
  //   - a damaged slot of the mark and a store that is not ahead of the other
  //     slot: DATA_LOSS, MARK_DAMAGED, unless accept_damaged_mark_slot;
  //   - a mark that none of the signers and former keys signed:
  //     FAILED_PRECONDITION, MARK_FOREIGN;
  //   - a mark that other keys signed than the signers, as when a change of
  //     keys begins or ends: the same tree is signed again and published;
  //   - the store ahead of the mark (a crash between the two): the tail is
  //     verified, signed and published.
  // Indexes that are missing or incomplete are rebuilt from the leaves. Signs
  // and publishes the checkpoint of the empty tree on the first start.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(LedgerOptions options,
                                                      LedgerParts parts);

  virtual ~Ledger() = default;

  // Appends. Never blocks. The callback is called exactly once, on the
  // sequencer's thread or, if refused at once, on the caller's: when the entry
  // is durable and under a published checkpoint, or with an error. It holds up
  // the next batch, so it must be quick, and it must not call Stop. The errors:
  //   ABORTED, STREAM_MOVED: a stream does not have the expected length (the
  //     metadata name the stream and its length);
  //   ALREADY_EXISTS, REQUEST_ID_REUSED: the id was used for another request;
  //   RESOURCE_EXHAUSTED, QUEUE_FULL;
  //   what the space guard says, while it does: nothing was recorded;
  //   INVALID_ARGUMENT, LEAF_TOO_LARGE;
  //   FAILED_PRECONDITION, CONTENT_ERASED: the content that is to be erased was
  //     erased before;
  //   FAILED_PRECONDITION, FOLLOWER_READ_ONLY: it is a replica (replica.h);
  //   INTERNAL, LEAF_MISMATCH: the leaf that make_leaf made says otherwise than
  //     the request;
  //   UNAVAILABLE, LEDGER_STOPPED: after a failed write, or a read that found
  //     stored bytes damaged, nothing more is recorded until the ledger is
  //     opened anew; or it is shutting down. The text says if the outcome is
  //     unknown.
  virtual void Append(AppendRequest request, AppendCallback callback) = 0;

  // The recorded answer to a request; nullopt if it is new. ALREADY_EXISTS,
  // REQUEST_ID_REUSED if the id was used for another request. A broken index
  // row, here and below, is DATA_LOSS with reason INDEX_DAMAGED.
  virtual absl::StatusOr<std::optional<AppendResult>> FindRequest(
      absl::string_view caller, absl::string_view request_id,
      const Hash& request_digest) = 0;

  // The latest published checkpoint. What follows serves only what it covers.
  // DATA_LOSS of any read other than INDEX_DAMAGED stops the recording.
  virtual std::shared_ptr<const SignedCheckpoint> checkpoint() const = 0;

  // An entry, its leaf checked against the tree. OUT_OF_RANGE with reason
  // ENTRY_NOT_FOUND; DATA_LOSS with reason ENTRY_DAMAGED, also if its content
  // is gone and no entry erased it; UNAVAILABLE with reason ERASURE_UNDER_WAY
  // if the entry that erases it is stored and not yet published.
  virtual absl::StatusOr<LedgerEntryBytes> ReadEntry(uint64_t index,
                                                     bool with_content) = 0;

  // The leaf alone, checked as of ReadEntry; whether the content is there is
  // not looked at.
  virtual absl::StatusOr<std::string> ReadLeaf(uint64_t index) = 0;

  // As ReadEntry and InclusionProof together, reading each tile once.
  virtual absl::StatusOr<ProvenEntry> ReadProvenEntry(
      const LeafPosition& position, bool with_content) = 0;

  // Sees to it that no file of the store holds an erased content any more.
  // After an error the store remembers what is left to do. Blocks on storage,
  // longer than any read.
  virtual absl::Status PurgeErased() = 0;

  // As ProveInclusion and ProveConsistency; a size above the latest
  // checkpoint's is OUT_OF_RANGE with reason TREE_SIZE_NOT_REACHED.
  virtual absl::StatusOr<std::vector<Hash>> InclusionProof(
      const LeafPosition& position) = 0;
  virtual absl::StatusOr<std::vector<Hash>> ConsistencyProof(
      const TreeRange& range) = 0;

  // The number of entries in a stream; 0 if there is none.
  virtual absl::StatusOr<uint64_t> LengthOf(absl::string_view stream) = 0;

  // The end of a stream; nullopt if it has no entries.
  virtual absl::StatusOr<std::optional<StreamEnd>> FindStreamEnd(
      absl::string_view stream) = 0;

  // The same as the ledger had it when it had `size` entries, for good.
  // OUT_OF_RANGE with reason TREE_SIZE_NOT_REACHED above the latest
  // checkpoint's size.
  virtual absl::StatusOr<std::optional<StreamEnd>> FindStreamEndAsOf(
      absl::string_view stream, uint64_t size) = 0;

  // The same of each stream, in their order; cheaper than one by one.
  virtual absl::StatusOr<std::vector<std::optional<StreamEnd>>>
  FindStreamEndsAsOf(const std::vector<std::string>& streams,
                     uint64_t size) = 0;

  // As FindStreamEnd, without waiting for the disk: UNAVAILABLE if the answer
  // is not in memory.
  virtual absl::StatusOr<std::optional<StreamEnd>> PeekStreamEnd(
      absl::string_view stream) = 0;

  // The entries of the slice, in order; positions beyond the end are left out.
  virtual absl::StatusOr<std::vector<StreamEntry>> ReadStream(
      const StreamSlice& slice) = 0;

  // Rows of LeafFacts::index_rows of published entries. Rows of an entry that
  // is stored but not yet published may show; ReadEntry refuses it.
  virtual absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) = 0;

  // Calls `listener` with the new size after each published checkpoint, on the
  // sequencer's thread; it must be quick and not call RemoveListener. Returns
  // an id for RemoveListener, which returns when no call is under way.
  using ListenerId = uint64_t;
  virtual ListenerId AddListener(
      std::function<void(uint64_t size)> listener) = 0;
  virtual void RemoveListener(ListenerId id) = 0;

  // Returns once every entry that was recorded up to `time` is under the
  // published checkpoint, and sees to it that none comes any more; so that what
  // is said of that time stays true. REQUIRES: `time` is not later than now.
  // Waits for one batch at most, so not to be called from an append's callback.
  // FAILED_PRECONDITION with reason
  // FOLLOWER_BEHIND if that is for another ledger to say.
  virtual absl::Status SettleUntil(absl::Time time) = 0;

  // OK, or why nothing is recorded: LEDGER_STOPPED, for good, or what the space
  // guard says, while it does.
  virtual absl::Status WriteStatus() const = 0;

  // Appends that wait for the sequencer.
  virtual size_t QueueLength() const = 0;

  // Answers what was queued, then records nothing more. Reads go on. Called by
  // the destructor.
  virtual void Stop() = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_LEDGER_H_
