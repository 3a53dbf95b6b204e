#include "client/trust/evidence.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base64.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// Enough of SHA-256 to tell pieces of evidence apart.
constexpr size_t kDigestBytes = 8;

std::string Notes(const Accusation& accusation) {
  std::string text = absl::StrCat(
      "==== remembered: the checkpoint that was verified last ====\n",
      accusation.remembered.empty() ? "(none)\n" : accusation.remembered,
      "==== shown: the checkpoint that the server answered with ====\n",
      accusation.shown);
  if (accusation.proof.empty()) return text;
  absl::StrAppend(&text,
                  "==== the consistency proof that it answered with ====\n");
  for (const ledger::Hash& hash : accusation.proof) {
    absl::StrAppend(&text, ledger::EncodeBase64(ledger::AsStringView(hash)),
                    "\n");
  }
  return text;
}

std::string EvidenceText(const Accusation& accusation) {
  return absl::StrCat(
      "Annals: evidence against a server. Keep this file.\n",
      "reason: ", accusation.reason, "\n", "server: ", accusation.server, "\n",
      "seen: ", absl::FormatTime(accusation.when, absl::UTCTimeZone()), "\n",
      accusation.what.en, "\n", accusation.what.zh, "\n\n", Notes(accusation));
}

// The same contradiction, seen again, is the same file.
std::string DigestOf(const Accusation& accusation) {
  const ledger::Hash hash = ledger::Sha256(absl::StrCat(
      accusation.reason, "\n", accusation.server, "\n", Notes(accusation)));
  return absl::BytesToHexString(
      ledger::AsStringView(hash).substr(0, kDigestBytes));
}

}  // namespace

bool IsTrustFailure(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kDataLoss) return false;
  const std::string reason = ErrorReason(status);
  return reason == kRolledBackReason || reason == kForkedReason ||
         reason == kGrowthNotProvedReason || reason == kOtherKeyReason ||
         reason == kFalseSignatureReason || reason == kNotWitnessedReason ||
         reason == kNotACheckpointReason;
}

absl::Status Accuse(const Accusation& accusation, const TrustStore* store) {
  absl::StatusOr<std::string> path = absl::FailedPreconditionError("");
  if (store != nullptr) {
    path = store->KeepEvidence(DigestOf(accusation), EvidenceText(accusation));
  }
  Text kept;
  if (path.ok()) {
    kept =
        accusation.remembered.empty()
            ? Text{absl::StrCat("。所示检查点已作为证据保存在 ", *path),
                   absl::StrCat(". The checkpoint shown is kept as evidence "
                                "in ",
                                *path)}
            : Text{absl::StrCat("。两份检查点已作为证据保存在 ", *path),
                   absl::StrCat(". Both checkpoints are kept as evidence in ",
                                *path)};
  } else {
    kept = {absl::StrCat("。证据未能存入文件", ErrorTextZh(path.status()),
                         "，请保留这次的输出：\n", Notes(accusation)),
            absl::StrCat(". No evidence file was written; keep this output. ",
                         path.status().message(), "\n", Notes(accusation))};
  }
  return MakeError(absl::StatusCode::kDataLoss, accusation.reason,
                   {absl::StrCat(accusation.what.en, kept.en),
                    absl::StrCat(accusation.what.zh, kept.zh)});
}

}  // namespace annals::client
