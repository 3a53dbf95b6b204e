#include "ledger/evidence.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base64.h"
#include "ledger/file_io.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

// Enough of SHA-256 to tell pieces of evidence apart.
constexpr size_t kDigestBytes = 8;

}  // namespace

std::string EvidenceNotes(const Evidence& evidence) {
  std::string text = absl::StrCat(
      "==== remembered: the checkpoint that was verified last ====\n",
      evidence.verified.empty() ? "(none)\n" : evidence.verified,
      "==== shown: the checkpoint that the server answered with ====\n",
      evidence.shown);
  if (evidence.proof.empty()) return text;
  absl::StrAppend(&text,
                  "==== the consistency proof that it answered with ====\n");
  for (const Hash& hash : evidence.proof) {
    absl::StrAppend(&text, EncodeBase64(AsStringView(hash)), "\n");
  }
  return text;
}

std::string EvidenceText(const Evidence& evidence) {
  return absl::StrCat(
      "Annals: evidence against a server. Keep this file.\n",
      "reason: ", evidence.reason, "\n", "server: ", evidence.source, "\n",
      "seen: ", absl::FormatTime(evidence.when, absl::UTCTimeZone()), "\n",
      evidence.what.en, "\n", evidence.what.zh, "\n\n",
      EvidenceNotes(evidence));
}

std::string EvidenceDigest(const Evidence& evidence) {
  const Hash hash = Sha256(absl::StrCat(evidence.reason, "\n", evidence.source,
                                        "\n", EvidenceNotes(evidence)));
  return absl::BytesToHexString(AsStringView(hash).substr(0, kDigestBytes));
}

absl::StatusOr<std::string> KeepEvidence(const Evidence& evidence,
                                         const std::string& directory) {
  const std::string path =
      absl::StrCat(directory, "/evidence-", EvidenceDigest(evidence), ".txt");
  RETURN_IF_ERROR(
      CreateFileIfNone(path, EvidenceText(evidence), kOwnerFileMode));
  return path;
}

}  // namespace annals::ledger
