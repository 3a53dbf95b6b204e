// The published mark: the last signed checkpoint, kept outside the database. A
// database that was rolled back or lost its tail can't know it; the mark does.
//
// File, 8192 bytes: two slots of 4096 bytes, written in turn, so that a torn
// write damages only the slot that was being replaced:
//   8 bytes "ANNALSM1" · u64 sequence · u32 note length · note ·
//   zeros · SHA-256 of all before it (last 32 bytes of the slot)
// When the same tree is signed anew the file is replaced, with the note in
// both. Integers are big-endian. The valid slot with the higher sequence
// counts.

#ifndef ANNALS_LEDGER_PUBLISHED_MARK_H_
#define ANNALS_LEDGER_PUBLISHED_MARK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

// The longest note that fits into a slot.
inline constexpr size_t kMarkNoteBytesMax = 4044;

// Not thread-safe: for the sequencer's thread.
class PublishedMark {
 public:
  virtual ~PublishedMark() = default;

  // The note last written; nullopt if none ever was. DATA_LOSS if the file is
  // there and no slot is valid.
  virtual absl::StatusOr<std::optional<std::string>> Read() = 0;

  // OK, or DATA_LOSS with reason MARK_DAMAGED if the last Read found a slot
  // damaged besides the one that it read. Such a slot is either a torn write of
  // a note, and then the store is ahead of what was read, or it held a newer
  // note than that.
  virtual absl::Status OtherSlot() const { return absl::OkStatus(); }

  // Replaces the note, durably. Cut short it may leave a damaged slot beside
  // the note before, for which only a store that is ahead of that one accounts.
  virtual absl::Status Write(absl::string_view note) = 0;

  // The same, for a store that is not ahead: cut short it leaves the note
  // before, or this one, and no damage.
  virtual absl::Status Replace(absl::string_view note) { return Write(note); }
};

// The mark in the file `path`, which is created, with its directory entry
// synced, by the first Write.
class PublishedMarkFile : public PublishedMark {
 public:
  explicit PublishedMarkFile(std::string path);
  ~PublishedMarkFile() override;

  absl::StatusOr<std::optional<std::string>> Read() override;
  absl::Status OtherSlot() const override;
  absl::Status Write(absl::string_view note) override;
  absl::Status Replace(absl::string_view note) override;

 private:
  absl::Status WriteSlot(absl::string_view slot);
  absl::Status CreateFile(absl::string_view first, absl::string_view second);

  std::string path_;
  int fd_ = -1;
  uint64_t sequence_ = 0;
  bool other_slot_damaged_ = false;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_PUBLISHED_MARK_H_
