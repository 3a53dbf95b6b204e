// The client's own verification of a recorded revision: it trusts the verifier
// key and nothing that the server says.

#ifndef ANNALS_CLIENT_VERIFY_H_
#define ANNALS_CLIENT_VERIFY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/text.h"
#include "client/trust/ledger_keys.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "service/report/names.h"

namespace annals::client {

// What was proved.
struct VerifiedRevision {
  ledger::Checkpoint checkpoint;
  v1::LedgerEntry entry;
  v1::RevisionContent content;
  ledger::Hash leaf_hash = {};
  ledger::Hash content_hash = {};
  // Which entry erased the content, in the server's words: the content is empty
  // then.
  std::optional<uint64_t> claimed_eraser;
  // Present if that is proved.
  std::optional<v1::Erasure> erasure;
  // The same of a content that is kept back because the revision was withdrawn.
  // That it was not restored since is the server's word.
  std::optional<uint64_t> claimed_withdrawer;
  std::optional<v1::LifecycleStep> withdrawal;
  // It stands in a history of what is published only, in the server's words.
  bool published_only = false;
  bool has_content() const {
    return !erasure.has_value() && !withdrawal.has_value();
  }
  size_t leaf_bytes = 0;
  size_t content_bytes = 0;
  size_t proof_hashes = 0;
};

// Step 1: the checkpoint in `note`, signed by one of `keys`, whose origin is
// the key's name. DATA_LOSS with the reason CHECKPOINT_MISMATCH if there is
// none, CHECKPOINT_NOT_SIGNED if none of the keys signed it,
// WITNESS_QUORUM_NOT_MET or WITNESS_POLICY_NOT_MET.
absl::StatusOr<OpenedCheckpoint> OpenSignedCheckpoint(const std::string& note,
                                                      const LedgerKeys& keys);

// Checks, in this order, that
//   1. the proof is for the tree of `checkpoint`, which the caller has opened;
//   2. the leaf records revision `expected`, at the entry's index;
//   3. the leaf is in the tree of the checkpoint (inclusion proof);
//   4. the content is what the leaf's content hash commits to;
//   5. the content is the report of that agency and year;
//   6. the agency's signature, if there is one, is of this report.
// Otherwise DATA_LOSS with the reason of the failed step: CHECKPOINT_MISMATCH,
// LEAF_MISMATCH, INCLUSION_NOT_PROVED, CONTENT_MISMATCH,
// CONTENT_SIGNATURE_FALSE.
absl::StatusOr<VerifiedRevision> VerifyRevision(
    const v1::Entry& entry, const report::RevisionName& expected,
    const ledger::Checkpoint& checkpoint);

// The entry that the server names must record the erasure of the content of
// `erased`, which was verified. As VerifyRevision.
absl::StatusOr<v1::Erasure> VerifyErasure(const v1::Entry& entry,
                                          const v1::LedgerEntry& erased,
                                          const ledger::Checkpoint& checkpoint);

// The entry that the server names must record that the revision `withdrawn`,
// which was verified, was withdrawn. As VerifyRevision.
absl::StatusOr<v1::LifecycleStep> VerifyWithdrawal(
    const v1::Entry& entry, const v1::LedgerEntry& withdrawn,
    const ledger::Checkpoint& checkpoint);

// The leaf of the entry, whatever it records: steps 1 to 3 of VerifyRevision,
// with an index for the revision.
absl::StatusOr<v1::LedgerEntry> VerifyEntry(
    const v1::Entry& entry, const ledger::Checkpoint& checkpoint);

// What an inclusion proof is to prove, and what to call that in an error.
struct ProvedLeaf {
  Text step;
  uint64_t index = 0;
  ledger::Hash hash = {};
};

// DATA_LOSS with reason INCLUSION_NOT_PROVED.
absl::Status VerifyInclusionOf(const v1::InclusionProof& proof,
                               const ProvedLeaf& leaf,
                               const ledger::Checkpoint& checkpoint);

// The etag of the revision that a leaf records: the first 16 bytes of the leaf
// hash in hexadecimal.
std::string EtagOf(const ledger::Hash& leaf_hash);

// The revision as the API shows it, made of the verified bytes alone, with its
// content.
v1::Revision RevisionOf(const VerifiedRevision& verified);

// The step that `entry` took, and the policy that it set, as the API shows
// them.
v1::LifecycleStep StepOf(const v1::LedgerEntry& entry);
v1::Policy PolicyOf(const v1::LedgerEntry& entry);

// The reason of a server's answer that is not one to what was asked.
inline constexpr char kAnswerMismatchReason[] = "ANSWER_MISMATCH";
// How the reasons of a false receipt begin.
inline constexpr char kReceiptReasonPrefix[] = "RECEIPT_";
// The reason of a history that has a gap, or whose revisions are not each based
// on the one before.
inline constexpr char kHistoryBrokenReason[] = "HISTORY_BROKEN";
// The reason of sums that are not those of what was proved.
inline constexpr char kRollUpMismatchReason[] = "ROLL_UP_MISMATCH";

// The reason of an entry that is not yet in a checkpoint that satisfies the
// policy.
inline constexpr char kNotWitnessedYetReason[] = "ENTRY_NOT_WITNESSED";

// How the reasons of what an audit finds begin.
inline constexpr char kAuditReasonPrefix[] = "AUDIT_";

// True if the status is of a failed step of a verification, or of an answer
// to another question.
bool IsVerificationFailure(const absl::Status& status);

// A failed step: `what` and what was expected and found, in both languages.
absl::Status VerificationFailure(absl::string_view reason, const Text& what);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_VERIFY_H_
