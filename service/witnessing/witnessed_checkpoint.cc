#include "service/witnessing/witnessed_checkpoint.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/file_io.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

absl::StatusOr<ledger::Checkpoint> OpenByAny(
    const std::string& note, const std::vector<ledger::NoteVerifier>& keys) {
  absl::Status last = absl::NotFoundError("no key");
  for (const ledger::NoteVerifier& key : keys) {
    auto opened = ledger::OpenCheckpoint(note, key);
    if (opened.ok()) return opened;
    last = opened.status();
  }
  return last;
}

// That the ledger's latest tree extends that of the checkpoint.
absl::Status CheckExtended(const ledger::Checkpoint& older,
                           ledger::Ledger* ledger) {
  if (older.size == 0) return absl::OkStatus();
  const ledger::Checkpoint latest = ledger->checkpoint()->checkpoint;
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> proof,
                   ledger->ConsistencyProof({older.size, latest.size}));
  return ledger::VerifyConsistency({older.size, latest.size}, older.root,
                                   latest.root, proof);
}

}  // namespace

absl::Status WitnessedCheckpoint::Load(
    const std::vector<ledger::NoteVerifier>& keys, ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(std::optional<std::string> note,
                   ledger::ReadFileIfAny(path_, ledger::kNoteBytesMax));
  if (!note.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, OpenByAny(*note, keys));
  ASSIGN_OR_RETURN(const std::vector<ledger::Witnessing> witnessings,
                   policy_->CheckQuorum(*note));
  RETURN_IF_ERROR(CheckExtended(checkpoint, ledger));
  MutexLock lock(&mutex_);
  latest_ = {
      std::make_shared<const ledger::SignedCheckpoint>(
          ledger::SignedCheckpoint{std::move(checkpoint), *std::move(note)}),
      witnessings.size()};
  return absl::OkStatus();
}

// Of one size, the one with more cosignatures; with as many, the later one, as
// its times are later and the ledger's key may be another.
bool WitnessedCheckpoint::IsNewer(const Entry& entry) const {
  if (latest_.checkpoint == nullptr) return true;
  const uint64_t old_size = latest_.checkpoint->checkpoint.size;
  const uint64_t new_size = entry.checkpoint->checkpoint.size;
  if (new_size != old_size) return new_size > old_size;
  return entry.cosignatures >= latest_.cosignatures &&
         entry.checkpoint->note != latest_.checkpoint->note;
}

absl::StatusOr<bool> WitnessedCheckpoint::Offer(
    const ledger::SignedCheckpoint& checkpoint) {
  const auto witnessings = policy_->CheckQuorum(checkpoint.note);
  if (absl::IsFailedPrecondition(witnessings.status())) return false;
  RETURN_IF_ERROR(witnessings.status());
  const Entry entry{
      std::make_shared<const ledger::SignedCheckpoint>(checkpoint),
      witnessings->size()};
  MutexLock write_lock(&write_mutex_);
  {
    MutexLock lock(&mutex_);
    if (!IsNewer(entry)) return true;
  }
  RETURN_IF_ERROR(
      ledger::ReplaceFile(path_, {checkpoint.note}, ledger::kPublicFileMode));
  MutexLock lock(&mutex_);
  latest_ = entry;
  return true;
}

std::shared_ptr<const ledger::SignedCheckpoint> WitnessedCheckpoint::latest()
    const {
  MutexLock lock(&mutex_);
  return latest_.checkpoint;
}

}  // namespace annals
