#include "client/trust/trust_store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/percent_encoding.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr size_t kPinsBytesMax = 1 << 20;

absl::Status DirectoryUnknown() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CONFIG_DIRECTORY_UNKNOWN",
      {"there is no place for the configuration: neither HOME, "
       "XDG_CONFIG_HOME nor ANNALS_CONFIG_DIR is set; set one of them or give "
       "--config-dir",
       "没有存放配置的位置：HOME、XDG_CONFIG_HOME、ANNALS_CONFIG_DIR "
       "均未设置；请设置其一，或给出 --config-dir"});
}

absl::Status PolicyMissing(const std::string& path, const Pin& pin) {
  return MakeError(
      absl::StatusCode::kNotFound, "POLICY_FILE_MISSING",
      {absl::StrCat("the witness policy of ", pin.server, " is gone: ", path,
                    "; put it back, or give it again with annals trust add "
                    "--policy"),
       absl::StrCat(pin.server, " 的见证策略文件不见了：", path,
                    "；请恢复，或用 annals trust add --policy 重新给出")});
}

constexpr char kEvidencePrefix[] = "evidence-";

size_t CountEvidence(const std::string& directory) {
  std::error_code error;
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(directory, error)) {
    if (absl::StartsWith(entry.path().filename().string(), kEvidencePrefix)) {
      ++count;
    }
  }
  return count;
}

absl::Status EvidenceDirectoryFull(const std::string& directory) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "EVIDENCE_DIRECTORY_FULL",
      {absl::StrCat(directory, " holds ", kEvidenceFilesMax,
                    " pieces of evidence already; move them elsewhere"),
       absl::StrCat(directory, " 中已有 ", kEvidenceFilesMax,
                    " 份证据；请移到别处保存")});
}

absl::Status TrustFileEmpty(const std::string& path) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TRUST_FILE_MALFORMED",
      {absl::StrCat(path,
                    " is empty, so that the pinned keys are lost; "
                    "restore it, or delete it and pin anew with annals "
                    "trust add"),
       absl::StrCat(path,
                    " 是空的，所固定的公钥已丢失；请恢复该文件，或删除后用 "
                    "annals trust add 重新固定公钥")});
}

}  // namespace

std::string DefaultConfigDirectory(const Environment& environment) {
  if (std::string own = environment("ANNALS_CONFIG_DIR"); !own.empty()) {
    return own;
  }
  if (const std::string xdg = environment("XDG_CONFIG_HOME"); !xdg.empty()) {
    return absl::StrCat(xdg, "/annals");
  }
  const std::string home = environment("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.config/annals");
}

absl::StatusOr<TrustStore> TrustStore::Open(std::string directory) {
  if (directory.empty()) return DirectoryUnknown();
  std::error_code error;
  if (std::filesystem::exists(directory, error)) {
    RETURN_IF_ERROR(ledger::RequirePrivateDirectory(directory));
  }
  return TrustStore(std::move(directory));
}

std::string TrustStore::Path(absl::string_view name) const {
  return absl::StrCat(directory_, "/", name);
}

std::string TrustStore::PolicyName(const std::string& server) const {
  return absl::StrCat("policy-", PercentEncode(server), ".txt");
}

std::string TrustStore::CheckpointPath(const std::string& server) const {
  return Path(absl::StrCat("checkpoint-", PercentEncode(server), ".txt"));
}

absl::StatusOr<ledger::FileLock> TrustStore::Lock() const {
  RETURN_IF_ERROR(
      ledger::MakeDirectories(directory_, ledger::kOwnerDirectoryMode));
  return ledger::FileLock::Acquire(Path("lock"));
}

absl::StatusOr<std::vector<Pin>> TrustStore::ReadPins() const {
  const std::string path = Path("trust");
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ledger::ReadFileIfAny(path, kPinsBytesMax));
  if (!text.has_value()) return std::vector<Pin>();
  // It is never written so: what was pinned is lost, and nobody may take that
  // for having pinned nothing.
  if (text->empty()) return TrustFileEmpty(path);
  return ParsePins(*text, path);
}

absl::StatusOr<std::optional<Pin>> TrustStore::FindPin(
    const std::string& server) const {
  ASSIGN_OR_RETURN(std::vector<Pin> pins, ReadPins());
  for (Pin& pin : pins) {
    if (pin.server == server) return std::move(pin);
  }
  return std::nullopt;
}

absl::StatusOr<LedgerKeys> TrustStore::KeysOf(const Pin& pin) const {
  LedgerKeys keys{pin.keys, std::nullopt, pin.second_keys, pin.agency_keys};
  if (pin.policy_file.empty()) return keys;
  const std::string path = Path(pin.policy_file);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ledger::ReadFileIfAny(path, ledger::kPolicyBytesMax));
  if (!text.has_value()) return PolicyMissing(path, pin);
  ASSIGN_OR_RETURN(keys.policy, ParsePolicy(*text, path));
  return keys;
}

absl::StatusOr<std::optional<std::string>> TrustStore::ReadCheckpoint(
    const std::string& server) const {
  return ledger::ReadFileIfAny(CheckpointPath(server), ledger::kNoteBytesMax);
}

absl::Status TrustStore::WritePins(const std::vector<Pin>& pins) const {
  return ledger::ReplaceFile(Path("trust"), {FormatPins(pins)},
                             ledger::kOwnerFileMode);
}

absl::Status TrustStore::WriteCheckpoint(const std::string& server,
                                         absl::string_view note) const {
  return ledger::ReplaceFile(CheckpointPath(server), {note},
                             ledger::kOwnerFileMode);
}

absl::StatusOr<std::string> TrustStore::WritePolicy(
    const std::string& server, absl::string_view policy) const {
  const std::string name = PolicyName(server);
  RETURN_IF_ERROR(
      ledger::ReplaceFile(Path(name), {policy}, ledger::kOwnerFileMode));
  return name;
}

absl::Status TrustStore::RemoveFilesOf(const std::string& server) const {
  RETURN_IF_ERROR(ledger::RemoveFile(CheckpointPath(server)));
  return ledger::RemoveFile(Path(PolicyName(server)));
}

absl::StatusOr<std::string> TrustStore::KeepEvidence(
    absl::string_view digest, absl::string_view text) const {
  RETURN_IF_ERROR(
      ledger::MakeDirectories(directory_, ledger::kOwnerDirectoryMode));
  const std::string path = Path(absl::StrCat(kEvidencePrefix, digest, ".txt"));
  std::error_code error;
  if (!std::filesystem::exists(path, error) &&
      CountEvidence(directory_) >= kEvidenceFilesMax) {
    return EvidenceDirectoryFull(directory_);
  }
  RETURN_IF_ERROR(ledger::CreateFileIfNone(path, text, ledger::kOwnerFileMode));
  return path;
}

}  // namespace annals::client
