#include "client/audit/newer_tree.h"

#include <utility>
#include <vector>

#include "client/fetch.h"
#include "client/retry.h"
#include "client/trust/growth.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// A server may show an erasure a moment before the checkpoint that has it.
constexpr int kAttemptsMax = 4;

}  // namespace

absl::StatusOr<ledger::Checkpoint> NewerTree::Fetch() {
  if (!trust_.keys().policy.has_value()) {
    RETURN_IF_ERROR(trust_.Check());
    RETURN_IF_ERROR(
        trust_.RequireExtensionOf(audited_.checkpoint, audited_.note));
    return trust_.latest().checkpoint;
  }
  Connection& connection = session_.connection();
  ASSIGN_OR_RETURN(const v1::Checkpoint latest,
                   FetchCheckpoint(&connection, false));
  ASSIGN_OR_RETURN(
      OpenedCheckpoint opened,
      OpenSignedCheckpoint(latest.note(), {trust_.keys().keys, std::nullopt}));
  std::vector<ledger::Hash> proof;
  RETURN_IF_ERROR(RequireGrowth(audited_.checkpoint, opened.checkpoint,
                                &connection, &proof));
  return std::move(opened.checkpoint);
}

absl::StatusOr<uint64_t> NewerTree::FetchSize() {
  ASSIGN_OR_RETURN(latest_, Fetch());
  return latest_->size;
}

absl::StatusOr<bool> NewerTree::IsErased(const ErasureClaim& claim) {
  if (!claim.eraser.has_value() || *claim.eraser < audited_.checkpoint.size) {
    return false;
  }
  for (int attempt = 0; !latest_.has_value() || *claim.eraser >= latest_->size;
       ++attempt) {
    if (attempt == kAttemptsMax) return false;
    if (attempt > 0) RETURN_IF_ERROR(Wait(attempt - 1));
    RETURN_IF_ERROR(FetchSize().status());
  }
  const auto entry =
      FetchEntry(&session_.connection(), *claim.eraser, latest_->size);
  // Of an entry that the signed tree has.
  if (absl::IsNotFound(entry.status()) || absl::IsOutOfRange(entry.status())) {
    return false;
  }
  RETURN_IF_ERROR(entry.status());
  ASSIGN_OR_RETURN(const v1::LedgerEntry leaf, VerifyEntry(*entry, *latest_));
  const v1::ContentErased& event = leaf.content_erased();
  return leaf.has_content_erased() && event.erased_index() == claim.index &&
         ErasableKeyOf(event.name(), event.content_hash()) == claim.key;
}

absl::Status NewerTree::Wait(int attempt) {
  stop_.Wait(Backoff(session_.connection().retry(), attempt));
  if (!stop_.stopped()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                   {"interrupted by a signal", "被信号中断"});
}

}  // namespace annals::client
