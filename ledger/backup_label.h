// What a backup says of itself, kept with it.
//
//   label   "annals-backup-1\n" · hex(SHA-256(body)) '\n' · body
//   body    begun at, µs since 1970, in decimal '\n' · entries in decimal '\n'
//   ·
//           request id '\n' · the checkpoint's signed note

#ifndef ANNALS_LEDGER_BACKUP_LABEL_H_
#define ANNALS_LEDGER_BACKUP_LABEL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annals::ledger {

// All of it as it was when the backup was begun, so that the backup holds at
// least what the note covers.
struct BackupLabel {
  absl::Time created_at;
  // Stored then; more than the note covers if a batch was just being published.
  // So no backup that was made before holds more.
  uint64_t entries = 0;
  // Who asked for it, or empty.
  std::string request_id;
  // The latest signed checkpoint.
  std::string note;

  friend bool operator==(const BackupLabel&, const BackupLabel&) = default;
};

// REQUIRES: the request id has no newline.
std::string FormatBackupLabel(const BackupLabel& label);

// nullopt if it is damaged, or no label.
std::optional<BackupLabel> ParseBackupLabel(absl::string_view bytes);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BACKUP_LABEL_H_
