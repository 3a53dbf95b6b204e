#include "service/receipt.h"

#include <string>
#include <utility>

#include "ledger/status_macros.h"
#include "ledger/tlog_proof.h"

namespace annals {

namespace {

// The entry with its proof, no more of it read than is needed.
absl::StatusOr<ledger::ProvenEntry> ReadSubject(
    const ReceiptSubject& subject, const ledger::LeafPosition& position,
    ledger::Ledger* ledger) {
  if (subject.include_content || subject.leaf.empty()) {
    return ledger->ReadProvenEntry(position, subject.include_content);
  }
  ledger::ProvenEntry proven;
  proven.entry.leaf = std::string(subject.leaf);
  ASSIGN_OR_RETURN(proven.inclusion_proof, ledger->InclusionProof(position));
  return proven;
}

}  // namespace

absl::StatusOr<v1::Receipt> MakeReceipt(
    const ReceiptSubject& subject, const ledger::SignedCheckpoint& checkpoint,
    ledger::Ledger* ledger) {
  ASSIGN_OR_RETURN(
      ledger::ProvenEntry proven,
      ReadSubject(subject, {subject.index, checkpoint.checkpoint.size},
                  ledger));
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
  if (proven.entry.erased_by.has_value()) {
    receipt.set_erased_by(*proven.entry.erased_by);
  }
  return receipt;
}

}  // namespace annals
