#include "client/audit/newer_erasure.h"

#include "client/receipt/fetch_receipt.h"
#include "ledger/status_macros.h"

namespace annals::client {

absl::StatusOr<bool> IsErasedSince(uint64_t index,
                                   const MissingContent& missing,
                                   uint64_t audited_size, Session* session,
                                   LedgerTrust* trust) {
  if (!missing.claimed_eraser.has_value() ||
      *missing.claimed_eraser < audited_size) {
    return false;
  }
  v1::GetReceiptRequest request;
  request.set_index(*missing.claimed_eraser);
  ASSIGN_OR_RETURN(const FetchedReceipt fetched,
                   FetchReceipt(request, session, trust));
  const v1::ContentErased& event = fetched.verified.entry.content_erased();
  return fetched.verified.entry.has_content_erased() &&
         event.erased_index() == index &&
         event.content_hash() == ledger::HashBytes(missing.content_hash);
}

}  // namespace annals::client
