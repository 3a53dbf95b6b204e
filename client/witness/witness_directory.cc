#include "client/witness/witness_directory.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

std::string HexDigest(absl::string_view bytes) {
  return absl::BytesToHexString(ledger::AsStringView(ledger::Sha256(bytes)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<WitnessDirectory>> WitnessDirectory::Open(
    const std::string& path) {
  RETURN_IF_ERROR(ledger::MakeDirectory(path, ledger::kOwnerDirectoryMode));
  ASSIGN_OR_RETURN(ledger::FileLock lock,
                   ledger::FileLock::TryAcquire(path + "/lock"));
  return std::unique_ptr<WitnessDirectory>(
      new WitnessDirectory(path, std::move(lock)));
}

std::string WitnessDirectory::Prefix(absl::string_view origin) const {
  return absl::StrCat(path_, "/", HexDigest(origin));
}

std::string WitnessDirectory::PathOf(absl::string_view origin) const {
  return Prefix(origin) + ".checkpoint";
}

absl::StatusOr<std::optional<std::string>> WitnessDirectory::Read(
    absl::string_view origin) {
  return ledger::ReadFileIfAny(PathOf(origin), ledger::kNoteBytesMax);
}

absl::Status WitnessDirectory::Write(absl::string_view origin,
                                     absl::string_view note) {
  return ledger::ReplaceFile(PathOf(origin), {note}, ledger::kPublicFileMode);
}

// One proves the fork; a log that goes on forking must not fill the disk.
absl::Status WitnessDirectory::KeepFork(absl::string_view origin,
                                        absl::string_view note) {
  const std::string path = Prefix(origin) + ".fork";
  ASSIGN_OR_RETURN(const std::optional<std::string> kept,
                   ledger::ReadFileIfAny(path, ledger::kNoteBytesMax));
  if (kept.has_value()) return absl::OkStatus();
  return ledger::ReplaceFile(path, {note}, ledger::kPublicFileMode);
}

}  // namespace annals::client
