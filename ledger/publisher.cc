#include "ledger/publisher.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {

namespace {

absl::Status SignatureFalse(uint64_t size) {
  return MakeError(
      absl::StatusCode::kInternal, "SIGNATURE_FALSE",
      {absl::StrCat("the signature just made for size ", size,
                    " does not verify; check the machine's hardware"),
       absl::StrCat("刚为 ", size,
                    " 个条目生成的签名无法通过验证；请检查机器硬件")});
}

}  // namespace

Publisher::Publisher(Keys keys, PublishedMark* mark)
    : keys_(std::move(keys)), mark_(mark) {
  ANNALS_CHECK(!keys_.present.empty());
}

absl::StatusOr<Checkpoint> Publisher::OpenMark(const std::string& note) const {
  const absl::StatusOr<Checkpoint> first = OpenCheckpoint(note, verifier());
  if (first.ok()) return first;
  for (const Key& key : keys_.present) {
    const auto opened = OpenCheckpoint(note, key.verifier);
    if (opened.ok()) return opened;
  }
  for (const NoteVerifier& key : keys_.former) {
    const auto opened = OpenCheckpoint(note, key);
    if (opened.ok()) return opened;
  }
  return first;
}

bool Publisher::IsSignedByPresentKeys(const std::string& note) const {
  const absl::StatusOr<ParsedNote> parsed = ParseNote(note);
  const size_t count = keys_.present.size() + (keys_.second == nullptr ? 0 : 1);
  if (!parsed.ok() || parsed->signatures.size() != count) return false;
  for (const Key& key : keys_.present) {
    if (!OpenCheckpoint(note, key.verifier).ok()) return false;
  }
  return keys_.second == nullptr ||
         RequireSignedBy(*parsed, keys_.second->key()).ok();
}

absl::StatusOr<SignedCheckpoint> Publisher::Sign(const RightEdge& edge) const {
  SignedCheckpoint result;
  result.checkpoint = {verifier().name(), edge.size(), edge.Root()};
  for (const Key& key : keys_.present) {
    RETURN_IF_ERROR(AddSignature(key, &result));
  }
  RETURN_IF_ERROR(AddSecondSignature(&result));
  return result;
}

absl::Status Publisher::AddSignature(const Key& key,
                                     SignedCheckpoint* result) const {
  const std::string text = CheckpointText(result->checkpoint);
  ASSIGN_OR_RETURN(const std::string note,
                   SignNote(text, key.verifier, key.signer));
  // A false Ed25519 signature, by a fault of the hardware, can give the key
  // away; and no one could open the ledger behind it.
  const absl::StatusOr<Checkpoint> opened = OpenCheckpoint(note, key.verifier);
  if (!opened.ok() || *opened != result->checkpoint) {
    return SignatureFalse(result->checkpoint.size);
  }
  // The first makes the note, each further one adds its line.
  result->note += result->note.empty() ? note : note.substr(text.size() + 1);
  return absl::OkStatus();
}

absl::Status Publisher::AddSecondSignature(SignedCheckpoint* result) const {
  if (keys_.second == nullptr) return absl::OkStatus();
  const std::string text = CheckpointText(result->checkpoint);
  ASSIGN_OR_RETURN(const NoteSignature signature, keys_.second->Sign(text));
  if (!keys_.second->key().Verify(text, signature.signature).ok()) {
    return SignatureFalse(result->checkpoint.size);
  }
  result->note += FormatSignatureLine(signature);
  return absl::OkStatus();
}

absl::Status Publisher::WriteMark(const SignedCheckpoint& checkpoint) {
  return mark_->Write(checkpoint.note);
}

absl::Status Publisher::ReplaceMark(const SignedCheckpoint& checkpoint) {
  return mark_->Replace(checkpoint.note);
}

void Publisher::Show(SignedCheckpoint checkpoint, const RightEdge& edge) {
  auto snapshot = std::make_shared<const Snapshot>(Snapshot{
      std::make_shared<const SignedCheckpoint>(std::move(checkpoint)), edge});
  MutexLock lock(&mutex_);
  ANNALS_CHECK(snapshot_ == nullptr ||
               snapshot_->edge.size() < snapshot->edge.size());
  // The old one is released after the lock.
  snapshot_.swap(snapshot);
}

std::shared_ptr<const Snapshot> Publisher::snapshot() const {
  MutexLock lock(&mutex_);
  ANNALS_CHECK(snapshot_ != nullptr);
  return snapshot_;
}

}  // namespace annals::ledger
