// What an auditor asks of the ledger, in messages.

#ifndef ANNALS_SERVICE_LEDGER_VIEW_H_
#define ANNALS_SERVICE_LEDGER_VIEW_H_

#include <memory>

#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"
#include "service/report_history.h"
#include "service/witnessing/witnessed_checkpoint.h"

namespace annals {

// Thread-safe. All but GetCheckpoint block on storage.
class LedgerView {
 public:
  // Neither is owned; both must outlive this. `witnessed` is null if no
  // witnesses are asked.
  explicit LedgerView(ledger::Ledger* ledger,
                      const WitnessedCheckpoint* witnessed = nullptr)
      : ledger_(ledger), history_(ledger), witnessed_(witnessed) {}

  // From memory. FAILED_PRECONDITION with reason NO_WITNESSED_CHECKPOINT.
  absl::StatusOr<v1::Checkpoint> GetCheckpoint(
      const v1::GetCheckpointRequest& request) const;

  // OUT_OF_RANGE with reason ENTRY_NOT_FOUND or TREE_SIZE_NOT_REACHED.
  absl::StatusOr<v1::Entry> GetEntry(const v1::GetEntryRequest& request) const;
  absl::StatusOr<v1::InclusionProof> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) const;

  // INVALID_ARGUMENT with reason INVALID_TREE_RANGE; OUT_OF_RANGE with reason
  // TREE_SIZE_NOT_REACHED.
  absl::StatusOr<v1::ConsistencyProof> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) const;

  // For the latest checkpoint, or the latest witnessed one. INVALID_ARGUMENT
  // with reason INVALID_VALUE if the request names nothing; NOT_FOUND with
  // reason REPORT_NOT_FOUND or REVISION_NOT_FOUND; OUT_OF_RANGE with reason
  // ENTRY_NOT_FOUND; FAILED_PRECONDITION with reason NO_WITNESSED_CHECKPOINT or
  // ENTRY_NOT_WITNESSED.
  absl::StatusOr<v1::Receipt> GetReceipt(
      const v1::GetReceiptRequest& request) const;

 private:
  // FAILED_PRECONDITION with reason NO_WITNESSED_CHECKPOINT.
  absl::StatusOr<std::shared_ptr<const ledger::SignedCheckpoint>>
  LatestWitnessed() const;
  absl::Status RequireInTree(const ledger::LeafPosition& position) const;
  absl::StatusOr<uint64_t> IndexOf(const v1::GetReceiptRequest& request) const;

  ledger::Ledger* const ledger_;
  const ReportHistory history_;
  const WitnessedCheckpoint* const witnessed_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LEDGER_VIEW_H_
