#include "client/trust/ledger_trust.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/render/printable.h"
#include "client/trust/evidence.h"
#include "client/trust/growth.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// A process that loses the race to remember a checkpoint so often holds the
// lock while it asks once more.
constexpr int kAttemptsWithoutLock = 4;

absl::Status KeyContradictsPin(const ledger::NoteVerifier& key,
                               const Pin& pin) {
  return UsageError(
      {absl::StrCat("--key 是账本 ", key.name(), " 的公钥，而 ", pin.server,
                    " 固定的是账本 ", pin.origin(),
                    "；请去掉 --key，或先 annals trust remove ", pin.server),
       absl::StrCat("--key is of ledger ", key.name(), ", but ", pin.server,
                    " is pinned to ledger ", pin.origin(),
                    "; leave --key out, or first annals trust remove ",
                    pin.server)});
}

absl::Status RequireVerification(Session& session) {
  if (!session.options().no_verify) return absl::OkStatus();
  return UsageError({"这个命令就是核验，不能与 --no-verify 同用",
                     "this command verifies; --no-verify does not go with it"});
}

absl::Status RememberedDamaged(const std::string& path,
                               const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CHECKPOINT_FILE_DAMAGED",
      {absl::StrCat(path, " is not the checkpoint that was verified last: ",
                    cause.message(),
                    "; restore it from a backup. If you know why it changed, "
                    "delete it: what was verified before is then forgotten"),
       absl::StrCat(path, " 不是上次核验过的检查点：", ErrorTextZh(cause),
                    "；请从备份恢复。若确知其变动原因，可删除该文件，"
                    "此前核验过的内容即不再记得")});
}

// The failure of a pinned server to show a checkpoint that the pin accepts.
absl::Status NotAccepted(const absl::Status& cause, const Pin& pin) {
  const char* reason = kNotACheckpointReason;
  if (absl::IsNotFound(cause)) reason = kOtherKeyReason;
  if (absl::IsDataLoss(cause)) reason = kFalseSignatureReason;
  if (IsPolicyFailure(cause)) reason = kNotWitnessedReason;
  return VerificationFailure(
      reason, {absl::StrCat("服务器 ", pin.server,
                            " 给出的检查点不能采信，固定"
                            "的账本是 ",
                            pin.origin(), "：", ErrorTextZh(cause)),
               absl::StrCat("the checkpoint that ", pin.server,
                            " shows can't be trusted, pinned is the ledger ",
                            pin.origin(), ": ", cause.message())});
}

}  // namespace

absl::StatusOr<LedgerTrust> LedgerTrust::FromKeys(Asks asks, Session* session) {
  LedgerTrust trust(session);
  const GlobalOptions& options = session->options();
  if (!options.key.empty()) {
    ASSIGN_OR_RETURN(ledger::NoteVerifier key, VerifierKey(options.key));
    trust.keys_ = LedgerKeys{{std::move(key)}, std::nullopt};
  }
  if (options.config_dir.empty()) return trust;
  ASSIGN_OR_RETURN(const TrustStore store,
                   TrustStore::Open(options.config_dir));
  ASSIGN_OR_RETURN(const std::optional<Pin> pin, store.FindPin(options.server));
  if (!pin.has_value()) return trust;
  const bool is_of_other_ledger =
      trust.verifies() && trust.keys().origin() != pin->origin();
  if (asks == Asks::kNoServer && is_of_other_ledger) return trust;
  RETURN_IF_ERROR(trust.AddPin(store, *pin));
  return trust;
}

absl::StatusOr<LedgerTrust> LedgerTrust::For(Session* session) {
  if (session->options().no_verify) {
    session->Tell(
        {absl::StrCat("未核验：使用了 --no-verify，以下只是服务器 ",
                      session->options().server, " 的说法"),
         absl::StrCat(
             "NOT VERIFIED: --no-verify was given; this is the word of "
             "the server at ",
             session->options().server)});
    return LedgerTrust(session);
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, FromKeys(Asks::kServer, session));
  if (!trust.verifies()) trust.TellNothingIsVerified();
  return trust;
}

absl::StatusOr<LedgerTrust> LedgerTrust::Require(Asks asks, Session* session) {
  RETURN_IF_ERROR(RequireVerification(*session));
  ASSIGN_OR_RETURN(LedgerTrust trust, FromKeys(asks, session));
  // Says where to get a key.
  if (!trust.verifies()) return VerifierKey("").status();
  return trust;
}

absl::StatusOr<LedgerTrust> LedgerTrust::Required(Session* session) {
  return Require(Asks::kServer, session);
}

absl::StatusOr<LedgerTrust> LedgerTrust::RequiredOffline(Session* session) {
  return Require(Asks::kNoServer, session);
}

absl::StatusOr<LedgerTrust> LedgerTrust::RequiredUnder(
    ledger::WitnessPolicy policy, Session* session) {
  RETURN_IF_ERROR(RequireVerification(*session));
  ASSIGN_OR_RETURN(LedgerTrust trust, FromKeys(Asks::kServer, session));
  if (!trust.verifies()) {
    if (policy.logs().empty()) return VerifierKey("").status();
    trust.keys_.emplace();
    trust.keys_->keys = LogKeys(policy, policy.logs().front().verifier.name());
  }
  RETURN_IF_ERROR(RequirePolicyOf(policy, *trust.keys_));
  trust.keys_->policy = std::move(policy);
  return trust;
}

absl::StatusOr<LedgerTrust> LedgerTrust::Establish(Session* session) {
  ASSIGN_OR_RETURN(LedgerTrust trust, For(session));
  RETURN_IF_ERROR(trust.Check());
  return trust;
}

// A key that is given replaces the pinned ones for this call; what was
// remembered may have been signed by any of them.
absl::Status LedgerTrust::AddPin(const TrustStore& store, const Pin& pin) {
  ASSIGN_OR_RETURN(pinned_, store.KeysOf(pin));
  store_ = store;
  if (!keys_.has_value()) {
    keys_ = pinned_;
  } else if (keys_->origin() != pin.origin()) {
    return KeyContradictsPin(keys_->keys.front(), pin);
  }
  ASSIGN_OR_RETURN(siblings_, store.ReadPins());
  std::erase_if(siblings_, [&pin](const Pin& other) {
    return other.server == pin.server || other.origin() != pin.origin();
  });
  keys_->policy = pinned_->policy;
  keys_->second_keys = pinned_->second_keys;
  keys_->agency_keys = pinned_->agency_keys;
  pinned_->policy.reset();
  // Pinned perhaps after what is remembered.
  pinned_->second_keys.clear();
  pinned_->keys.insert(pinned_->keys.end(), keys_->keys.begin(),
                       keys_->keys.end());
  return absl::OkStatus();
}

void LedgerTrust::TellNothingIsVerified() const {
  const std::string& server = session_->options().server;
  const Text text = {
      absl::StrCat("未核验：没有为 ", server,
                   " 固定公钥，以下只是服务器的说法。请从可信渠道取得账本的公钥"
                   "并固定：annals trust add VKEY --server ",
                   server),
      absl::StrCat("NOT VERIFIED: no key is pinned for ", server,
                   ", so this is the server's word only. Get the ledger's "
                   "verifier key in a way you trust and pin it: annals trust "
                   "add VKEY --server ",
                   server)};
  session_->err() << session_->Err(session_->Pick(text), Tone::kYellow) << "\n";
}

absl::StatusOr<LedgerTrust::Remembered> LedgerTrust::Recall() const {
  Remembered remembered;
  if (!store_.has_value()) {
    remembered.note = note_;
    if (latest_.has_value()) remembered.checkpoint = latest_->checkpoint;
    return remembered;
  }
  const std::string& server = session_->options().server;
  ASSIGN_OR_RETURN(const std::optional<std::string> note,
                   store_->ReadCheckpoint(server));
  if (!note.has_value()) return remembered;
  auto opened = OpenCheckpoint(*note, *pinned_);
  if (!opened.ok()) {
    return RememberedDamaged(store_->CheckpointPath(server), opened.status());
  }
  remembered.note = *note;
  remembered.checkpoint = std::move(opened->checkpoint);
  return remembered;
}

absl::Status LedgerTrust::Accuse(const absl::Status& failure,
                                 const std::string& remembered,
                                 const std::string& shown,
                                 std::vector<ledger::Hash> proof) const {
  if (!IsTrustFailure(failure)) return failure;
  const Accusation accusation = {
      ErrorReason(failure),
      {ErrorTextZh(failure), std::string(failure.message())},
      session_->options().server,
      session_->clock()->Now(),
      remembered,
      shown,
      std::move(proof)};
  return client::Accuse(accusation, store_.has_value() ? &*store_ : nullptr);
}

absl::StatusOr<OpenedCheckpoint> LedgerTrust::Open(
    const std::string& note, const std::string& remembered) const {
  if (!store_.has_value()) return OpenSignedCheckpoint(note, *keys_);
  auto opened = OpenCheckpoint(note, *keys_);
  if (opened.ok()) return opened;
  // A key that was only given may be the user's own mistake.
  LedgerKeys pinned = *pinned_;
  pinned.second_keys = keys_->second_keys;
  if (!session_->options().key.empty() && OpenCheckpoint(note, pinned).ok()) {
    return OpenSignedCheckpoint(note, *keys_);
  }
  const Pin pin = {session_->options().server, keys_->keys, ""};
  return Accuse(NotAccepted(opened.status(), pin), remembered, note, {});
}

// Witnesses follow the ledger: what they cosigned last may be older than what
// was verified without them, and then it is the beginning of that.
absl::Status LedgerTrust::RequireExtension(const Remembered& remembered,
                                           const ShownCheckpoint& shown) const {
  if (!remembered.checkpoint.has_value()) return absl::OkStatus();
  const ledger::Checkpoint& earlier = *remembered.checkpoint;
  const ledger::Checkpoint& later = shown.opened.checkpoint;
  Connection* const connection = &session_->connection();
  std::vector<ledger::Hash> proof;
  const bool may_be_older = shown.which == Shown::kLatestWitnessed;
  const absl::Status related =
      may_be_older && later.size < earlier.size
          ? RequirePrefix(later, earlier, connection, &proof)
          : RequireGrowth(earlier, later, connection, &proof);
  return Accuse(related, remembered.note, shown.note, std::move(proof));
}

LedgerTrust::Shown LedgerTrust::Asked() const {
  return verifies() && keys_->policy.has_value() ? Shown::kLatestWitnessed
                                                 : Shown::kLatest;
}

absl::Status LedgerTrust::RequireExtensionOf(const ledger::Checkpoint& earlier,
                                             const std::string& note) const {
  return RequireExtension({note, earlier}, {*latest_, note_, Asked()});
}

// One ledger has one history, whoever serves it. A server that lags behind
// another can't prove it; its own memory still holds it to what it showed.
absl::Status LedgerTrust::RequireOneLedger(const OpenedCheckpoint& opened,
                                           const std::string& note) const {
  for (const Pin& sibling : siblings_) {
    ASSIGN_OR_RETURN(const std::optional<std::string> shown,
                     store_->ReadCheckpoint(sibling.server));
    if (!shown.has_value()) continue;
    const auto other = OpenCheckpoint(*shown, {sibling.keys, std::nullopt});
    // A damaged file is named by a read from that server.
    if (!other.ok() || other->checkpoint.size > opened.checkpoint.size) {
      continue;
    }
    std::vector<ledger::Hash> proof;
    const absl::Status growth = RequireGrowth(
        other->checkpoint, opened.checkpoint, &session_->connection(), &proof);
    RETURN_IF_ERROR(Accuse(growth, *shown, note, std::move(proof)));
  }
  return absl::OkStatus();
}

absl::Status LedgerTrust::Check() {
  Session* session = session_;
  const bool witnessed = Asked() == Shown::kLatestWitnessed;
  return CheckNote(
      Asked(), [session, witnessed]() -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const v1::Checkpoint checkpoint,
                         FetchCheckpoint(&session->connection(), witnessed));
        return checkpoint.note();
      });
}

// The server is asked after what is remembered was read: a smaller ledger is
// then a rollback, and not one that another process has seen grow meanwhile.
// What is written was compared with what it replaces, and never the older one.
absl::Status LedgerTrust::CheckNote(Shown which, const NoteSource& fetch) {
  if (!verifies()) return absl::OkStatus();
  const std::string& server = session_->options().server;
  for (int attempt = 0;; ++attempt) {
    std::optional<ledger::FileLock> lock;
    if (store_.has_value() && attempt == kAttemptsWithoutLock) {
      ASSIGN_OR_RETURN(lock, store_->Lock());
    }
    ASSIGN_OR_RETURN(const Remembered remembered, Recall());
    ASSIGN_OR_RETURN(std::string note, fetch());
    ASSIGN_OR_RETURN(OpenedCheckpoint opened, Open(note, remembered.note));
    RETURN_IF_ERROR(RequireExtension(remembered, {opened, note, which}));
    RETURN_IF_ERROR(RequireOneLedger(opened, note));
    if (store_.has_value() && IsNews(opened.checkpoint, remembered)) {
      if (!lock.has_value()) {
        ASSIGN_OR_RETURN(lock, store_->Lock());
        ASSIGN_OR_RETURN(const Remembered now, Recall());
        if (now.note != remembered.note) continue;
      }
      RETURN_IF_ERROR(store_->WriteCheckpoint(server, note));
    }
    // Nor does what was checked last become older.
    if (latest_.has_value() &&
        opened.checkpoint.size < latest_->checkpoint.size) {
      return absl::OkStatus();
    }
    note_ = std::move(note);
    latest_ = std::move(opened);
    return absl::OkStatus();
  }
}

bool LedgerTrust::IsNews(const ledger::Checkpoint& checkpoint,
                         const Remembered& remembered) {
  return !remembered.checkpoint.has_value() ||
         checkpoint.size > remembered.checkpoint->size;
}

absl::Status LedgerTrust::CheckAfterWriting() {
  const absl::Status status = Check();
  return ExitCodeFor(status) == ExitCode::kUnavailable ? absl::OkStatus()
                                                       : status;
}

absl::StatusOr<ledger::Checkpoint> LedgerTrust::Covering(uint64_t index) {
  if (index >= latest_->checkpoint.size) RETURN_IF_ERROR(Check());
  const uint64_t size = latest_->checkpoint.size;
  if (index >= size && keys_->policy.has_value()) {
    return MakeError(
        absl::StatusCode::kUnavailable, kNotWitnessedYetReason,
        {absl::StrCat("entry ", index,
                      " is not witnessed yet: the witnessed checkpoint has ",
                      Counted(size, "entry", "entries"), "; try again later"),
         absl::StrCat("条目 ", index, " 尚未得到见证：见证过的检查点只有 ",
                      size, " 个条目；请稍后再试")});
  }
  return latest_->checkpoint;
}

absl::Status LedgerTrust::RequireCovered(uint64_t size) {
  return size == 0 ? absl::OkStatus() : Covering(size - 1).status();
}

void LedgerTrust::TellVerified(const Text& what) const {
  if (!verifies()) return;
  const std::string ledger = PrintableLine(KeyName(latest_->key));
  const uint64_t size = latest_->checkpoint.size;
  session_->Tell(
      {absl::StrCat("已核验：", what.zh, "（账本共 ", size, " 个条目，密钥 ",
                    ledger, "）"),
       absl::StrCat("verified: ", what.en, " (the ledger has ",
                    Counted(size, "entry", "entries"), ", key ", ledger, ")")});
}

}  // namespace annals::client
