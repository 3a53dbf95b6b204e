#include "ledger/recovery.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/index_builder.h"
#include "ledger/status_macros.h"
#include "ledger/store_verifier.h"

namespace annals::ledger {
namespace {

absl::Status MarkMissing(uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "MARK_MISSING",
      {absl::StrCat("the store holds ", size,
                    " entries but the published mark is missing, so that no "
                    "one can say if they are all; restore the mark's file"),
       absl::StrCat("存储中有 ", size,
                    " 个条目，但发布标记文件缺失，无法确认是否完整；"
                    "请恢复该标记文件")});
}

absl::Status MarkForeign(const NoteVerifier& verifier,
                         const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "MARK_FOREIGN",
      {absl::StrCat("the published mark is not signed by ", verifier.ToString(),
                    " (", cause.message(),
                    "); use the ledger's own key and origin, or, after a "
                    "change of keys, name the earlier key as well"),
       absl::StrCat("发布标记并非由 ", verifier.ToString(),
                    " 签名；请使用该账本的密钥和名称，"
                    "若更换过密钥，请一并给出先前的公钥")});
}

absl::Status BehindMark(uint64_t size, uint64_t published) {
  return MakeError(
      absl::StatusCode::kDataLoss, "LEDGER_BEHIND_MARK",
      {absl::StrCat("the store holds ", size, " entries, but ", published,
                    " were published: it was rolled back or has lost its "
                    "tail; do not use it, restore the newest copy"),
       absl::StrCat("存储中只有 ", size, " 个条目，但已发布 ", published,
                    " 个：存储被回退或丢失了末尾；请勿使用，"
                    "请恢复最新的副本")});
}

absl::Status Diverged(uint64_t published) {
  return MakeError(
      absl::StatusCode::kDataLoss, "LEDGER_DIVERGED",
      {absl::StrCat("the first ", published,
                    " entries of the store do not give the root that was "
                    "published: it is another ledger or was changed; do not "
                    "use it, restore the right copy"),
       absl::StrCat("存储中前 ", published,
                    " 个条目与已发布的根哈希不一致：并非同一账本，"
                    "或已被改动；请勿使用，请恢复正确的副本")});
}

absl::Status StoreTakenOver() {
  return MakeError(absl::StatusCode::kUnavailable, "STORE_TAKEN_OVER",
                   {"another process wrote to the store while it was being "
                    "opened; stop that process and start again",
                    "打开存储时有其他进程写入；请停止该进程后重新启动"});
}

// What was published last.
struct PublishedNote {
  SignedCheckpoint checkpoint;
  bool exists = false;
};

absl::StatusOr<PublishedNote> ReadMark(uint64_t store_size,
                                       const Publisher& publisher,
                                       PublishedMark* mark) {
  ASSIGN_OR_RETURN(std::optional<std::string> note, mark->Read());
  PublishedNote published;
  if (!note.has_value()) {
    if (store_size > 0) return MarkMissing(store_size);
    return published;
  }
  absl::StatusOr<Checkpoint> checkpoint = publisher.OpenMark(*note);
  if (!checkpoint.ok()) {
    return MarkForeign(publisher.verifier(), checkpoint.status());
  }
  published.checkpoint = {*std::move(checkpoint), *std::move(note)};
  published.exists = true;
  return published;
}

// Of what was published, and of all that the store holds.
struct VerifiedEdges {
  RightEdge published;
  RightEdge stored;
};

// The verified right edges. Besides what lies beyond the mark it reads the
// leaves of the last tile under it again, as the mark vouches for these.
absl::StatusOr<VerifiedEdges> VerifyStore(uint64_t size,
                                          const PublishedNote& published,
                                          Store* store) {
  uint64_t published_size = 0;
  Hash published_root = EmptyRoot();
  if (published.exists) {
    published_size = published.checkpoint.checkpoint.size;
    published_root = published.checkpoint.checkpoint.root;
  }
  if (size < published_size) return BehindMark(size, published_size);
  const uint64_t full_tiles = published_size / kTileWidth;
  ASSIGN_OR_RETURN(RightEdge edge,
                   RightEdge::Read(full_tiles * kTileWidth, store));
  RETURN_IF_ERROR(VerifyStoredLeaves(published_size, store, &edge));
  if (edge.Root() != published_root) return Diverged(published_size);
  VerifiedEdges edges{edge, std::move(edge)};
  RETURN_IF_ERROR(VerifyStoredLeaves(size, store, &edges.stored));
  return edges;
}

absl::StatusOr<absl::Time> LastRecordedAt(uint64_t size,
                                          const LedgerParts& parts) {
  if (size == 0) return absl::InfinitePast();
  ASSIGN_OR_RETURN(const std::string leaf, parts.store->ReadLeaf(size - 1));
  ASSIGN_OR_RETURN(const LeafFacts facts,
                   parts.decoder->Decode(size - 1, leaf));
  return facts.recorded_at;
}

// What there is, before anything is written.
struct Inspected {
  StoreHead head;
  PublishedNote published;
  VerifiedEdges edges;
  absl::Time last_recorded_at = absl::InfinitePast();
  // Whether the store holds what was not published.
  bool ahead = false;
  // As PublishedMark::OtherSlot.
  absl::Status other_slot;
};

enum class IfMarkMissing { kRefuse, kAccept };

absl::StatusOr<PublishedNote> ReadMarkOrNone(uint64_t store_size,
                                             IfMarkMissing if_missing,
                                             const Publisher& publisher,
                                             PublishedMark* mark) {
  // A size of 0 has no need of a mark.
  absl::StatusOr<PublishedNote> published =
      ReadMark(store_size, publisher, mark);
  if (ErrorReason(published.status()) == "MARK_MISSING" &&
      if_missing == IfMarkMissing::kAccept) {
    return PublishedNote{};
  }
  return published;
}

absl::StatusOr<Inspected> Inspect(const LedgerParts& parts,
                                  bool accept_damaged_mark_slot,
                                  IfMarkMissing if_mark_missing,
                                  const Publisher& publisher) {
  Inspected found;
  ASSIGN_OR_RETURN(found.head, parts.store->Head());
  const uint64_t size = found.head.size;
  ASSIGN_OR_RETURN(found.published, ReadMarkOrNone(size, if_mark_missing,
                                                   publisher, parts.mark));
  ASSIGN_OR_RETURN(found.edges,
                   VerifyStore(size, found.published, parts.store));
  ASSIGN_OR_RETURN(found.last_recorded_at, LastRecordedAt(size, parts));
  found.ahead = !found.published.exists ||
                found.published.checkpoint.checkpoint.size < size;
  // A batch is stored before its mark is written, so a torn write of the mark
  // leaves the store ahead of the other slot. If it is not, the damaged slot
  // may have vouched for entries that the store has lost.
  found.other_slot = parts.mark->OtherSlot();
  if (!found.ahead && !accept_damaged_mark_slot) {
    RETURN_IF_ERROR(found.other_slot);
  }
  return found;
}

// Takes the store over and sees to its indexes.
absl::StatusOr<RecoveredState> TakeOver(const Inspected& found,
                                        bool rebuild_indexes,
                                        const LedgerParts& parts) {
  RecoveredState state;
  ASSIGN_OR_RETURN(state.head, parts.store->BeginEpoch());
  if (state.head.size != found.head.size) return StoreTakenOver();
  state.edge = found.edges.stored;
  state.last_recorded_at = found.last_recorded_at;
  if (rebuild_indexes ||
      !IndexesSeemComplete(state.head.size, parts.store, *parts.decoder)) {
    RETURN_IF_ERROR(RebuildIndexes(state.edge, parts.store, *parts.decoder));
  }
  return state;
}

}  // namespace

bool HoldsAllPublished(uint64_t entries, PublishedMark* mark) {
  const auto note = mark->Read();
  if (!note.ok()) return false;
  if (!note->has_value()) return entries == 0;
  const absl::StatusOr<ParsedNote> parsed = ParseNote(**note);
  if (!parsed.ok()) return false;
  const absl::StatusOr<Checkpoint> published =
      ParseCheckpointText(parsed->text);
  if (!published.ok()) return false;
  return mark->OtherSlot().ok() ? entries >= published->size
                                : entries > published->size;
}

absl::StatusOr<RecoveredState> Recover(const LedgerOptions& options,
                                       const LedgerParts& parts,
                                       Publisher* publisher) {
  // Up to BeginEpoch nothing is written: what is refused stays as it is.
  ASSIGN_OR_RETURN(Inspected found,
                   Inspect(parts, options.accept_damaged_mark_slot,
                           IfMarkMissing::kRefuse, *publisher));
  ASSIGN_OR_RETURN(RecoveredState state,
                   TakeOver(found, options.rebuild_indexes, parts));
  PublishedNote& published = found.published;
  // When a change of keys begins or ends, the same tree is signed again.
  const bool sign = found.ahead || !publisher->IsSignedByPresentKeys(
                                       published.checkpoint.note);
  if (sign) {
    ASSIGN_OR_RETURN(published.checkpoint, publisher->Sign(state.edge));
  }
  if (found.ahead) {
    RETURN_IF_ERROR(publisher->WriteMark(published.checkpoint));
  } else if (sign || !found.other_slot.ok()) {
    RETURN_IF_ERROR(publisher->ReplaceMark(published.checkpoint));
  }
  publisher->Show(std::move(published.checkpoint), state.edge);
  return state;
}

absl::StatusOr<RecoveredReplica> RecoverReplica(const ReplicaOptions& options,
                                                const LedgerParts& parts,
                                                Publisher* publisher) {
  ASSIGN_OR_RETURN(Inspected found,
                   Inspect(parts, options.accept_damaged_mark_slot,
                           options.is_first_copy ? IfMarkMissing::kAccept
                                                 : IfMarkMissing::kRefuse,
                           *publisher));
  RecoveredReplica recovered;
  ASSIGN_OR_RETURN(recovered.state,
                   TakeOver(found, options.rebuild_indexes, parts));
  if (!found.published.exists) return recovered;
  if (!found.other_slot.ok()) {
    RETURN_IF_ERROR(publisher->WriteMark(found.published.checkpoint));
  }
  recovered.published_size = found.published.checkpoint.checkpoint.size;
  publisher->Show(std::move(found.published.checkpoint), found.edges.published);
  return recovered;
}

}  // namespace annals::ledger
