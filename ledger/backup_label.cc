#include "ledger/backup_label.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/hash.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kMagic = "annals-backup-1\n";

std::string DigestLine(absl::string_view body) {
  return absl::StrCat(absl::BytesToHexString(HashBytes(Sha256(body))), "\n");
}

}  // namespace

std::string FormatBackupLabel(const BackupLabel& label) {
  const std::string body =
      absl::StrCat(absl::ToUnixMicros(label.created_at), "\n", label.entries,
                   "\n", label.request_id, "\n", label.note);
  return absl::StrCat(kMagic, DigestLine(body), body);
}

std::optional<BackupLabel> ParseBackupLabel(absl::string_view bytes) {
  if (!absl::ConsumePrefix(&bytes, kMagic)) return std::nullopt;
  const size_t digest_end = bytes.find('\n');
  if (digest_end == absl::string_view::npos) return std::nullopt;
  const absl::string_view digest = bytes.substr(0, digest_end + 1);
  const absl::string_view body = bytes.substr(digest_end + 1);
  if (digest != DigestLine(body)) return std::nullopt;
  const std::vector<std::string> parts =
      absl::StrSplit(body, absl::MaxSplits('\n', 3));
  BackupLabel label;
  int64_t micros = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &micros) ||
      !absl::SimpleAtoi(parts[1], &label.entries)) {
    return std::nullopt;
  }
  label.created_at = absl::FromUnixMicros(micros);
  label.request_id = parts[2];
  label.note = parts[3];
  return label;
}

}  // namespace annals::ledger
