#include "service/ledger_view.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
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

absl::Status EntryNotPublished(uint64_t index) {
  return MakeError(
      absl::StatusCode::kNotFound, "ENTRY_NOT_PUBLISHED",
      {absl::StrCat("Entry ", index,
                    " is in the ledger, and what it says is not published."),
       absl::StrCat("条目 ", index, " 在账本之中，但其内容没有公开。")});
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
  if (!request.witnessed()) return ToMessage(*parts_.ledger->checkpoint());
  ASSIGN_OR_RETURN(const auto latest, LatestWitnessed());
  return ToMessage(*latest);
}

absl::StatusOr<std::shared_ptr<const ledger::SignedCheckpoint>>
LedgerView::LatestWitnessed() const {
  if (parts_.witnessed == nullptr) return NoWitnesses();
  std::shared_ptr<const ledger::SignedCheckpoint> latest =
      parts_.witnessed->latest();
  if (latest == nullptr) return NoQuorumYet();
  return latest;
}

// `latest`: the size of the ledger for all that the answer says. Taken twice,
// it could grow by an entry in between of which nobody asked who may see it.
absl::Status LedgerView::RequireInTree(const ledger::LeafPosition& position,
                                       uint64_t latest) {
  if (position.tree_size > latest) {
    return ledger::TreeSizeNotReached(position.tree_size, latest);
  }
  if (position.index >= position.tree_size) return EntryNotInTree(position);
  return absl::OkStatus();
}

absl::StatusOr<EntrySight> LedgerView::SightOf(uint64_t index,
                                               View view) const {
  if (view == View::kAll) return EntrySight{true, std::nullopt};
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry,
                   ReadDecodedLeaf(index, parts_.ledger));
  ASSIGN_OR_RETURN(const EntrySight sight, parts_.publications->SightOf(entry));
  if (!sight.is_published) return EntryNotPublished(index);
  return sight;
}

absl::StatusOr<v1::Entry> LedgerView::GetEntry(
    const v1::GetEntryRequest& request, View view) const {
  const std::shared_ptr<const ledger::SignedCheckpoint> latest =
      parts_.ledger->checkpoint();
  const uint64_t latest_size = latest->checkpoint.size;
  const uint64_t size =
      request.tree_size() == 0 ? latest_size : request.tree_size();
  const ledger::LeafPosition position{request.index(), size};
  RETURN_IF_ERROR(RequireInTree(position, latest_size));
  ASSIGN_OR_RETURN(const EntrySight sight, SightOf(request.index(), view));
  ASSIGN_OR_RETURN(ledger::ProvenEntry proven,
                   parts_.ledger->ReadProvenEntry(
                       position, request.include_content() &&
                                     !sight.withdrawn_by.has_value()));
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
  if (sight.withdrawn_by.has_value()) {
    entry.set_withdrawn_by(*sight.withdrawn_by);
  }
  if (size == latest_size) *entry.mutable_checkpoint() = ToMessage(*latest);
  return entry;
}

absl::StatusOr<v1::InclusionProof> LedgerView::GetInclusionProof(
    const v1::GetInclusionProofRequest& request) const {
  const uint64_t latest = parts_.ledger->checkpoint()->checkpoint.size;
  const uint64_t size = request.tree_size() == 0 ? latest : request.tree_size();
  const ledger::LeafPosition position{request.index(), size};
  RETURN_IF_ERROR(RequireInTree(position, latest));
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes,
                   parts_.ledger->InclusionProof(position));
  return ToMessage(position, hashes);
}

absl::StatusOr<v1::ConsistencyProof> LedgerView::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request) const {
  ledger::TreeRange range{request.old_size(), request.new_size()};
  if (range.new_size == 0) {
    range.new_size = parts_.ledger->checkpoint()->checkpoint.size;
  }
  RETURN_IF_ERROR(RequireRange(range));
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes,
                   parts_.ledger->ConsistencyProof(range));
  v1::ConsistencyProof proof;
  proof.set_old_size(range.old_size);
  proof.set_new_size(range.new_size);
  AddHashes(hashes, &proof);
  return proof;
}

absl::StatusOr<uint64_t> LedgerView::IndexOf(
    const v1::GetReceiptRequest& request, View view) const {
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
  ASSIGN_OR_RETURN(const RecordedRevision revision,
                   FindRevision(request.name(), view));
  return revision.entry.index();
}

absl::StatusOr<RecordedRevision> LedgerView::FindRevision(
    const std::string& name, View view) const {
  report::RevisionName wanted;
  if (absl::StrContains(name, "/revisions/")) {
    ASSIGN_OR_RETURN(wanted, report::ParseRevisionName(name));
  } else {
    ASSIGN_OR_RETURN(wanted.report, report::ParseReportName(name));
  }
  const std::string report = wanted.report.ToString();
  if (view == View::kAll) {
    return wanted.number == 0
               ? history_.ReadLatest(report, WithContent::kNo)
               : history_.Read(report, wanted.number, WithContent::kNo);
  }
  ASSIGN_OR_RETURN(
      const VisibleReport visible,
      parts_.visible->Find(wanted.report,
                           parts_.ledger->checkpoint()->checkpoint.size, view));
  return visible.Read(wanted.number == 0 ? visible.latest() : wanted.number,
                      WithContent::kNo);
}

absl::StatusOr<v1::Receipt> LedgerView::GetReceipt(
    const v1::GetReceiptRequest& request, View view) const {
  ASSIGN_OR_RETURN(const uint64_t index, IndexOf(request, view));
  // Taken after the index was found, so that it covers it.
  std::shared_ptr<const ledger::SignedCheckpoint> latest =
      parts_.ledger->checkpoint();
  RETURN_IF_ERROR(
      RequireInTree({index, latest->checkpoint.size}, latest->checkpoint.size));
  ASSIGN_OR_RETURN(const EntrySight sight, SightOf(index, view));
  if (request.witnessed()) {
    ASSIGN_OR_RETURN(latest, LatestWitnessed());
  }
  const ledger::LeafPosition position{index, latest->checkpoint.size};
  if (position.index >= position.tree_size) return EntryNotWitnessed(position);
  const bool with_content =
      request.include_content() && !sight.withdrawn_by.has_value();
  ASSIGN_OR_RETURN(v1::Receipt receipt,
                   MakeReceipt({index, with_content}, *latest, parts_.ledger));
  if (sight.withdrawn_by.has_value()) {
    receipt.set_withdrawn_by(*sight.withdrawn_by);
  }
  return receipt;
}

}  // namespace annals
