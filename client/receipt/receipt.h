// Receipts: the proof, checkable offline and for good, that an entry is
// recorded.

#ifndef ANNALS_CLIENT_RECEIPT_RECEIPT_H_
#define ANNALS_CLIENT_RECEIPT_RECEIPT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "client/trust/ledger_keys.h"
#include "client/trust/pinned_signer.h"
#include "ledger/hash.h"
#include "ledger/tlog_proof.h"

namespace annals::client {

struct Receipt {
  std::string proof;  // C2SP tlog-proof.
  std::string leaf;   // A serialized LedgerEntry, as hashed.
  // What the leaf's content hash commits to; both or neither.
  std::optional<std::string> salt;
  std::optional<std::string> content;
};

// What a receipt proves.
struct VerifiedReceipt {
  OpenedCheckpoint opened;
  bool is_witnessed = false;  // A policy was demanded, and is satisfied.
  v1::LedgerEntry entry;
  ledger::Hash leaf_hash = {};
  size_t proof_hashes = 0;
  // Of a receipt with content.
  bool has_content = false;
  size_t content_bytes = 0;
  // What the agencies' keys that were given say of who signed it.
  PinnedSigner signer = PinnedSigner::kNotPinned;
  // The content, if the entry records a revision.
  std::optional<v1::RevisionContent> revision_content;
};

// Verifies a receipt, in this order, with nothing but the keys. What is not
// proved is not read. DATA_LOSS with the reason of what is false:
//   RECEIPT_MALFORMED              the proof is no tlog-proof
//   RECEIPT_NOT_SIGNED_BY_KEY      none of the keys signed its checkpoint
//   RECEIPT_SIGNATURE_FALSE        one of them seems to have, but did not
//   RECEIPT_ORIGIN_MISMATCH        the checkpoint is of another ledger
//   RECEIPT_NOT_WITNESSED          the policy is not satisfied
//   RECEIPT_LEAF_NOT_RECORDED      the leaf is not in the checkpoint's tree
//   RECEIPT_LEAF_UNREADABLE        it is, and is no LedgerEntry
//   RECEIPT_INDEX_MISMATCH         it is, and says another index
//   RECEIPT_CONTENT_INCOMPLETE     content without salt, or salt without
//   RECEIPT_CONTENT_NOT_COMMITTED  the entry has no content
//   RECEIPT_CONTENT_MISMATCH       the entry commits to something else
//   RECEIPT_CONTENT_UNREADABLE     it does not, and it is no RevisionContent
//   RECEIPT_CONTENT_OF_OTHER_REPORT  of another year or scope than the entry
//   CONTENT_SIGNATURE_FALSE        the agency's signature is not of the content
//   AGENCY_KEY_NOT_PINNED          as RequirePinnedAgencyKey
absl::StatusOr<VerifiedReceipt> VerifyReceipt(const Receipt& receipt,
                                              const LedgerKeys& keys);

// The proof taken apart, not verified. RECEIPT_MALFORMED.
absl::StatusOr<ledger::TlogProof> ReadProof(const std::string& proof);

// The origin that the proof's checkpoint says, not verified: for choosing a
// key. RECEIPT_MALFORMED if the proof is no tlog-proof.
absl::StatusOr<std::string> ClaimedOrigin(const std::string& proof);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RECEIPT_RECEIPT_H_
