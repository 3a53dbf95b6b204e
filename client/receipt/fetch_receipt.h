// Receipts from a server, verified before they are of any use.

#ifndef ANNALS_CLIENT_RECEIPT_FETCH_RECEIPT_H_
#define ANNALS_CLIENT_RECEIPT_FETCH_RECEIPT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/receipt/receipt.h"
#include "client/receipt/receipt_files.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

struct FetchedReceipt {
  Receipt receipt;
  VerifiedReceipt verified;
  // Present if the content was erased, which is proved: the receipt is without
  // it, whether it was asked for or not.
  std::optional<v1::Erasure> erasure;
  // If the content is kept back because the revision was withdrawn: by which
  // entry, in the server's words.
  std::optional<uint64_t> withdrawn_by = std::nullopt;
};

// The receipt that `request` asks for; under a witness policy one of a
// witnessed checkpoint, for which it waits a few seconds, but no longer than
// --timeout (then ENTRY_NOT_WITNESSED). As VerifyReceipt, and its checkpoint
// must extend the one verified last (LedgerTrust::CheckNote). ANSWER_MISMATCH
// if it is of anything else, or without the content that was asked for though
// no erasure of it is proved.
// REQUIRES: trust->verifies().
absl::StatusOr<FetchedReceipt> FetchReceipt(v1::GetReceiptRequest request,
                                            Session* session,
                                            LedgerTrust* trust);

// As a server sent it, not verified.
Receipt ReceiptOf(v1::Receipt message);

// Writes it and says where.
absl::Status SaveReceipt(const Receipt& receipt, const std::string& path,
                         Overwrite overwrite, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RECEIPT_FETCH_RECEIPT_H_
