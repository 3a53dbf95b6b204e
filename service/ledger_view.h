// What an auditor asks of the ledger, in messages.

#ifndef ANNALS_SERVICE_LEDGER_VIEW_H_
#define ANNALS_SERVICE_LEDGER_VIEW_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"
#include "service/publication.h"
#include "service/report_history.h"
#include "service/view.h"
#include "service/visible_history.h"
#include "service/witnessing/witnessed_checkpoint.h"

namespace annals {

// Thread-safe. All but GetCheckpoint block on storage.
class LedgerView {
 public:
  // None is owned; all must outlive this.
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    // Null if no witnesses are asked.
    const WitnessedCheckpoint* witnessed = nullptr;
    // Null if everybody sees all.
    const Publications* publications = nullptr;
    const VisibleHistory* visible = nullptr;
  };

  explicit LedgerView(const Parts& parts)
      : parts_(parts), history_(parts.ledger) {}

  // From memory. FAILED_PRECONDITION with reason NO_WITNESSED_CHECKPOINT.
  absl::StatusOr<v1::Checkpoint> GetCheckpoint(
      const v1::GetCheckpointRequest& request) const;

  // OUT_OF_RANGE with reason ENTRY_NOT_FOUND or TREE_SIZE_NOT_REACHED;
  // NOT_FOUND with reason ENTRY_NOT_PUBLISHED, the same whatever the entry
  // says.
  absl::StatusOr<v1::Entry> GetEntry(const v1::GetEntryRequest& request,
                                     View view) const;

  // As GetEntry, but the same for all: a proof tells nothing but that an entry
  // is there.
  absl::StatusOr<v1::InclusionProof> GetInclusionProof(
      const v1::GetInclusionProofRequest& request) const;

  // INVALID_ARGUMENT with reason INVALID_TREE_RANGE; OUT_OF_RANGE with reason
  // TREE_SIZE_NOT_REACHED.
  absl::StatusOr<v1::ConsistencyProof> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request) const;

  // For the latest checkpoint, or the latest witnessed one. INVALID_ARGUMENT
  // with reason INVALID_VALUE if the request names nothing; NOT_FOUND with
  // reason REPORT_NOT_FOUND, REVISION_NOT_FOUND or ENTRY_NOT_PUBLISHED;
  // OUT_OF_RANGE with reason ENTRY_NOT_FOUND; FAILED_PRECONDITION with reason
  // NO_WITNESSED_CHECKPOINT or ENTRY_NOT_WITNESSED.
  absl::StatusOr<v1::Receipt> GetReceipt(const v1::GetReceiptRequest& request,
                                         View view) const;

 private:
  // FAILED_PRECONDITION with reason NO_WITNESSED_CHECKPOINT.
  absl::StatusOr<std::shared_ptr<const ledger::SignedCheckpoint>>
  LatestWitnessed() const;
  static absl::Status RequireInTree(const ledger::LeafPosition& position,
                                    uint64_t latest);
  absl::StatusOr<uint64_t> IndexOf(const v1::GetReceiptRequest& request,
                                   View view) const;
  absl::StatusOr<RecordedRevision> FindRevision(const std::string& name,
                                                View view) const;
  // ENTRY_NOT_PUBLISHED if the caller may not see it. REQUIRES: the latest
  // checkpoint covers it.
  absl::StatusOr<EntrySight> SightOf(uint64_t index, View view) const;

  const Parts parts_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LEDGER_VIEW_H_
