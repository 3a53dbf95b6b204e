#include "client/witness/witness.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr int kInternalError = 500;
constexpr char kPlainText[] = "text/plain; charset=utf-8";

HttpAnswer Refusal(int status, absl::string_view why) {
  return {status, kPlainText, absl::StrCat(why, "\n")};
}

ledger::Checkpoint EmptyCheckpoint(const std::string& origin) {
  return {origin, 0, ledger::EmptyRoot()};
}

// Which of the log's keys signed the note. NOT_FOUND if none; DATA_LOSS if a
// signature by one of them is false, which spoils the note.
absl::StatusOr<std::vector<ledger::NoteSignature>> KnownSignatures(
    absl::string_view note, const ledger::ParsedNote& parsed,
    const std::vector<ledger::NoteVerifier>& keys) {
  absl::Status last = absl::NotFoundError("no key is known");
  std::vector<ledger::NoteSignature> known;
  for (const ledger::NoteVerifier& key : keys) {
    const absl::Status status = ledger::OpenNote(note, key).status();
    if (!status.ok()) last = status;
    if (absl::IsNotFound(status)) continue;
    RETURN_IF_ERROR(status);
    for (const ledger::NoteSignature& signature : parsed.signatures) {
      if (signature.name == key.name() && signature.key_id == key.key_id()) {
        known.push_back(signature);
        break;
      }
    }
  }
  if (known.empty()) return last;
  return known;
}

// The note with none but these signatures.
std::string NoteOf(absl::string_view text,
                   const std::vector<ledger::NoteSignature>& signatures) {
  std::string note = absl::StrCat(text, "\n");
  for (const ledger::NoteSignature& signature : signatures) {
    note += ledger::FormatSignatureLine(signature);
  }
  return note;
}

absl::Status CheckProof(const ledger::AddCheckpointRequest& request,
                        const ledger::Checkpoint& latest,
                        const ledger::Checkpoint& checkpoint) {
  // From the empty tree nothing is to be proved.
  if (request.old_size == 0) {
    return request.proof.empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("the proof from size 0 is empty");
  }
  return ledger::VerifyConsistency({latest.size, checkpoint.size}, latest.root,
                                   checkpoint.root, request.proof);
}

absl::Status StateDamaged(const std::string& origin,
                          const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "WITNESS_STATE_DAMAGED",
      {absl::StrCat("what is kept of the log ", origin,
                    " is no checkpoint that one of its keys signed (",
                    cause.message(),
                    "); restore the newest copy, or give the key that signed "
                    "it with --log as well. To begin anew would allow a fork"),
       absl::StrCat("所保存的日志 ", origin,
                    " 的状态不是由其密钥签名的检查点（", ErrorTextZh(cause),
                    "）；请恢复最新副本，或用 --log 一并给出当时的密钥。"
                    "重新开始会使分叉成为可能")});
}

}  // namespace

Witness::Witness(const ledger::CosignatureVerifier& verifier,
                 WitnessParts parts)
    : verifier_(verifier), parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<Witness>> Witness::Create(
    const ledger::CosignatureVerifier& verifier, WitnessParts parts) {
  if (parts.signer->public_key() != verifier.key()) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "SIGNER_KEY_MISMATCH",
        {absl::StrCat("the signing key is not that of witness ",
                      verifier.name()),
         absl::StrCat("签名密钥不是见证方 ", verifier.name(), " 的密钥")});
  }
  std::unique_ptr<Witness> witness(new Witness(verifier, std::move(parts)));
  for (const ledger::NoteVerifier& key : witness->parts_.logs) {
    std::unique_ptr<Log>& log = witness->logs_[key.name()];
    if (log == nullptr) {
      log = std::make_unique<Log>();
      log->origin = key.name();
    }
    log->keys.push_back(key);
  }
  for (auto& [origin, log] : witness->logs_) {
    RETURN_IF_ERROR(witness->ReadState(log.get()));
  }
  return witness;
}

absl::Status Witness::ReadState(Log* log) {
  ASSIGN_OR_RETURN(const std::optional<std::string> note,
                   parts_.store->Read(log->origin));
  MutexLock lock(&log->mutex);
  log->latest = EmptyCheckpoint(log->origin);
  if (!note.has_value()) return absl::OkStatus();
  absl::Status cause = absl::NotFoundError("no key");
  for (const ledger::NoteVerifier& key : log->keys) {
    const auto opened = ledger::OpenCheckpoint(*note, key);
    if (opened.ok()) {
      log->latest = *opened;
      return absl::OkStatus();
    }
    cause = opened.status();
  }
  return StateDamaged(log->origin, cause);
}

absl::StatusOr<Witness::Submission> Witness::Parse(
    absl::string_view body) const {
  Submission submission;
  ASSIGN_OR_RETURN(submission.request, ledger::ParseAddCheckpoint(body));
  ASSIGN_OR_RETURN(submission.note,
                   ledger::ParseNote(submission.request.checkpoint));
  ASSIGN_OR_RETURN(submission.checkpoint,
                   ledger::ParseCheckpointText(submission.note.text));
  return submission;
}

HttpAnswer Witness::Answer(absl::string_view body) {
  const absl::StatusOr<Submission> submission = Parse(body);
  if (!submission.ok()) {
    return Refusal(kBadRequest, submission.status().message());
  }
  const ledger::Checkpoint& checkpoint = submission->checkpoint;
  const auto log = logs_.find(checkpoint.origin);
  if (log == logs_.end()) {
    return Refusal(kNotFound, "this witness does not know the log");
  }
  const auto known = KnownSignatures(submission->request.checkpoint,
                                     submission->note, log->second->keys);
  if (!known.ok()) return Refusal(kForbidden, known.status().message());
  if (submission->request.old_size > checkpoint.size) {
    return Refusal(kBadRequest, "the old size is above the checkpoint's");
  }
  Submission cleaned = *submission;
  cleaned.note.signatures = *known;
  MutexLock lock(&log->second->mutex);
  return Decide(cleaned, log->second.get());
}

// Under the lock: that the old size is the latest and that the new one becomes
// the latest is one step.
HttpAnswer Witness::Decide(const Submission& submission, Log* log) {
  const ledger::Checkpoint& checkpoint = submission.checkpoint;
  if (submission.request.old_size != log->latest.size) {
    return ConflictWith(*log);
  }
  if (checkpoint.size == log->latest.size &&
      checkpoint.root != log->latest.root) {
    return RefuseFork(submission, log);
  }
  const absl::Status proved =
      CheckProof(submission.request, log->latest, checkpoint);
  if (!proved.ok()) {
    Tell({absl::StrCat(log->origin, "：未见证大小 ", checkpoint.size,
                       "，从大小 ", log->latest.size,
                       " 的一致性证明不成立，可能是分叉"),
          absl::StrCat(log->origin, ": size ", checkpoint.size,
                       " not cosigned, the consistency proof from size ",
                       log->latest.size, " does not hold; it may be a fork")});
    return Refusal(kUnprocessable, proved.message());
  }
  return Cosign(submission, log);
}

HttpAnswer Witness::Cosign(const Submission& submission, Log* log) {
  const ledger::Checkpoint& checkpoint = submission.checkpoint;
  const int64_t seconds = absl::ToUnixSeconds(parts_.clock->Now());
  const auto cosignature = ledger::MakeCosignature(
      submission.note.text, static_cast<uint64_t>(seconds), verifier_,
      parts_.signer);
  if (!cosignature.ok()) {
    Tell({absl::StrCat("无法签名：", ErrorTextZh(cosignature.status())),
          absl::StrCat("can't sign: ", cosignature.status().message())});
    return Refusal(kInternalError, "the witness can't sign");
  }
  if (checkpoint.size != log->latest.size) {
    std::vector<ledger::NoteSignature> signatures = submission.note.signatures;
    signatures.push_back(*cosignature);
    const absl::Status stored = parts_.store->Write(
        log->origin, NoteOf(submission.note.text, signatures));
    if (!stored.ok()) {
      Tell({absl::StrCat("无法保存：", ErrorTextZh(stored)),
            absl::StrCat("can't store: ", stored.message())});
      return Refusal(kInternalError, "the witness can't store the checkpoint");
    }
    log->latest = checkpoint;
    Tell({absl::StrCat(log->origin, "：已见证大小 ", checkpoint.size),
          absl::StrCat(log->origin, ": cosigned size ", checkpoint.size)});
  }
  return {kOk, kPlainText, ledger::FormatSignatureLine(*cosignature)};
}

HttpAnswer Witness::RefuseFork(const Submission& submission, Log* log) {
  const std::string note =
      NoteOf(submission.note.text, submission.note.signatures);
  const absl::Status kept = parts_.store->KeepFork(log->origin, note);
  Tell({absl::StrCat(log->origin, "：分叉！该日志为大小 ", log->latest.size,
                     " 签过两个不同的根哈希；", kept.ok() ? "两份均已保存" : "",
                     kept.ok() ? "" : ErrorTextZh(kept)),
        absl::StrCat(log->origin, ": FORK! The log signed two roots of size ",
                     log->latest.size, "; ",
                     kept.ok() ? "both are kept" : kept.message())});
  return ConflictWith(*log);
}

HttpAnswer Witness::ConflictWith(const Log& log) const {
  return {kConflict, ledger::kTreeSizeContentType,
          ledger::FormatTreeSize(log.latest.size)};
}

void Witness::Tell(const Text& text) {
  if (parts_.tell == nullptr) return;
  MutexLock lock(&tell_mutex_);
  parts_.tell(text);
}

}  // namespace annals::client
