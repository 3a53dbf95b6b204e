#include "ledger/ledger_impl.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/keys.h"
#include "ledger/note.h"
#include "ledger/recovery.h"
#include "ledger/sequencer.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

absl::Status EntryNotFound(uint64_t index, uint64_t size) {
  return MakeError(
      absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND",
      {absl::StrCat("there is no entry ", index, "; the ledger has ", size,
                    " entries, counted from 0"),
       absl::StrCat("没有条目 ", index, "；账本共有 ", size,
                    " 个条目，从 0 起编号")});
}

absl::Status EntryDamaged(uint64_t index, absl::string_view cause_en,
                          absl::string_view cause_zh) {
  return MakeError(absl::StatusCode::kDataLoss, "ENTRY_DAMAGED",
                   {absl::StrCat("entry ", index, " is damaged in the store: ",
                                 cause_en, "; restore the store from a backup"),
                    absl::StrCat("存储中的条目 ", index, " 已损坏：", cause_zh,
                                 "；请从备份恢复存储")});
}

absl::Status ErasureUnderWay(uint64_t index) {
  return MakeError(absl::StatusCode::kUnavailable, "ERASURE_UNDER_WAY",
                   {absl::StrCat("the content of entry ", index,
                                 " is being erased at this moment; try again"),
                    absl::StrCat("条目 ", index, " 的内容正在被删除；请重试")});
}

// What a published entry can't be read for is damage, unless the store is out
// of reach.
absl::Status ReadFailed(uint64_t index, const absl::Status& cause) {
  if (!absl::IsDataLoss(cause) && !absl::IsOutOfRange(cause) &&
      !absl::IsNotFound(cause)) {
    return cause;
  }
  const std::string zh = ErrorTextZh(cause);
  return EntryDamaged(index, cause.message(), zh.empty() ? "无法读取" : zh);
}

}  // namespace

absl::Status TreeSizeNotReached(uint64_t tree_size, uint64_t size) {
  return MakeError(
      absl::StatusCode::kOutOfRange, "TREE_SIZE_NOT_REACHED",
      {absl::StrCat("the ledger has ", size, " entries, fewer than the size ",
                    tree_size, " that was asked for; use at most ", size),
       absl::StrCat("账本共有 ", size, " 个条目，未达到所请求的 ", tree_size,
                    " 个；请使用不超过 ", size, " 的数值")});
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(LedgerOptions options,
                                                     LedgerParts parts) {
  if (options.batch_entries_max == 0 || options.queue_entries_max == 0) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "LEDGER_OPTION_INVALID",
        {"the entries per batch and in the queue must be at least 1",
         "每批条目数和队列条目数至少为 1"});
  }
  std::vector<Publisher::Key> keys;
  for (Signer* signer : {parts.signer, parts.next_signer}) {
    if (signer == nullptr) continue;
    ASSIGN_OR_RETURN(
        NoteVerifier verifier,
        NoteVerifier::Create(options.origin, signer->public_key()));
    keys.push_back({std::move(verifier), signer});
  }
  auto publisher = std::make_unique<Publisher>(
      Publisher::Keys{std::move(keys), options.former_keys,
                      parts.second_signer},
      parts.mark);
  ASSIGN_OR_RETURN(RecoveredState state,
                   Recover(options, parts, publisher.get()));
  return std::make_unique<LedgerImpl>(
      parts, std::move(publisher), [&](const RecorderPeers& peers) {
        return std::make_unique<Sequencer>(options, parts, peers,
                                           std::move(state));
      });
}

LedgerImpl::LedgerImpl(
    const LedgerParts& parts, std::unique_ptr<Publisher> publisher,
    absl::FunctionRef<std::unique_ptr<Recorder>(const RecorderPeers&)>
        make_recorder)
    : parts_(parts),
      publisher_(std::move(publisher)),
      index_(parts.store, parts.decoder),
      recorder_(make_recorder({&index_, publisher_.get(), &listeners_})) {}

LedgerImpl::~LedgerImpl() { recorder_->Stop(); }

void LedgerImpl::Append(AppendRequest request, AppendCallback callback) {
  recorder_->Append(std::move(request), std::move(callback));
}

absl::StatusOr<std::optional<AppendResult>> LedgerImpl::FindRequest(
    absl::string_view caller, absl::string_view request_id,
    const Hash& request_digest) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  ASSIGN_OR_RETURN(
      std::optional<AppendResult> result,
      Checked(index_.FindRequest({caller, request_id, request_digest},
                                 snapshot->edge.size())));
  if (result.has_value()) result->checkpoint = snapshot->checkpoint;
  return result;
}

std::shared_ptr<const SignedCheckpoint> LedgerImpl::checkpoint() const {
  return publisher_->snapshot()->checkpoint;
}

absl::StatusOr<LedgerEntryBytes> LedgerImpl::ReadEntry(uint64_t index,
                                                       bool with_content) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  const uint64_t size = snapshot->edge.size();
  if (index >= size) return EntryNotFound(index, size);
  TileReader tree(&snapshot->edge, parts_.store, &tiles_);
  return Checked(ReadCheckedEntry(index, with_content, &tree));
}

absl::StatusOr<std::string> LedgerImpl::ReadLeaf(uint64_t index) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  const uint64_t size = snapshot->edge.size();
  if (index >= size) return EntryNotFound(index, size);
  TileReader tree(&snapshot->edge, parts_.store, &tiles_);
  return Checked(ReadCheckedLeaf(index, &tree));
}

absl::StatusOr<ProvenEntry> LedgerImpl::ReadProvenEntry(
    const LeafPosition& position, bool with_content) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  const uint64_t size = snapshot->edge.size();
  if (position.index >= size) return EntryNotFound(position.index, size);
  if (position.tree_size > size) {
    return TreeSizeNotReached(position.tree_size, size);
  }
  TileReader tree(&snapshot->edge, parts_.store, &tiles_);
  ProvenEntry proven;
  ASSIGN_OR_RETURN(proven.entry, Checked(ReadCheckedEntry(
                                     position.index, with_content, &tree)));
  ASSIGN_OR_RETURN(proven.inclusion_proof,
                   Checked(ProveInclusion(position, &tree)));
  return proven;
}

absl::StatusOr<LedgerEntryBytes> LedgerImpl::ReadCheckedEntry(
    uint64_t index, bool with_content, TileReader* tree) {
  LedgerEntryBytes entry;
  entry.index = index;
  ASSIGN_OR_RETURN(entry.leaf, ReadCheckedLeaf(index, tree));
  if (with_content) {
    RETURN_IF_ERROR(ReadCheckedContent(tree, &entry));
    return entry;
  }
  ASSIGN_OR_RETURN(const std::optional<uint64_t> eraser,
                   index_.FindErasure(index));
  if (eraser.has_value() && *eraser < tree->size()) {
    RETURN_IF_ERROR(ReadCheckedLeaf(*eraser, tree).status());
    entry.erased_by = eraser;
  }
  return entry;
}

absl::StatusOr<std::string> LedgerImpl::ReadCheckedLeaf(uint64_t index,
                                                        TileReader* tree) {
  absl::StatusOr<std::string> leaf = parts_.store->ReadLeaf(index);
  if (!leaf.ok()) return ReadFailed(index, leaf.status());
  const NodeId node{0, index};
  const absl::StatusOr<std::vector<Hash>> hashes =
      tree->ReadHashes(absl::MakeConstSpan(&node, 1));
  if (!hashes.ok()) return ReadFailed(index, hashes.status());
  if (LeafHash(*leaf) != hashes->front()) {
    return EntryDamaged(index, "its leaf does not have the hash in the tree",
                        "其内容与哈希树中的哈希不一致");
  }
  return *std::move(leaf);
}

absl::Status LedgerImpl::ReadCheckedContent(TileReader* tree,
                                            LedgerEntryBytes* entry) {
  const uint64_t index = entry->index;
  ASSIGN_OR_RETURN(const LeafFacts facts,
                   parts_.decoder->Decode(index, entry->leaf));
  if (!facts.content_hash.has_value()) return absl::OkStatus();
  absl::StatusOr<StoredContent> content = parts_.store->ReadContent(index);
  if (absl::IsNotFound(content.status())) return ExplainMissing(tree, entry);
  if (!content.ok()) return ReadFailed(index, content.status());
  if (ContentHash(content->salt, content->content) != *facts.content_hash) {
    return EntryDamaged(index, "its content does not have the hash in its leaf",
                        "其正文与条目中的哈希不一致");
  }
  entry->content = *std::move(content);
  return absl::OkStatus();
}

// What the index says counts only with the leaf of the entry that it names.
absl::Status LedgerImpl::ExplainMissing(TileReader* tree,
                                        LedgerEntryBytes* entry) {
  ASSIGN_OR_RETURN(const std::optional<uint64_t> eraser,
                   index_.FindErasure(entry->index));
  if (!eraser.has_value()) {
    return EntryDamaged(entry->index,
                        "its content is missing, and no entry erased it",
                        "其正文缺失，且没有条目记录其已被删除");
  }
  if (*eraser >= tree->size()) return ErasureUnderWay(entry->index);
  RETURN_IF_ERROR(ReadCheckedLeaf(*eraser, tree).status());
  entry->erased_by = eraser;
  return absl::OkStatus();
}

absl::Status LedgerImpl::PurgeErased() { return parts_.store->PurgeErased(); }

absl::StatusOr<std::vector<Hash>> LedgerImpl::InclusionProof(
    const LeafPosition& position) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  if (position.tree_size > snapshot->edge.size()) {
    return TreeSizeNotReached(position.tree_size, snapshot->edge.size());
  }
  TileReader tree(&snapshot->edge, parts_.store, &tiles_);
  return Checked(ProveInclusion(position, &tree));
}

absl::StatusOr<std::vector<Hash>> LedgerImpl::ConsistencyProof(
    const TreeRange& range) {
  const std::shared_ptr<const Snapshot> snapshot = publisher_->snapshot();
  if (range.new_size > snapshot->edge.size()) {
    return TreeSizeNotReached(range.new_size, snapshot->edge.size());
  }
  TileReader tree(&snapshot->edge, parts_.store, &tiles_);
  return Checked(ProveConsistency(range, &tree));
}

absl::StatusOr<uint64_t> LedgerImpl::LengthOf(absl::string_view stream) {
  return Checked(index_.LengthOf(stream, publisher_->snapshot()->edge.size()));
}

absl::StatusOr<std::optional<StreamEnd>> LedgerImpl::FindStreamEnd(
    absl::string_view stream) {
  return Checked(
      index_.FindStreamEnd(stream, publisher_->snapshot()->edge.size()));
}

absl::StatusOr<std::optional<StreamEnd>> LedgerImpl::FindStreamEndAsOf(
    absl::string_view stream, uint64_t size) {
  const uint64_t latest = publisher_->snapshot()->edge.size();
  if (size > latest) return TreeSizeNotReached(size, latest);
  return Checked(index_.FindStreamEnd(stream, size));
}

absl::StatusOr<std::vector<std::optional<StreamEnd>>>
LedgerImpl::FindStreamEndsAsOf(const std::vector<std::string>& streams,
                               uint64_t size) {
  const uint64_t latest = publisher_->snapshot()->edge.size();
  if (size > latest) return TreeSizeNotReached(size, latest);
  return Checked(index_.FindStreamEnds(streams, size));
}

absl::StatusOr<std::optional<StreamEnd>> LedgerImpl::PeekStreamEnd(
    absl::string_view stream) {
  return Checked(
      index_.PeekStreamEnd(stream, publisher_->snapshot()->edge.size()));
}

absl::StatusOr<std::vector<StreamEntry>> LedgerImpl::ReadStream(
    const StreamSlice& slice) {
  return Checked(index_.ReadStream(slice, publisher_->snapshot()->edge.size()));
}

absl::StatusOr<std::vector<IndexRow>> LedgerImpl::ScanIndex(
    const IndexScan& scan) {
  IndexScan owned = scan;
  owned.prefix = OwnerRowKey(scan.prefix);
  if (!scan.after_key.empty()) owned.after_key = OwnerRowKey(scan.after_key);
  ASSIGN_OR_RETURN(std::vector<IndexRow> rows,
                   Checked(parts_.store->ScanIndex(owned)));
  for (IndexRow& row : rows) row.key = std::string(OwnerPart(row.key));
  return rows;
}

Ledger::ListenerId LedgerImpl::AddListener(
    std::function<void(uint64_t size)> listener) {
  return listeners_.Add(std::move(listener));
}

void LedgerImpl::RemoveListener(ListenerId id) { listeners_.Remove(id); }

absl::Status LedgerImpl::WriteStatus() const {
  RETURN_IF_ERROR(recorder_->WriteStatus());
  return parts_.space == nullptr ? absl::OkStatus() : parts_.space->Check();
}

void LedgerImpl::Stop() { recorder_->Stop(); }

}  // namespace annals::ledger
