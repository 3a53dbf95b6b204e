#include "service/receipt.h"

#include <utility>

#include "ledger/status_macros.h"
#include "ledger/tlog_proof.h"

namespace annals {

absl::StatusOr<v1::Receipt> MakeReceipt(
    const ReceiptSubject& subject, const ledger::SignedCheckpoint& checkpoint,
    ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(
      ledger::ProvenEntry proven,
      ledger->ReadProvenEntry({subject.index, checkpoint.checkpoint.size},
                              subject.include_content));
  v1::Receipt receipt;
  ASSIGN_OR_RETURN(*receipt.mutable_proof(),
                   ledger::FormatTlogProof({"", subject.index,
                                            std::move(proven.inclusion_proof),
                                            checkpoint.note}));
  receipt.set_leaf(std::move(proven.entry.leaf));
  if (proven.entry.content.has_value()) {
    receipt.set_salt(ledger::HashBytes(proven.entry.content->salt));
    receipt.set_content(std::move(proven.entry.content->content));
  }
  return receipt;
}

}  // namespace annals
