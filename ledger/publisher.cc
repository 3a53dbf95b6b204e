#include "ledger/publisher.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {

Publisher::Publisher(NoteVerifier verifier, Signer* signer, PublishedMark* mark)
    : verifier_(std::move(verifier)), signer_(signer), mark_(mark) {}

absl::StatusOr<SignedCheckpoint> Publisher::Sign(const RightEdge& edge) const {
  SignedCheckpoint result;
  result.checkpoint = {verifier_.name(), edge.size(), edge.Root()};
  ASSIGN_OR_RETURN(result.note, SignNote(CheckpointText(result.checkpoint),
                                         verifier_, signer_));
  // A false Ed25519 signature, by a fault of the hardware, can give the key
  // away; and no one could open the ledger behind it.
  const absl::StatusOr<Checkpoint> opened =
      OpenCheckpoint(result.note, verifier_);
  if (!opened.ok() || *opened != result.checkpoint) {
    return MakeError(
        absl::StatusCode::kInternal, "SIGNATURE_FALSE",
        {absl::StrCat("the signature just made for size ", edge.size(),
                      " does not verify; check the machine's hardware"),
         absl::StrCat("刚为 ", edge.size(),
                      " 个条目生成的签名无法通过验证；请检查机器硬件")});
  }
  return result;
}

absl::Status Publisher::WriteMark(const SignedCheckpoint& checkpoint) {
  return mark_->Write(checkpoint.note);
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
