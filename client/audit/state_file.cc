#include "client/audit/state_file.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::string_view kMagic = "ANNALSA1";
constexpr size_t kLengthBytes = 4;
constexpr size_t kFileBytesMax = size_t{64} << 30;

absl::Status Damaged(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_DAMAGED",
      {absl::StrCat(path,
                    " is no whole state of an audit; remove it and "
                    "audit from the beginning"),
       absl::StrCat(path, " 不是完整的审计状态；请将其删除后从头审计")});
}

absl::Status Foreign(const std::string& path, const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_FOREIGN",
      {absl::StrCat("the audit state ", path, " is of another ledger or key (",
                    cause.message(), "); name another file with --state"),
       absl::StrCat("审计状态 ", path, " 属于另一账本或另一公钥（",
                    ErrorTextZh(cause), "）；请用 --state 另指定文件")});
}

std::string LengthBytes(size_t length) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(length >> shift));
  }
  return bytes;
}

// Takes the checksum and the header off; false if they are not right.
bool TakeEnvelope(absl::string_view* bytes, std::string* note) {
  absl::string_view rest = *bytes;
  if (rest.size() < ledger::kHashBytes) return false;
  const absl::string_view checksum =
      rest.substr(rest.size() - ledger::kHashBytes);
  rest.remove_suffix(ledger::kHashBytes);
  if (ledger::AsStringView(ledger::Sha256(rest)) != checksum) return false;
  if (!absl::ConsumePrefix(&rest, kMagic) || rest.size() < kLengthBytes) {
    return false;
  }
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length = length << 8 | static_cast<uint8_t>(rest[i]);
  }
  rest.remove_prefix(kLengthBytes);
  if (length > rest.size()) return false;
  *note = std::string(rest.substr(0, length));
  *bytes = rest.substr(length);
  return true;
}

}  // namespace

absl::StatusOr<std::optional<SavedAudit>> LoadAudit(
    const std::string& path, const ledger::NoteVerifier& key) {
  const auto bytes = ledger::ReadFileBytes(path, kFileBytesMax);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  RETURN_IF_ERROR(bytes.status());
  absl::string_view rest = *bytes;
  std::string note;
  if (!TakeEnvelope(&rest, &note)) return Damaged(path);
  auto checkpoint = OpenSignedCheckpoint(note, key);
  if (!checkpoint.ok()) return Foreign(path, checkpoint.status());
  ASSIGN_OR_RETURN(AuditState state, AuditState::Parse(rest));
  if (state.size() > checkpoint->checkpoint.size) return Damaged(path);
  return SavedAudit{*std::move(checkpoint), std::move(state)};
}

absl::Status SaveAudit(const std::string& path,
                       const CheckedCheckpoint& checkpoint,
                       const AuditState& state) {
  std::string bytes = absl::StrCat(kMagic, LengthBytes(checkpoint.note.size()),
                                   checkpoint.note);
  bytes += state.Serialize();
  const ledger::Hash checksum = ledger::Sha256(bytes);
  return ledger::ReplaceFile(path, {bytes, ledger::AsStringView(checksum)},
                             /*durable=*/true);
}

}  // namespace annals::client
