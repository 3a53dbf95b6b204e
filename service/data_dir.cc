#include "service/data_dir.h"

#include <sys/stat.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/key_file.h"
#include "ledger/provider_signer.h"
#include "ledger/published_mark.h"
#include "ledger/status_macros.h"
#include "service/data_dir_errors.h"

namespace annals {
namespace {

constexpr size_t kVerifierKeyBytesMax = 4096;

bool Exists(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0;
}

absl::StatusOr<std::string> ReadVerifierKey(const std::string& path) {
  auto bytes = ledger::ReadFileBytes(path, kVerifierKeyBytesMax);
  RETURN_IF_ERROR(Unusable(bytes.status()));
  return bytes;
}

absl::StatusOr<ledger::NoteVerifier> ParseVerifierKey(const std::string& path,
                                                      const std::string& text) {
  auto verifier = ledger::NoteVerifier::Parse(absl::StripAsciiWhitespace(text));
  if (!verifier.ok()) return VerifierKeyDamaged(path, verifier.status());
  return verifier;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataDir>> DataDir::Open(
    const std::string& path, const std::string& origin,
    const KeySources& keys) {
  std::unique_ptr<DataDir> dir(new DataDir(path, keys));
  RETURN_IF_ERROR(dir->Create());
  RETURN_IF_ERROR(dir->Lock());
  RETURN_IF_ERROR(dir->RequireNoCopy());
  RETURN_IF_ERROR(dir->RequireKey());
  RETURN_IF_ERROR(dir->RequireFiles());
  ASSIGN_OR_RETURN(const std::string known, dir->KnownOrigin());
  if (known.empty() && origin.empty()) return OriginRequired();
  if (!known.empty() && !origin.empty() && known != origin) {
    return OriginMismatch(origin, known);
  }
  const std::string& name = known.empty() ? origin : known;
  RETURN_IF_ERROR(
      ledger::NoteVerifier::Create(name, ledger::Ed25519PublicKey{}).status());
  RETURN_IF_ERROR(dir->BeginFirstStart());
  if (keys.signing_key.empty()) RETURN_IF_ERROR(dir->MakeKey());
  RETURN_IF_ERROR(dir->OpenKeys(name));
  return dir;
}

absl::StatusOr<std::unique_ptr<DataDir>> DataDir::OpenToRestore(
    const std::string& path, const std::string& origin,
    const KeySources& keys) {
  std::unique_ptr<DataDir> dir(new DataDir(path, keys));
  // Before anything is created, and again when nobody else can be at it.
  RETURN_IF_ERROR(dir->RequireRestorable());
  RETURN_IF_ERROR(dir->Create());
  RETURN_IF_ERROR(dir->Lock());
  RETURN_IF_ERROR(dir->RequireRestorable());
  RETURN_IF_ERROR(Unusable(ledger::MakeDirectory(dir->restoring_path(),
                                                 ledger::kOwnerDirectoryMode)));
  RETURN_IF_ERROR(dir->OpenKeys(origin));
  return dir;
}

absl::Status DataDir::OpenKeys(const std::string& origin) {
  ASSIGN_OR_RETURN(
      signer_,
      OpenKey(keys_.signing_key.empty() ? key_path() : keys_.signing_key,
              origin));
  RETURN_IF_ERROR(OpenOtherKeys(origin));
  RETURN_IF_ERROR(OpenSecondKey(origin));
  return OpenVerifier(origin);
}

absl::Status DataDir::RequireRestorable() const {
  if (keys_.signing_key.empty() && !Exists(key_path())) {
    return Precondition(
        "SIGNING_KEY_MISSING",
        {absl::StrCat("The ledger's signing key is in no backup. Put it at ",
                      key_path(), ", or name it with --signing_key."),
         absl::StrCat("备份中不含账本的签名密钥。请将其放到 ", key_path(),
                      "，或用 --signing_key 指明。")});
  }
  if (Exists(moving_path())) return absl::OkStatus();
  RETURN_IF_ERROR(RequireNoCopy());
  for (const std::string& there : {database_path(), mark_path()}) {
    if (!Exists(there)) continue;
    return Precondition(
        "DATA_DIR_NOT_EMPTY",
        {absl::StrCat(there,
                      " is there. Restore into a directory that holds no "
                      "ledger, and keep the old one until all is well."),
         absl::StrCat(there,
                      " 已存在。请恢复到没有账本的目录，"
                      "在确认无误之前保留原来的账本。")});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DataDir>> DataDir::OpenToCheck(
    const std::string& path) {
  std::unique_ptr<DataDir> dir(new DataDir(path, {}));
  const auto text =
      ledger::ReadFileIfAny(dir->verifier_path(), kVerifierKeyBytesMax);
  RETURN_IF_ERROR(Unusable(text.status()));
  if (!text->has_value()) return NoLedger(path);
  RETURN_IF_ERROR(dir->Lock());
  RETURN_IF_ERROR(dir->RequireFiles());
  ASSIGN_OR_RETURN(ledger::NoteVerifier verifier,
                   ParseVerifierKey(dir->verifier_path(), **text));
  dir->verifier_ = std::make_unique<ledger::NoteVerifier>(std::move(verifier));
  return dir;
}

absl::StatusOr<std::unique_ptr<DataDir>> DataDir::OpenToFollow(
    const std::string& path, const ledger::NoteVerifier& key) {
  std::unique_ptr<DataDir> dir(new DataDir(path, {}));
  RETURN_IF_ERROR(dir->Create());
  RETURN_IF_ERROR(dir->Lock());
  RETURN_IF_ERROR(dir->RequireCopyOf(key.name()));
  RETURN_IF_ERROR(dir->RequireFiles());
  dir->was_complete_ = Exists(dir->verifier_path());
  dir->verifier_ = std::make_unique<ledger::NoteVerifier>(key);
  return dir;
}

absl::Status DataDir::RequireNoCopy() const {
  if (!Exists(following_path())) return absl::OkStatus();
  return Precondition(
      "IS_A_FOLLOWER",
      {absl::StrCat(path_,
                    " holds a copy of another daemon's ledger. Start it with "
                    "--follow and --follow_key as before. Only if that daemon "
                    "is lost for good and will never run again may this copy "
                    "take its place: with its signing key, once ",
                    following_path(), " is removed."),
       absl::StrCat(path_,
                    " 中是另一服务所记账本的副本。请照旧用 --follow 和 "
                    "--follow_key 启动。只有在那个服务已永久丢失、"
                    "不会再运行时，才可由此副本接替：放入其签名密钥，并删除 ",
                    following_path(), "。")});
}

absl::Status DataDir::RequireCopyOf(const std::string& origin) const {
  ASSIGN_OR_RETURN(
      const std::optional<std::string> known,
      ledger::ReadFileIfAny(following_path(), kVerifierKeyBytesMax));
  if (known.has_value()) {
    const std::string name(absl::StripAsciiWhitespace(*known));
    return name == origin ? absl::OkStatus() : FollowsOther(name, origin);
  }
  for (const std::string& there :
       {key_path(), database_path(), mark_path(), verifier_path()}) {
    if (!Exists(there)) continue;
    return Precondition(
        "NOT_A_FOLLOWER",
        {absl::StrCat(there,
                      " is there: the directory is a ledger's own. Give "
                      "--follow another --data_dir, empty at first."),
         absl::StrCat(there,
                      " 已存在：该目录属于一个账本本身。请为 --follow "
                      "另选一个 --data_dir，开始时为空。")});
  }
  return Unusable(ledger::ReplaceFile(
      following_path(), {absl::StrCat(origin, "\n")}, ledger::kPublicFileMode));
}

absl::Status DataDir::Create() {
  return Unusable(ledger::MakeDirectory(path_, ledger::kOwnerDirectoryMode));
}

absl::Status DataDir::Lock() {
  auto lock = ledger::FileLock::TryAcquire(path_ + "/lock");
  if (ErrorReason(lock.status()) != ledger::kFileLockedReason) {
    RETURN_IF_ERROR(Unusable(lock.status()));
    lock_ = *std::move(lock);
    return absl::OkStatus();
  }
  return Precondition(
      "DATA_DIR_IN_USE",
      {absl::StrCat("Another annalsd runs on ", path_,
                    "; stop it first, or choose another --data_dir."),
       absl::StrCat("已有另一个 annalsd 在使用 ", path_,
                    "；请先停止它，或另选 --data_dir。")});
}

absl::Status DataDir::RequireKey() const {
  if (!keys_.signing_key.empty() || Exists(key_path())) return absl::OkStatus();
  if (!Exists(database_path()) && !Exists(mark_path()) &&
      !Exists(verifier_path())) {
    return absl::OkStatus();
  }
  return Precondition(
      "SIGNING_KEY_MISSING",
      {absl::StrCat(path_, " holds a ledger, but not its signing key ",
                    key_path(),
                    ". Put the key back from a backup; another "
                    "key can't continue this ledger."),
       absl::StrCat(path_, " 中有账本，但缺少其签名密钥 ", key_path(),
                    "。请从备份恢复该密钥；换用其他密钥无法延续此账本。")});
}

absl::Status DataDir::RequireFiles() const {
  if (Exists(restoring_path())) {
    return Precondition(
        "RESTORE_INCOMPLETE",
        {absl::StrCat("A restore into ", path_,
                      " was refused or cut short, so it holds no ledger that "
                      "may be served. Run annalsd --restore again, as before; "
                      "it begins anew."),
         absl::StrCat("向 ", path_,
                      " 的恢复被拒绝或中途停止，其中没有可供服务的账本。"
                      "请用同样的选项再次运行 annalsd --restore，"
                      "它会重新开始。")});
  }
  const bool has_database = Exists(database_path());
  const bool has_mark = Exists(mark_path());
  const bool was_complete = Exists(verifier_path());
  if (was_complete && !(has_database && has_mark)) {
    const std::string missing = has_database ? mark_path() : database_path();
    return MakeError(
        absl::StatusCode::kDataLoss, "LEDGER_FILES_MISSING",
        {absl::StrCat(missing,
                      " is gone. Put it back, or restore the whole "
                      "directory from a backup; a new ledger in its place "
                      "would contradict the checkpoints already signed."),
         absl::StrCat(missing,
                      " 已丢失。请将其放回，或从备份恢复整个目录；"
                      "在原处新建账本会与已签名的检查点相矛盾。")});
  }
  if (!was_complete && !has_database && !has_mark && Exists(key_path()) &&
      !Exists(first_start_path())) {
    return LedgerMissing(path_, key_path());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DataDir::OriginOfMark() const {
  ledger::PublishedMarkFile mark(mark_path());
  ASSIGN_OR_RETURN(const std::optional<std::string> note, mark.Read());
  if (!note.has_value()) return std::string();
  ASSIGN_OR_RETURN(const ledger::ParsedNote parsed, ledger::ParseNote(*note));
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::ParseCheckpointText(parsed.text));
  return checkpoint.origin;
}

absl::StatusOr<std::string> DataDir::KnownOrigin() const {
  if (!Exists(verifier_path())) return OriginOfMark();
  ASSIGN_OR_RETURN(const std::string text, ReadVerifierKey(verifier_path()));
  ASSIGN_OR_RETURN(const ledger::NoteVerifier verifier,
                   ParseVerifierKey(verifier_path(), text));
  return verifier.name();
}

// Before the key, which is not to stand alone without it.
absl::Status DataDir::BeginFirstStart() {
  if (Exists(verifier_path()) || Exists(database_path()) ||
      Exists(mark_path())) {
    return absl::OkStatus();
  }
  return Unusable(
      ledger::CreateFileIfNone(first_start_path(), "", ledger::kOwnerFileMode));
}

absl::Status DataDir::MakeKey() {
  if (Exists(key_path())) return absl::OkStatus();
  const std::string temporary = key_path() + ".new";
  // Left by a first start that was cut short: it has signed nothing.
  RETURN_IF_ERROR(Unusable(ledger::RemoveFile(temporary)));
  ASSIGN_OR_RETURN(const auto generated, ledger::Ed25519Signer::Generate());
  RETURN_IF_ERROR(generated->Save(temporary));
  return Unusable(ledger::RenameFile(temporary, key_path()));
}

absl::StatusOr<std::unique_ptr<ledger::Signer>> DataDir::OpenKey(
    const std::string& source, const std::string& origin) const {
  if (source != key_path() && ledger::IsKeyUri(source)) {
    return ledger::LoadKeyByUri(source, keys_.openssl_provider);
  }
  ASSIGN_OR_RETURN(ledger::NamedKey key, ledger::LoadNamedKey(source));
  if (!key.name.empty() &&
      (key.name != origin || key.type != ledger::kNoteTypeEd25519)) {
    return KeyNameMismatch(source, key.name, origin);
  }
  return std::unique_ptr<ledger::Signer>(std::move(key.signer));
}

absl::Status DataDir::OpenSecondKey(const std::string& origin) {
  if (keys_.sm2_key.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(second_signer_, ledger::NoteSigner::Load(
                                       {keys_.sm2_key, keys_.openssl_provider,
                                        origin, ledger::KeyUse::kLog}));
  if (second_signer_->key().key().algorithm == ledger::KeyAlgorithm::kSm2) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SM2_KEY_REQUIRED",
      {absl::StrCat("The key of --sm2_key is not of SM2. Make one: annals key "
                    "generate --algorithm sm2 --name ",
                    origin, " -o FILE."),
       absl::StrCat("--sm2_key 所给的不是 SM2 密钥。请生成一把：annals key "
                    "generate --algorithm sm2 --name ",
                    origin, " -o FILE。")});
}

absl::Status DataDir::OpenOtherKeys(const std::string& origin) {
  if (!keys_.next_key.empty()) {
    ASSIGN_OR_RETURN(next_signer_, OpenKey(keys_.next_key, origin));
    ASSIGN_OR_RETURN(
        ledger::NoteVerifier next,
        ledger::NoteVerifier::Create(origin, next_signer_->public_key()));
    next_verifier_ = std::make_unique<ledger::NoteVerifier>(std::move(next));
  }
  if (!keys_.previous_vkey.empty()) {
    ASSIGN_OR_RETURN(ledger::NoteVerifier previous,
                     ledger::NoteVerifier::Parse(keys_.previous_vkey));
    previous_verifier_ =
        std::make_unique<ledger::NoteVerifier>(std::move(previous));
  }
  for (const ledger::NoteVerifier* other :
       {next_verifier_.get(), previous_verifier_.get()}) {
    if (other == nullptr) continue;
    if (other->name() != origin || other->key() == signer_->public_key()) {
      return KeyChangeInvalid(*other);
    }
  }
  return absl::OkStatus();
}

std::vector<ledger::NoteVerifier> DataDir::AllVerifiers() const {
  std::vector<ledger::NoteVerifier> all = {*verifier_};
  if (next_verifier_ != nullptr) all.push_back(*next_verifier_);
  if (previous_verifier_ != nullptr) all.push_back(*previous_verifier_);
  return all;
}

absl::Status DataDir::OpenVerifier(const std::string& origin) {
  ASSIGN_OR_RETURN(ledger::NoteVerifier verifier,
                   ledger::NoteVerifier::Create(origin, signer_->public_key()));
  verifier_ = std::make_unique<ledger::NoteVerifier>(std::move(verifier));
  if (!Exists(verifier_path())) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string text, ReadVerifierKey(verifier_path()));
  const std::string known(absl::StripAsciiWhitespace(text));
  if (known == verifier_->ToString()) return absl::OkStatus();
  if (previous_verifier_ != nullptr &&
      known == previous_verifier_->ToString()) {
    is_key_changing_ = true;
    return absl::OkStatus();
  }
  return Precondition(
      "VERIFIER_KEY_MISMATCH",
      {absl::StrCat(verifier_path(), " (", known,
                    ") is not the public key of the signing key (",
                    verifier_->ToString(),
                    "). If the key was changed before, give the new one with "
                    "--signing_key at each start, or put it in place of "
                    "signing_key.pem. If it is to be changed now, name the old "
                    "one with --previous_vkey. Otherwise restore the right "
                    "file from a backup."),
       absl::StrCat(
           verifier_path(), "（", known, "）不是签名密钥的公钥（",
           verifier_->ToString(),
           "）。若密钥此前已更换，请每次启动都用 --signing_key "
           "给出新密钥，或用它替换 signing_key.pem；若现在更换，请用 "
           "--previous_vkey 说明旧公钥；否则请从备份恢复正确的文件。")});
}

absl::Status DataDir::Complete() { return CompleteUnder(*verifier_); }

absl::Status DataDir::CompleteRestore(const ledger::NoteVerifier& verifier) {
  RETURN_IF_ERROR(CompleteUnder(verifier));
  return Unusable(ledger::RenameFile(restoring_path(), restored_path()));
}

absl::Status DataDir::CompleteUnder(const ledger::NoteVerifier& verifier) {
  const std::string line = absl::StrCat(verifier.ToString(), "\n");
  if (Exists(verifier_path())) {
    ASSIGN_OR_RETURN(const std::string text, ReadVerifierKey(verifier_path()));
    if (text == line) return Unusable(ledger::RemoveFile(first_start_path()));
  }
  RETURN_IF_ERROR(Unusable(
      ledger::ReplaceFile(verifier_path(), {line}, ledger::kPublicFileMode)));
  return Unusable(ledger::RemoveFile(first_start_path()));
}

}  // namespace annals
