#include "ledger/replica.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/ledger_impl.h"
#include "ledger/publisher.h"
#include "ledger/recovery.h"
#include "ledger/replicator.h"
#include "ledger/status_macros.h"

namespace annals::ledger {

bool IsReplicaRefusal(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  for (const char* const known :
       {kOtherKeyReason, kFalseSignatureReason, kNotACheckpointReason,
        kRolledBackReason, kForkedReason, kReplicaEntriesFalse,
        kReplicaTooOld}) {
    if (reason == known) return true;
  }
  return false;
}

absl::Status ReplicaAccusation(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kDataLoss, reason, std::move(text));
}

absl::Status FollowerReadOnly(absl::string_view primary) {
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "FOLLOWER_READ_ONLY",
      {absl::StrCat("this server is a read-only copy of the ledger at ",
                    primary, "; nothing was recorded, send it there"),
       absl::StrCat("本服务是 ", primary,
                    " 所存账本的只读副本；未作任何记录，请发往该处")});
  AddErrorMetadata("primary", primary, &status);
  return status;
}

absl::StatusOr<OpenedReplica> OpenReplica(const ReplicaOptions& options,
                                          const LedgerParts& parts) {
  Publisher::Keys keys;
  keys.present = {{options.keys.front(), nullptr}};
  keys.former = {options.keys.begin() + 1, options.keys.end()};
  auto publisher = std::make_unique<Publisher>(std::move(keys), parts.mark);
  ASSIGN_OR_RETURN(RecoveredReplica recovered,
                   RecoverReplica(options, parts, publisher.get()));
  const IndexReader index(parts.store, parts.decoder);
  ASSIGN_OR_RETURN(MissingContents missing,
                   FindMissingContents(recovered, index, parts));
  OpenedReplica opened;
  opened.ledger = std::make_unique<LedgerImpl>(
      parts, std::move(publisher), [&](const RecorderPeers& peers) {
        auto replicator = std::make_unique<Replicator>(
            options, parts, peers,
            Replicator::Start{std::move(recovered), std::move(missing)});
        opened.replica = replicator.get();
        return replicator;
      });
  return opened;
}

}  // namespace annals::ledger
