#include "client/trust/evidence.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

ledger::Evidence EvidenceOf(const Accusation& accusation) {
  return {accusation.reason,     {accusation.what.en, accusation.what.zh},
          accusation.server,     accusation.when,
          accusation.remembered, accusation.shown,
          accusation.proof};
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
  const ledger::Evidence evidence = EvidenceOf(accusation);
  absl::StatusOr<std::string> path = absl::FailedPreconditionError("");
  if (store != nullptr) {
    path = store->KeepEvidence(ledger::EvidenceDigest(evidence),
                               ledger::EvidenceText(evidence));
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
    kept = {
        absl::StrCat("。证据未能存入文件", ErrorTextZh(path.status()),
                     "，请保留这次的输出：\n", ledger::EvidenceNotes(evidence)),
        absl::StrCat(". No evidence file was written; keep this output. ",
                     path.status().message(), "\n",
                     ledger::EvidenceNotes(evidence))};
  }
  return MakeError(absl::StatusCode::kDataLoss, accusation.reason,
                   {absl::StrCat(accusation.what.en, kept.en),
                    absl::StrCat(accusation.what.zh, kept.zh)});
}

}  // namespace annals::client
