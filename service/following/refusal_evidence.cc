#include "service/following/refusal_evidence.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base64.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"

namespace annals {
namespace {

// Enough of SHA-256 to tell pieces of evidence apart.
constexpr size_t kDigestBytes = 8;

std::string Notes(const RefusalEvidence& evidence) {
  std::string text = absl::StrCat(
      "==== verified: the checkpoint that was taken over last ====\n",
      evidence.verified.empty() ? "(none)\n" : evidence.verified,
      "==== shown: the checkpoint that the primary answered with ====\n",
      evidence.shown);
  if (evidence.proof.empty()) return text;
  absl::StrAppend(&text,
                  "==== the consistency proof that it answered with ====\n");
  for (const ledger::Hash& hash : evidence.proof) {
    absl::StrAppend(&text, ledger::EncodeBase64(ledger::AsStringView(hash)),
                    "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> KeepEvidence(const RefusalEvidence& evidence,
                                         const std::string& directory) {
  const std::string reason = ErrorReason(evidence.refusal);
  const std::string notes = Notes(evidence);
  const ledger::Hash hash =
      ledger::Sha256(absl::StrCat(reason, "\n", evidence.primary, "\n", notes));
  const std::string path =
      absl::StrCat(directory, "/evidence-",
                   absl::BytesToHexString(
                       ledger::AsStringView(hash).substr(0, kDigestBytes)),
                   ".txt");
  const std::string text = absl::StrCat(
      "Annals: evidence against a primary. Keep this file.\n",
      "reason: ", reason, "\n", "primary: ", evidence.primary, "\n",
      "seen: ", absl::FormatTime(evidence.when, absl::UTCTimeZone()), "\n",
      evidence.refusal.message(), "\n", ErrorTextZh(evidence.refusal), "\n\n",
      notes);
  RETURN_IF_ERROR(ledger::CreateFileIfNone(path, text, ledger::kOwnerFileMode));
  return path;
}

}  // namespace annals
