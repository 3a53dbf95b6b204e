#include "ledger/published_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/keys.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kMagic = "ANNALSM1";
constexpr char kMarkFileErrorReason[] = "MARK_FILE_ERROR";
constexpr size_t kSlotBytes = 4096;
constexpr size_t kSlotCount = 2;
// Only beside this one may a slot be empty: the next write fills it.
constexpr uint64_t kFirstSequence = 1;
constexpr size_t kSlotHeaderBytes = 8 + sizeof(uint64_t) + sizeof(uint32_t);
static_assert(kMarkNoteBytesMax == kSlotBytes - kSlotHeaderBytes - kHashBytes);

struct Slot {
  uint64_t sequence = 0;
  std::string note;
};

std::string SlotBytes(const Slot& slot) {
  std::string bytes(kMagic);
  AppendU64(slot.sequence, &bytes);
  AppendU32(static_cast<uint32_t>(slot.note.size()), &bytes);
  bytes += slot.note;
  bytes.resize(kSlotBytes - kHashBytes, '\0');
  return bytes + HashBytes(Sha256(bytes));
}

std::optional<Slot> ParseSlot(absl::string_view bytes) {
  if (bytes.size() != kSlotBytes) return std::nullopt;
  const absl::string_view body = bytes.substr(0, kSlotBytes - kHashBytes);
  if (bytes.substr(body.size()) != HashBytes(Sha256(body))) return std::nullopt;
  if (body.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  absl::string_view rest = body.substr(kMagic.size());
  Slot slot;
  uint32_t note_bytes = 0;
  if (!ConsumeU64(&rest, &slot.sequence) || !ConsumeU32(&rest, &note_bytes) ||
      note_bytes > rest.size()) {
    return std::nullopt;
  }
  slot.note = std::string(rest.substr(0, note_bytes));
  return slot;
}

// True if the slot that does not hold `sequence` is whole and all zeros.
bool OtherSlotIsEmpty(absl::string_view bytes, uint64_t sequence) {
  if (bytes.size() < kSlotCount * kSlotBytes) return false;
  const absl::string_view slot =
      bytes.substr((sequence + 1) % kSlotCount * kSlotBytes, kSlotBytes);
  return slot.find_first_not_of('\0') == absl::string_view::npos;
}

absl::Status FileError(absl::string_view action, const std::string& path) {
  const ErrorText cause = SystemErrorText(errno);
  return MakeError(
      absl::StatusCode::kUnavailable, kMarkFileErrorReason,
      {absl::StrCat("cannot ", action, " the published mark ", path, ": ",
                    cause.en, "; check the disk and the file's permissions"),
       absl::StrCat("无法读写发布标记文件 ", path, "：", cause.zh,
                    "；请检查磁盘和文件权限")});
}

absl::Status MarkDamaged(const std::string& path) {
  return MakeError(
      absl::StatusCode::kDataLoss, "MARK_DAMAGED",
      {absl::StrCat("the published mark ", path,
                    " is damaged: neither of its two slots is valid; restore "
                    "the file, together with the store, from a backup"),
       absl::StrCat("发布标记文件 ", path,
                    " 已损坏：两个槽位均无效；请将该文件连同存储一起"
                    "从备份恢复")});
}

absl::Status OtherSlotDamaged(const std::string& path) {
  return MakeError(
      absl::StatusCode::kDataLoss, "MARK_DAMAGED",
      {absl::StrCat("the published mark ", path,
                    " is damaged: one of its two slots is invalid, and the "
                    "store is not ahead of the other one, as it would be after "
                    "a crash; the slot may have held a newer checkpoint, whose "
                    "entries the store has lost; restore the file, together "
                    "with the store, from the newest backup or, only if you "
                    "are sure that nothing is lost, start annalsd with "
                    "--accept_damaged_mark_slot"),
       absl::StrCat("发布标记文件 ", path,
                    " 已损坏：两个槽位之一无效，而存储并不像崩溃后那样"
                    "领先于另一槽位；该槽位可能记有更新的检查点，"
                    "其条目在存储中已丢失；请将该文件连同存储一起从最新的备份"
                    "恢复；仅在确信没有丢失时，才以 "
                    "--accept_damaged_mark_slot 启动 annalsd")});
}

absl::Status WriteAll(int fd, absl::string_view bytes, off_t offset,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += written;
  }
  return absl::OkStatus();
}

// The file's first bytes, at most both slots.
absl::StatusOr<std::string> ReadUpToBothSlots(int fd, const std::string& path) {
  std::string bytes(kSlotCount * kSlotBytes, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got =
        pread(fd, &bytes[size], bytes.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

absl::Status RequireNoteFits(absl::string_view note) {
  if (note.size() <= kMarkNoteBytesMax) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "MARK_NOTE_TOO_LARGE",
      {absl::StrCat("a published note has at most ", kMarkNoteBytesMax,
                    " bytes, not ", note.size(), "; shorten the origin"),
       absl::StrCat("发布的签名文本最多 ", kMarkNoteBytesMax, " 字节，而非 ",
                    note.size(), " 字节；请缩短账本名称")});
}

}  // namespace

PublishedMarkFile::PublishedMarkFile(std::string path)
    : path_(std::move(path)) {}

PublishedMarkFile::~PublishedMarkFile() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::optional<std::string>> PublishedMarkFile::Read() {
  if (fd_ < 0) {
    fd_ = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (fd_ < 0 && errno == ENOENT) return std::nullopt;
    if (fd_ < 0) return FileError("open", path_);
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadUpToBothSlots(fd_, path_));
  std::optional<Slot> latest;
  size_t valid_slots = 0;
  for (size_t i = 0; i < kSlotCount; ++i) {
    const absl::string_view view = bytes;
    if (view.size() < (i + 1) * kSlotBytes) break;
    std::optional<Slot> slot =
        ParseSlot(view.substr(i * kSlotBytes, kSlotBytes));
    if (!slot.has_value()) continue;
    ++valid_slots;
    if (!latest.has_value() || slot->sequence > latest->sequence) {
      latest = std::move(slot);
    }
  }
  if (!latest.has_value()) return MarkDamaged(path_);
  sequence_ = latest->sequence;
  other_slot_damaged_ =
      valid_slots < kSlotCount &&
      !(sequence_ == kFirstSequence && OtherSlotIsEmpty(bytes, sequence_));
  return std::move(latest->note);
}

absl::Status PublishedMarkFile::OtherSlot() const {
  return other_slot_damaged_ ? OtherSlotDamaged(path_) : absl::OkStatus();
}

absl::Status PublishedMarkFile::Write(absl::string_view note) {
  RETURN_IF_ERROR(RequireNoteFits(note));
  if (fd_ < 0) RETURN_IF_ERROR(Read().status());
  const std::string bytes = SlotBytes({sequence_ + 1, std::string(note)});
  if (fd_ < 0) {
    // The other slot is made invalid: zeros have the wrong hash.
    const std::string empty(kSlotBytes, '\0');
    const bool first = (sequence_ + 1) % kSlotCount == 0;
    RETURN_IF_ERROR(CreateFile(first ? bytes : empty, first ? empty : bytes));
  } else {
    RETURN_IF_ERROR(WriteSlot(bytes));
  }
  // Only now: after a failed write the same slot is due again, and the other
  // one keeps what was published before.
  ++sequence_;
  other_slot_damaged_ = false;
  return absl::OkStatus();
}

absl::Status PublishedMarkFile::Replace(absl::string_view note) {
  RETURN_IF_ERROR(RequireNoteFits(note));
  if (fd_ < 0) RETURN_IF_ERROR(Read().status());
  // The first slot holds even sequences.
  const uint64_t even = sequence_ + sequence_ % kSlotCount + kSlotCount;
  RETURN_IF_ERROR(CreateFile(SlotBytes({even, std::string(note)}),
                             SlotBytes({even + 1, std::string(note)})));
  sequence_ = even + 1;
  other_slot_damaged_ = false;
  return absl::OkStatus();
}

absl::Status PublishedMarkFile::WriteSlot(absl::string_view slot) {
  const off_t offset =
      static_cast<off_t>((sequence_ + 1) % kSlotCount * kSlotBytes);
  RETURN_IF_ERROR(WriteAll(fd_, slot, offset, path_));
  return fdatasync(fd_) == 0 ? absl::OkStatus() : FileError("sync", path_);
}

// The file appears whole or not at all: a crash while it is made must not leave
// one without a valid slot.
absl::Status PublishedMarkFile::CreateFile(absl::string_view first,
                                           absl::string_view second) {
  const absl::Status made =
      ReplaceFile(path_, {first, second}, kPublicFileMode);
  if (!made.ok()) {
    return MakeError(absl::StatusCode::kUnavailable, kMarkFileErrorReason,
                     {std::string(made.message()), ErrorTextZh(made)});
  }
  if (fd_ >= 0) close(fd_);
  fd_ = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  return fd_ >= 0 ? absl::OkStatus() : FileError("open", path_);
}

}  // namespace annals::ledger
