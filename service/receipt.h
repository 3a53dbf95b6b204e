// Receipts: what a third party needs, beside the verifier key, to see that an
// entry is recorded.

#ifndef ANNALS_SERVICE_RECEIPT_H_
#define ANNALS_SERVICE_RECEIPT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"

namespace annals {

struct ReceiptSubject {
  uint64_t index = 0;
  // Whether the receipt is to hold the content with its salt.
  bool include_content = false;
  // The leaf, if it is at hand, as it was just recorded: it is then not read
  // again.
  absl::string_view leaf;
};

// The receipt (C2SP tlog-proof) of an entry under a checkpoint that covers it.
// Blocks on storage. Errors as Ledger::ReadProvenEntry.
absl::StatusOr<v1::Receipt> MakeReceipt(
    const ReceiptSubject& subject, const ledger::SignedCheckpoint& checkpoint,
    ledger::Ledger* ledger);

}  // namespace annals

#endif  // ANNALS_SERVICE_RECEIPT_H_
