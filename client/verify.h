// The client's own verification of a recorded revision: it trusts the verifier
// key and nothing that the server says.

#ifndef ANNALS_CLIENT_VERIFY_H_
#define ANNALS_CLIENT_VERIFY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "client/text.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "service/report/names.h"

namespace annals::client {

// What was proved.
struct VerifiedRevision {
  ledger::Checkpoint checkpoint;
  v1::LedgerEntry entry;
  v1::RevisionContent content;
  ledger::Hash leaf_hash = {};
  ledger::Hash content_hash = {};
  size_t leaf_bytes = 0;
  size_t content_bytes = 0;
  size_t proof_hashes = 0;
};

// Checks, in this order, that
//   1. `key` signed the checkpoint, whose origin is the key's name;
//   2. the leaf records revision `expected`, at the entry's index;
//   3. the leaf is in the tree of the checkpoint (inclusion proof);
//   4. the content is what the leaf's content hash commits to;
//   5. the content is the report of that agency and year.
// Otherwise DATA_LOSS with the reason of the failed step:
// CHECKPOINT_NOT_SIGNED, CHECKPOINT_MISMATCH, LEAF_MISMATCH,
// INCLUSION_NOT_PROVED, CONTENT_MISMATCH.
absl::StatusOr<VerifiedRevision> VerifyRevision(
    const v1::Entry& entry, const report::RevisionName& expected,
    const ledger::NoteVerifier& key);

// The reason of a server's answer that is not one to what was asked.
inline constexpr char kAnswerMismatchReason[] = "ANSWER_MISMATCH";

// True if the status is of a failed step of a verification, or of an answer
// to another question.
bool IsVerificationFailure(const absl::Status& status);

// A failed step: `what` and what was expected and found, in both languages.
absl::Status VerificationFailure(absl::string_view reason, const Text& what);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_VERIFY_H_
