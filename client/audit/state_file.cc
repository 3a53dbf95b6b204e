#include "client/audit/state_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr absl::string_view kMagic = "ANNALSA8";
// Before the version.
constexpr absl::string_view kMagicPrefix = "ANNALSA";
constexpr size_t kLengthBytes = 4;
constexpr size_t kBlockBytes = 65536;

absl::Status Damaged(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_DAMAGED",
      {absl::StrCat(path,
                    " is no whole state of an audit; remove it and "
                    "audit from the beginning"),
       absl::StrCat(path, " 不是完整的审计状态；请将其删除后从头审计")});
}

// Of this format, but not of this version of it.
absl::Status OtherVersion(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_OTHER_VERSION",
      {absl::StrCat(path,
                    " was written by another version of annals. Keep it as "
                    "evidence of what that version saw, and audit from the "
                    "beginning with another file after --state"),
       absl::StrCat(
           path,
           " 由另一版本的 annals 写成。请保留该文件作为当时所见的证据，"
           "并在 --state 后另指定文件，从头审计")});
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

// The checksum of what passes by.
class Checksum {
 public:
  void Add(absl::string_view bytes) {
    while (!bytes.empty()) {
      const size_t taken = std::min(bytes.size(), kBlockBytes - block_.size());
      block_.append(bytes.data(), taken);
      bytes.remove_prefix(taken);
      if (block_.size() == kBlockBytes) CloseBlock();
    }
  }
  ledger::Hash Finish() {
    if (!block_.empty()) CloseBlock();
    return checksum_;
  }

 private:
  void CloseBlock() {
    checksum_ =
        ledger::Sha256(absl::StrCat(ledger::AsStringView(checksum_), block_));
    block_.clear();
  }

  std::string block_;
  ledger::Hash checksum_ = {};
};

// Reads a state's file from front to back.
class StateFileReader {
 public:
  explicit StateFileReader(const std::string& path)
      : file_(path, std::ios::binary) {
    std::error_code error;
    const uint64_t size = std::filesystem::file_size(path, error);
    if (!error && size > ledger::kHashBytes) left_ = size - ledger::kHashBytes;
  }

  // Of what is before the checksum.
  uint64_t left() const { return left_; }

  bool Read(char* bytes, size_t count) {
    if (count > left_) return false;
    file_.read(bytes, static_cast<std::streamsize>(count));
    left_ -= count;
    checksum_.Add(absl::string_view(bytes, count));
    return file_.good();
  }

  std::optional<std::string> ReadString(size_t count) {
    std::string bytes(std::min<uint64_t>(count, left_), '\0');
    if (!Read(bytes.data(), count)) return std::nullopt;
    return bytes;
  }

  // After all else.
  bool HasRightChecksum() {
    ledger::Hash stored = {};
    file_.read(reinterpret_cast<char*>(stored.data()), stored.size());
    return file_.good() && stored == checksum_.Finish();
  }

 private:
  std::ifstream file_;
  uint64_t left_ = 0;
  Checksum checksum_;
};

// The note before the state; nullopt if the file does not begin as one.
std::optional<std::string> ReadNote(StateFileReader* reader) {
  const auto header = reader->ReadString(kMagic.size() + kLengthBytes);
  if (!header.has_value() || !absl::StartsWith(*header, kMagic)) {
    return std::nullopt;
  }
  size_t length = 0;
  for (size_t i = kMagic.size(); i < header->size(); ++i) {
    length = length << 8 | static_cast<uint8_t>((*header)[i]);
  }
  if (length > ledger::kNoteBytesMax) return std::nullopt;
  return reader->ReadString(length);
}

bool IsOtherVersion(const std::string& path) {
  std::string magic(kMagic.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  return file.read(magic.data(), static_cast<std::streamsize>(magic.size())) &&
         magic != kMagic && absl::StartsWith(magic, kMagicPrefix);
}

// What the file says is believed: only its checkpoint is signed.
absl::Status RequirePrivate(const std::string& path) {
  using std::filesystem::perms;
  std::error_code error;
  const std::filesystem::file_status status =
      std::filesystem::status(path, error);
  const perms others = perms::group_write | perms::others_write;
  if (std::filesystem::is_regular_file(status) &&
      (status.permissions() & others) == perms::none) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STATE_FILE_NOT_PRIVATE",
      {absl::StrCat(path,
                    " is no file, or others than you can write it, and so "
                    "change what an audit believes; chmod 600 it if you know "
                    "that nobody did, or audit from the beginning"),
       absl::StrCat(path,
                    " 不是普通文件，或他人可以写入，从而改动审计所依据的内容；"
                    "确知无人改动时可 chmod 600，否则请从头审计")});
}

}  // namespace

absl::StatusOr<std::optional<SavedAudit>> LoadAudit(const std::string& path,
                                                    const LedgerKeys& keys) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  RETURN_IF_ERROR(RequirePrivate(path));
  StateFileReader reader(path);
  const std::optional<std::string> note = ReadNote(&reader);
  if (!note.has_value()) {
    return IsOtherVersion(path) ? OtherVersion(path) : Damaged(path);
  }
  auto state = AuditState::Read(
      [&reader](char* bytes, size_t count) {
        return reader.Read(bytes, count);
      },
      reader.left());
  if (!state.ok() || !reader.HasRightChecksum()) return Damaged(path);
  auto opened = OpenCheckpoint(*note, {keys.keys, std::nullopt});
  if (!opened.ok()) return Foreign(path, opened.status());
  if (state->size() > opened->checkpoint.size) return Damaged(path);
  return SavedAudit{{std::move(opened->checkpoint), *note}, *std::move(state)};
}

absl::Status SaveAudit(const std::string& path,
                       const CheckedCheckpoint& checkpoint,
                       const AuditState& state) {
  return ledger::ReplaceFileBy(
      path,
      [&checkpoint, &state](const ledger::WriteBytes& write) {
        Checksum checksum;
        const ledger::WriteBytes write_counted =
            [&checksum, &write](absl::string_view bytes) {
              checksum.Add(bytes);
              return write(bytes);
            };
        RETURN_IF_ERROR(write_counted(absl::StrCat(
            kMagic, LengthBytes(checkpoint.note.size()), checkpoint.note)));
        RETURN_IF_ERROR(state.Write(write_counted));
        return write(ledger::AsStringView(checksum.Finish()));
      },
      ledger::kOwnerFileMode);
}

}  // namespace annals::client
