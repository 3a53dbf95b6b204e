#include "service/following/copy_pass.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

// How often it is asked whether to end.
constexpr absl::Duration kWaitSlice = absl::Milliseconds(50);

absl::Status RolledBack(const ledger::Checkpoint& shown, uint64_t size) {
  return ledger::ReplicaAccusation(
      ledger::kRolledBackReason,
      {absl::StrCat("the primary had ", size,
                    " entries and shows a checkpoint "
                    "of ",
                    shown.size, ": it was rolled back"),
       absl::StrCat("主服务曾有 ", size, " 个条目，现在给出的检查点只有 ",
                    shown.size, " 个：账本被回退")});
}

absl::Status TwoTrees(uint64_t size) {
  return ledger::ReplicaAccusation(
      ledger::kForkedReason,
      {absl::StrCat("the primary signed two different trees of ", size,
                    " entries: the ledger forked"),
       absl::StrCat("主服务对 ", size,
                    " 个条目签发了两个不同的根哈希：账本出现分叉")});
}

absl::Status WrongEntry(uint64_t expected, uint64_t sent) {
  return ledger::ReplicaAccusation(
      ledger::kReplicaEntriesFalse,
      {absl::StrCat("entry ", expected, " was expected, and entry ", sent,
                    " was sent: entries are left out"),
       absl::StrCat("应收到条目 ", expected, "，收到的是条目 ", sent,
                    "：有条目被略去")});
}

absl::Status SaltMalformed(uint64_t index) {
  return ledger::ReplicaAccusation(
      ledger::kReplicaEntriesFalse,
      {absl::StrCat("the content of entry ", index,
                    " came with no salt of 32 "
                    "bytes"),
       absl::StrCat("条目 ", index, " 的正文没有附带 32 字节的盐值")});
}

absl::Status SeesPublishedOnly(const std::string& address) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, kPrimaryRefuses,
      {absl::StrCat("the primary ", address,
                    " shows this follower only what "
                    "is published; its certificate must be an auditor's "
                    "(--follow_cert)"),
       absl::StrCat("主服务 ", address,
                    " 只向本从服务提供已公开的内容；"
                    "其证书须为审计方（auditor）的（--follow_cert）")});
}

absl::Status Silent(const std::string& address) {
  return PrimaryFailure(address,
                        {grpc::StatusCode::UNAVAILABLE, "it sends nothing"});
}

}  // namespace

absl::Status CopyPass::Run() {
  if (parts_.replica->has_checkpoint()) {
    verified_ = parts_.ledger->checkpoint()->note;
  }
  RETURN_IF_ERROR(FetchCheckpoint(0));
  const std::unique_ptr<EntryFeed> feed = parts_.primary->Watch(stored());
  absl::Duration silence;
  while (!events_.ends()) {
    EntryFeed::Next next = feed->Take(kWaitSlice);
    if (next.end.has_value()) {
      return PrimaryFailure(parts_.primary->address(), *next.end);
    }
    if (next.response.has_value()) {
      silence = absl::ZeroDuration();
      took_any_ = true;
      RETURN_IF_ERROR(Take(*std::move(next.response)));
      continue;
    }
    silence += kWaitSlice;
    if (silence > limits_.silence_max) {
      return Silent(parts_.primary->address());
    }
  }
  return absl::OkStatus();
}

absl::Status CopyPass::Take(v1::WatchEntriesResponse response) {
  if (response.published_only() || response.has_withdrawn_by()) {
    return SeesPublishedOnly(parts_.primary->address());
  }
  if (!response.has_heartbeat()) return TakeEntry(std::move(response));
  v1::Heartbeat& heartbeat = *response.mutable_heartbeat();
  RETURN_IF_ERROR(
      TakeCheckpoint(std::move(*heartbeat.mutable_checkpoint()->mutable_note()),
                     heartbeat.next_index()));
  return Store();
}

absl::Status CopyPass::TakeEntry(v1::WatchEntriesResponse response) {
  const uint64_t index = response.index();
  if (index != gathered()) return WrongEntry(gathered(), index);
  ledger::CopiedEntry entry;
  if (!response.salt().empty() || !response.content().empty()) {
    if (response.salt().size() != ledger::kSaltBytes) {
      return SaltMalformed(index);
    }
    ledger::StoredContent& content = entry.content.emplace();
    std::copy(response.salt().begin(), response.salt().end(),
              content.salt.begin());
    content.content = std::move(*response.mutable_content());
    bytes_ += content.content.size();
  }
  if (response.has_erased_by()) entry.erased_by = response.erased_by();
  entry.leaf = std::move(*response.mutable_leaf());
  bytes_ += entry.leaf.size();
  entries_.push_back(std::move(entry));
  const bool is_full =
      entries_.size() >= limits_.entries_max || bytes_ >= limits_.bytes_max;
  if (!is_full && gathered() != target_->checkpoint.size) {
    return absl::OkStatus();
  }
  return Store();
}

absl::Status CopyPass::FetchCheckpoint(uint64_t size_min) {
  ASSIGN_OR_RETURN(std::string note, parts_.primary->GetCheckpoint());
  return TakeCheckpoint(std::move(note), size_min);
}

// What was sent before it, and what is stored, is under it. One that was on its
// way while a later one was fetched may be older than the target.
absl::Status CopyPass::TakeCheckpoint(std::string note, uint64_t size_min) {
  shown_ = note;
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   parts_.replica->OpenNote(note));
  size_min = std::max(size_min, stored());
  if (checkpoint.size < size_min) return RolledBack(checkpoint, size_min);
  if (target_.has_value() && checkpoint.size == target_->checkpoint.size &&
      checkpoint.root != target_->checkpoint.root) {
    verified_ = target_->note;
    return TwoTrees(checkpoint.size);
  }
  // Where what was gathered reaches it, storing that will show it.
  if (checkpoint.size != gathered() || entries_.empty()) {
    RETURN_IF_ERROR(RequireGrowth(checkpoint));
  }
  events_.heard(checkpoint);
  if (!target_.has_value() || checkpoint.size > target_->checkpoint.size) {
    target_ = {checkpoint, std::move(note)};
  }
  return entries_.empty() ? Publish() : absl::OkStatus();
}

absl::Status CopyPass::FetchProof(uint64_t old_size, uint64_t new_size) {
  proof_.clear();
  if (old_size == 0 || old_size >= new_size) return absl::OkStatus();
  ASSIGN_OR_RETURN(proof_,
                   parts_.primary->GetConsistencyProof({old_size, new_size}));
  return absl::OkStatus();
}

absl::Status CopyPass::RequireGrowth(const ledger::Checkpoint& newer) {
  RETURN_IF_ERROR(FetchProof(stored(), newer.size));
  return parts_.replica->RequireGrowth(newer, proof_);
}

absl::Status CopyPass::Store() {
  if (entries_.empty()) return absl::OkStatus();
  // The primary sends nothing that is under no checkpoint.
  if (gathered() > target_->checkpoint.size) {
    RETURN_IF_ERROR(FetchCheckpoint(gathered()));
  }
  RETURN_IF_ERROR(FetchProof(gathered(), target_->checkpoint.size));
  const absl::StatusOr<std::vector<uint64_t>> erased =
      parts_.replica->Add(std::move(entries_), {target_->checkpoint, proof_});
  entries_.clear();
  bytes_ = 0;
  if (!erased.ok()) return Judge(erased.status());
  events_.stored(*erased);
  return Publish();
}

absl::Status CopyPass::Judge(const absl::Status& refusal) {
  if (ErrorReason(refusal) != ledger::kReplicaEntriesFalse) return refusal;
  RETURN_IF_ERROR(RequireGrowth(target_->checkpoint));
  return refusal;
}

bool CopyPass::IsPublished(uint64_t size) const {
  return parts_.replica->has_checkpoint() &&
         parts_.ledger->checkpoint()->checkpoint.size == size;
}

absl::Status CopyPass::Publish() {
  if (target_->checkpoint.size != stored() || IsPublished(stored())) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool is_published, parts_.replica->Publish(*target_));
  if (is_published) {
    verified_ = target_->note;
    events_.published();
    return absl::OkStatus();
  }
  // A content is missing that an entry beyond the target erased: a later
  // checkpoint covers it.
  ASSIGN_OR_RETURN(std::string note, parts_.primary->GetCheckpoint());
  shown_ = note;
  ASSIGN_OR_RETURN(const ledger::Checkpoint later,
                   parts_.replica->OpenNote(note));
  if (later.size <= stored()) return absl::OkStatus();
  RETURN_IF_ERROR(RequireGrowth(later));
  target_ = {later, std::move(note)};
  return absl::OkStatus();
}

}  // namespace annals
