#include "client/witness/witness_directory.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

std::string HexDigest(absl::string_view bytes) {
  return absl::BytesToHexString(ledger::AsStringView(ledger::Sha256(bytes)));
}

absl::Status StateMissing(absl::string_view origin, const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WITNESS_STATE_MISSING",
      {absl::StrCat("the checkpoint of the log ", origin,
                    " that was cosigned last is gone from ", path,
                    "; restore its newest copy. To begin anew would allow a "
                    "fork"),
       absl::StrCat("日志 ", origin, " 最近见证过的检查点已不在 ", path,
                    "；请恢复最新副本。重新开始会使分叉成为可能")});
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
  ASSIGN_OR_RETURN(
      std::optional<std::string> note,
      ledger::ReadFileIfAny(PathOf(origin), ledger::kNoteBytesMax));
  if (note.has_value()) return note;
  ASSIGN_OR_RETURN(const std::optional<std::string> known,
                   ledger::ReadFileIfAny(Prefix(origin) + ".known", 1));
  if (known.has_value()) return StateMissing(origin, PathOf(origin));
  return std::nullopt;
}

absl::Status WitnessDirectory::Write(absl::string_view origin,
                                     absl::string_view note) {
  RETURN_IF_ERROR(
      ledger::ReplaceFile(PathOf(origin), {note}, ledger::kPublicFileMode));
  return ledger::CreateFileIfNone(Prefix(origin) + ".known", "",
                                  ledger::kPublicFileMode);
}

// One proves the fork; a log that goes on forking must not fill the disk.
absl::Status WitnessDirectory::KeepFork(absl::string_view origin,
                                        absl::string_view note) {
  const std::string path = Prefix(origin) + ".fork";
  ASSIGN_OR_RETURN(const std::optional<std::string> kept,
                   ledger::ReadFileIfAny(path, ledger::kNoteBytesMax));
  if (kept.has_value()) return absl::OkStatus();
  // The one that it contradicts will be replaced as the log grows.
  ASSIGN_OR_RETURN(const std::optional<std::string> cosigned, Read(origin));
  RETURN_IF_ERROR(ledger::ReplaceFile(
      path + "-cosigned", {cosigned.value_or("")}, ledger::kPublicFileMode));
  return ledger::ReplaceFile(path, {note}, ledger::kPublicFileMode);
}

}  // namespace annals::client
