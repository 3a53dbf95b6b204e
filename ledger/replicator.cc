#include "ledger/replicator.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/index_builder.h"
#include "ledger/proof.h"
#include "ledger/published_mark.h"
#include "ledger/status_macros.h"
#include "ledger/step_timer.h"
#include "ledger/tile_reader.h"
#include "ledger/tree_growth.h"

namespace annals::ledger {
namespace {

// Some 10 MB.
constexpr size_t kStreamLengthsKept = 1 << 16;

absl::Status NotSigned(const NoteVerifier& key, const absl::Status& cause) {
  absl::string_view reason = kNotACheckpointReason;
  if (absl::IsNotFound(cause)) reason = kOtherKeyReason;
  if (absl::IsDataLoss(cause)) reason = kFalseSignatureReason;
  return ReplicaAccusation(
      reason,
      {absl::StrCat("the checkpoint is not one that ", key.name(),
                    " signed with a key of --follow_key: ", cause.message()),
       absl::StrCat("该检查点并非 ", key.name(),
                    " 以 --follow_key 中的密钥"
                    "签名：",
                    ErrorTextZh(cause))});
}

// Anybody can add lines to a note that is signed.
absl::Status TooLong(size_t bytes) {
  return ReplicaAccusation(
      kNotACheckpointReason,
      {absl::StrCat("the checkpoint's note has ", bytes, " bytes; at most ",
                    kMarkNoteBytesMax, " can be kept"),
       absl::StrCat("检查点的签名文本有 ", bytes, " 字节，最多可保存 ",
                    kMarkNoteBytesMax, " 字节")});
}

absl::Status Forked(const Checkpoint& newer, uint64_t size) {
  return ReplicaAccusation(
      kForkedReason,
      {absl::StrCat("the checkpoint of ", newer.size,
                    " entries is not of a tree that extends the ", size,
                    " entries that were copied and proved: the ledger forked, "
                    "or its history was rewritten"),
       absl::StrCat(newer.size, " 个条目的检查点并非已复制并核验的 ", size,
                    " 个条目的延续：账本出现分叉，或历史被改写")});
}

absl::Status EntriesFalse(const TreeRange& range, uint64_t size) {
  return ReplicaAccusation(
      kReplicaEntriesFalse,
      {absl::StrCat("the entries ", range.old_size, " to ", range.new_size - 1,
                    " as they were sent are not those of the signed checkpoint "
                    "of ",
                    size, " entries"),
       absl::StrCat("所收到的条目 ", range.old_size, " 至 ", range.new_size - 1,
                    " 不属于已签名的 ", size, " 个条目的检查点")});
}

absl::Status ContentWithheld(uint64_t index) {
  return ReplicaAccusation(
      kReplicaEntriesFalse,
      {absl::StrCat("the content of entry ", index,
                    " was not sent, and no entry erased it"),
       absl::StrCat("条目 ", index, " 的正文未发来，也没有条目将其删除")});
}

}  // namespace

absl::StatusOr<MissingContents> FindMissingContents(
    const RecoveredReplica& recovered, const IndexReader& index,
    const LedgerParts& parts) {
  MissingContents missing;
  for (uint64_t entry = recovered.published_size.value_or(0);
       entry < recovered.state.head.size; ++entry) {
    const auto content = parts.store->ReadContent(entry);
    if (content.ok()) continue;
    if (!absl::IsNotFound(content.status())) return content.status();
    ASSIGN_OR_RETURN(const auto eraser, index.FindErasure(entry));
    if (!eraser.has_value()) missing.emplace(entry, 0);
  }
  return missing;
}

Replicator::Replicator(const ReplicaOptions& options, const LedgerParts& parts,
                       const RecorderPeers& peers, Start start)
    : parts_(parts),
      peers_(peers),
      primary_(options.primary),
      has_checkpoint_(start.recovered.published_size.has_value()),
      stored_size_(start.recovered.state.head.size),
      head_(start.recovered.state.head),
      edge_(std::move(start.recovered.state.edge)),
      last_recorded_at_(start.recovered.state.last_recorded_at),
      lengths_(kStreamLengthsKept),
      missing_(std::move(start.missing)) {}

void Replicator::Append(AppendRequest, AppendCallback callback) {
  std::move(callback)(FollowerReadOnly(primary_));
}

// What is not copied yet may have been recorded before any time.
absl::Status Replicator::SettleUntil(absl::Time time) {
  const std::string text =
      absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "FOLLOWER_BEHIND",
      {absl::StrCat("this copy of ", primary_, " has no entry later than ",
                    text,
                    ", so more of that time may still come; ask for an earlier "
                    "time or for a size, or ask ",
                    primary_),
       absl::StrCat(primary_, " 的这份副本尚无晚于 ", text,
                    " 的条目，该时间之前的条目可能还会到来；请查询更早的时间或"
                    "某一条目数，或向 ",
                    primary_, " 查询")});
}

absl::Status Replicator::WriteStatus() const {
  MutexLock lock(&mutex_);
  return stopped_;
}

void Replicator::Halt(const absl::Status& why) {
  MutexLock lock(&mutex_);
  if (stopped_.ok()) stopped_ = why;
}

void Replicator::Stop() { Halt(RecordingShutDown()); }

void Replicator::Refuse(const absl::Status& why) {
  Halt(why);
  if (parts_.observer != nullptr) parts_.observer->OnStopped();
}

void Replicator::StopAtDamage(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return;
  if (parts_.observer != nullptr) parts_.observer->OnDamage(status);
  if (ErrorReason(status) == "INDEX_DAMAGED") return;
  Refuse(RecordingStopped(status));
}

absl::StatusOr<Checkpoint> Replicator::OpenNote(const std::string& note) const {
  if (note.size() > kMarkNoteBytesMax) return TooLong(note.size());
  absl::StatusOr<Checkpoint> checkpoint = peers_.publisher->OpenMark(note);
  if (checkpoint.ok()) return checkpoint;
  return NotSigned(peers_.publisher->verifier(), checkpoint.status());
}

absl::Status Replicator::RequireGrowth(const Checkpoint& newer,
                                       absl::Span<const Hash> proof) const {
  const uint64_t size = edge_.size();
  if (newer.size == 0 && newer.root != EmptyRoot()) return Forked(newer, size);
  if (newer.size <= size) {
    TileReader tree(&edge_, parts_.store, /*cache=*/nullptr);
    Hash root = EmptyRoot();
    if (newer.size > 0) {
      ASSIGN_OR_RETURN(root, ReadRoot(newer.size, &tree));
    }
    return root == newer.root ? absl::OkStatus() : Forked(newer, size);
  }
  if (size == 0) return absl::OkStatus();
  return VerifyConsistency({size, newer.size}, edge_.Root(), newer.root, proof)
                 .ok()
             ? absl::OkStatus()
             : Forked(newer, size);
}

absl::Status Replicator::RequireCovered(const std::vector<CopiedEntry>& entries,
                                        const CoveringTree& tree) const {
  RightEdge grown = edge_;
  std::vector<StoredTile> filled;
  for (const CopiedEntry& entry : entries) {
    filled.clear();
    grown.Append(LeafHash(entry.leaf), &filled);
  }
  const uint64_t size = tree.checkpoint.size;
  const bool is_covered =
      grown.size() == size
          ? grown.Root() == tree.checkpoint.root
          : grown.size() < size &&
                VerifyConsistency({grown.size(), size}, grown.Root(),
                                  tree.checkpoint.root, tree.proof)
                    .ok();
  if (is_covered) return absl::OkStatus();
  return EntriesFalse({edge_.size(), grown.size()}, size);
}

absl::StatusOr<std::vector<uint64_t>> Replicator::Add(
    std::vector<CopiedEntry> entries, const CoveringTree& tree) {
  RETURN_IF_ERROR(WriteStatus());
  if (entries.empty()) return std::vector<uint64_t>();
  RETURN_IF_ERROR(RequireCovered(entries, tree));
  BatchBuilder builder({head_.size, last_recorded_at_},
                       {peers_.index, parts_.decoder, parts_.clock, &lengths_});
  MissingContents missing;
  for (CopiedEntry& entry : entries) {
    if (entry.erased_by.has_value()) {
      missing.emplace(head_.size + builder.batch().entries.size(),
                      *entry.erased_by);
    }
    const absl::Status status = builder.AddCopy(std::move(entry));
    if (!status.ok() && !IsReplicaRefusal(status)) StopAtDamage(status);
    RETURN_IF_ERROR(status);
  }
  if (const absl::Status status = Commit(&builder); !status.ok()) {
    StopAtDamage(status);
    Refuse(RecordingStopped(status));
    return status;
  }
  missing_.merge(missing);
  for (const uint64_t index : builder.erased()) missing_.erase(index);
  return std::vector<uint64_t>(builder.erased().begin(),
                               builder.erased().end());
}

// The order of effects. A crash before the write leaves nothing, and after it
// the entries, which are proved and shown to nobody before a checkpoint that
// covers them is taken over. After an error nothing more is stored: what the
// store holds is then known only to the recovery.
absl::Status Replicator::Commit(BatchBuilder* builder) {
  Batch& batch = builder->batch();
  const RightEdge grown = GrowTree(edge_, &batch);
  batch.index_rows.push_back(MarkerRow(grown.size(), *parts_.decoder));
  StepTimer timer;
  RETURN_IF_ERROR(parts_.store->AppendBatch(head_, batch));
  recorded_.store += timer.Lap();
  RETURN_IF_ERROR(VerifyGrowth(edge_, grown, parts_.store));
  recorded_.verify += timer.Lap();
  recorded_.entries += batch.entries.size();
  head_.size = grown.size();
  edge_ = grown;
  last_recorded_at_ = builder->last_recorded_at();
  builder->RememberLengths();
  stored_size_ = head_.size;
  return absl::OkStatus();
}

absl::StatusOr<bool> Replicator::AllExplained(uint64_t size) const {
  for (const auto& [index, eraser] : missing_) {
    if (eraser < size) return ContentWithheld(index);
  }
  return missing_.empty();
}

absl::StatusOr<bool> Replicator::Publish(const SignedCheckpoint& checkpoint) {
  RETURN_IF_ERROR(WriteStatus());
  const Checkpoint& signed_tree = checkpoint.checkpoint;
  if (signed_tree.size != edge_.size() || signed_tree.root != edge_.Root()) {
    return Forked(signed_tree, edge_.size());
  }
  ASSIGN_OR_RETURN(const bool explained, AllExplained(signed_tree.size));
  if (!explained) return false;
  if (has_checkpoint_ &&
      peers_.publisher->snapshot()->edge.size() == edge_.size()) {
    return true;
  }
  StepTimer timer;
  if (const absl::Status status = peers_.publisher->WriteMark(checkpoint);
      !status.ok()) {
    Refuse(RecordingStopped(status));
    return status;
  }
  recorded_.mark = timer.Lap();
  peers_.publisher->Show(checkpoint, edge_);
  has_checkpoint_ = true;
  if (parts_.observer != nullptr) parts_.observer->OnBatch(recorded_);
  recorded_ = {};
  peers_.listeners->Notify(edge_.size());
  return true;
}

}  // namespace annals::ledger
