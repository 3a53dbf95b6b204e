#include "service/ledger_view.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/receipt.h"
#include "service/report/names.h"
#include "service/request.h"

namespace annals {
namespace {

v1::Checkpoint ToMessage(const ledger::SignedCheckpoint& checkpoint) {
  v1::Checkpoint message;
  message.set_note(checkpoint.note);
  message.set_tree_size(checkpoint.checkpoint.size);
  message.set_root_hash(ledger::HashBytes(checkpoint.checkpoint.root));
  return message;
}

absl::Status NoWitnessed(ErrorText text) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "NO_WITNESSED_CHECKPOINT", std::move(text));
}

absl::Status NoWitnesses() {
  return NoWitnessed(
      {"This daemon asks no witnesses. Its operator can set --witness_policy.",
       "该服务未配置见证方；其运行方可用 --witness_policy 配置。"});
}

absl::Status NoQuorumYet() {
  return NoWitnessed(
      {"Too few witnesses have cosigned a checkpoint so far. Try again later, "
       "or ask the operator why the witnesses do not answer.",
       "目前还没有得到足够见证方签名的检查点。请稍后再试，"
       "或向运行方询问见证方为何没有应答。"});
}

absl::Status EntryNotWitnessed(const ledger::LeafPosition& position) {
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, "ENTRY_NOT_WITNESSED",
                {absl::StrCat("Entry ", position.index,
                              " is recorded, but the latest "
                              "checkpoint that enough witnesses cosigned has ",
                              position.tree_size, " entries. Try again later."),
                 absl::StrCat("条目 ", position.index,
                              " 已记录，但得到足够见证方签名的最新检查点只有 ",
                              position.tree_size, " 个条目。请稍后再试。")});
  AddErrorMetadata("treeSize", absl::StrCat(position.tree_size), &status);
  return status;
}

absl::Status EntryNotInTree(const ledger::LeafPosition& position) {
  absl::Status status = MakeError(
      absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND",
      {absl::StrCat("The tree of size ", position.tree_size, " has no entry ",
                    position.index, "; indexes count from 0."),
       absl::StrCat("大小为 ", position.tree_size, " 的树中没有条目 ",
                    position.index, "；序号从 0 起。")});
  AddErrorMetadata("treeSize", absl::StrCat(position.tree_size), &status);
  return status;
}

absl::Status RequireRange(const ledger::TreeRange& range) {
  if (range.old_size == 0) {
    return InvalidField("INVALID_TREE_RANGE", "old_size",
                        "must be at least 1: nothing can be proved from the "
                        "empty tree",
                        "至少为 1：从空树无从证明");
  }
  if (range.old_size > range.new_size) {
    return InvalidField(
        "INVALID_TREE_RANGE", "old_size",
        absl::StrCat("is ", range.old_size, ", above the newer tree's size ",
                     range.new_size),
        absl::StrCat("为 ", range.old_size, "，大于较新树的大小 ",
                     range.new_size));
  }
  return absl::OkStatus();
}

template <typename Message>
void AddHashes(const std::vector<ledger::Hash>& hashes, Message* message) {
  for (const ledger::Hash& hash : hashes) {
    message->add_hashes(ledger::HashBytes(hash));
  }
}

v1::InclusionProof ToMessage(const ledger::LeafPosition& position,
                             const std::vector<ledger::Hash>& hashes) {
  v1::InclusionProof proof;
  proof.set_index(position.index);
  proof.set_tree_size(position.tree_size);
  AddHashes(hashes, &proof);
  return proof;
}

}  // namespace

absl::StatusOr<v1::Checkpoint> LedgerView::GetCheckpoint(
    const v1::GetCheckpointRequest& request) const {
  if (!request.witnessed()) return ToMessage(*ledger_->checkpoint());
  ASSIGN_OR_RETURN(const auto latest, LatestWitnessed());
  return ToMessage(*latest);
}

absl::StatusOr<std::shared_ptr<const ledger::SignedCheckpoint>>
LedgerView::LatestWitnessed() const {
  if (witnessed_ == nullptr) return NoWitnesses();
  std::shared_ptr<const ledger::SignedCheckpoint> latest = witnessed_->latest();
  if (latest == nullptr) return NoQuorumYet();
  return latest;
}

absl::Status LedgerView::RequireInTree(
    const ledger::LeafPosition& position) const {
  const uint64_t latest = ledger_->checkpoint()->checkpoint.size;
  if (position.tree_size <= latest && position.index >= position.tree_size) {
    return EntryNotInTree(position);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Entry> LedgerView::GetEntry(
    const v1::GetEntryRequest& request) const {
  const std::shared_ptr<const ledger::SignedCheckpoint> latest =
      ledger_->checkpoint();
  const uint64_t latest_size = latest->checkpoint.size;
  const uint64_t size =
      request.tree_size() == 0 ? latest_size : request.tree_size();
  const ledger::LeafPosition position{request.index(), size};
  RETURN_IF_ERROR(RequireInTree(position));
  ASSIGN_OR_RETURN(
      ledger::ProvenEntry proven,
      ledger_->ReadProvenEntry(position, request.include_content()));
  ledger::LedgerEntryBytes& bytes = proven.entry;
  v1::Entry entry;
  entry.set_index(request.index());
  *entry.mutable_proof() = ToMessage(position, proven.inclusion_proof);
  entry.set_leaf(std::move(bytes.leaf));
  if (bytes.content.has_value()) {
    entry.set_salt(ledger::HashBytes(bytes.content->salt));
    entry.set_content(std::move(bytes.content->content));
  }
  if (bytes.erased_by.has_value()) entry.set_erased_by(*bytes.erased_by);
  if (size == latest_size) *entry.mutable_checkpoint() = ToMessage(*latest);
  return entry;
}

absl::StatusOr<v1::InclusionProof> LedgerView::GetInclusionProof(
    const v1::GetInclusionProofRequest& request) const {
  const uint64_t size = request.tree_size() == 0
                            ? ledger_->checkpoint()->checkpoint.size
                            : request.tree_size();
  const ledger::LeafPosition position{request.index(), size};
  RETURN_IF_ERROR(RequireInTree(position));
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes,
                   ledger_->InclusionProof(position));
  return ToMessage(position, hashes);
}

absl::StatusOr<v1::ConsistencyProof> LedgerView::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request) const {
  ledger::TreeRange range{request.old_size(), request.new_size()};
  if (range.new_size == 0) {
    range.new_size = ledger_->checkpoint()->checkpoint.size;
  }
  RETURN_IF_ERROR(RequireRange(range));
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes,
                   ledger_->ConsistencyProof(range));
  v1::ConsistencyProof proof;
  proof.set_old_size(range.old_size);
  proof.set_new_size(range.new_size);
  AddHashes(hashes, &proof);
  return proof;
}

absl::StatusOr<uint64_t> LedgerView::IndexOf(
    const v1::GetReceiptRequest& request) const {
  switch (request.subject_case()) {
    case v1::GetReceiptRequest::kIndex:
      return request.index();
    case v1::GetReceiptRequest::kName:
      break;
    case v1::GetReceiptRequest::SUBJECT_NOT_SET:
      return InvalidField("INVALID_VALUE", "name",
                          "or `index` must say what the receipt is of",
                          "与 index 必须给出其一，说明要什么的回执");
  }
  if (absl::StrContains(request.name(), "/revisions/")) {
    ASSIGN_OR_RETURN(const report::RevisionName name,
                     report::ParseRevisionName(request.name()));
    ASSIGN_OR_RETURN(
        const RecordedRevision revision,
        history_.Read(name.report.ToString(), name.number, WithContent::kNo));
    return revision.entry.index();
  }
  ASSIGN_OR_RETURN(const report::ReportName name,
                   report::ParseReportName(request.name()));
  ASSIGN_OR_RETURN(const RecordedRevision revision,
                   history_.ReadLatest(name.ToString(), WithContent::kNo));
  return revision.entry.index();
}

absl::StatusOr<v1::Receipt> LedgerView::GetReceipt(
    const v1::GetReceiptRequest& request) const {
  ASSIGN_OR_RETURN(const uint64_t index, IndexOf(request));
  // Taken after the index was found, so that it covers it.
  std::shared_ptr<const ledger::SignedCheckpoint> latest =
      ledger_->checkpoint();
  RETURN_IF_ERROR(RequireInTree({index, latest->checkpoint.size}));
  if (request.witnessed()) {
    ASSIGN_OR_RETURN(latest, LatestWitnessed());
  }
  const ledger::LeafPosition position{index, latest->checkpoint.size};
  if (position.index >= position.tree_size) return EntryNotWitnessed(position);
  return MakeReceipt({index, request.include_content()}, *latest, ledger_);
}

}  // namespace annals
