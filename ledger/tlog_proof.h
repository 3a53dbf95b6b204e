// Proofs that an entry is recorded, checkable offline (C2SP tlog-proof, v1):
// what the receipts of the ledger are made of.
//
//   proof  "c2sp.org/tlog-proof@v1" '\n'
//          ["extra " base64 '\n']
//          "index " decimal '\n'
//          (base64(hash) '\n')*    from the leaf's sibling upwards
//          '\n'
//          checkpoint              the signed note, verbatim
//
// The extra data is not authenticated by the proof.

#ifndef ANNALS_LEDGER_TLOG_PROOF_H_
#define ANNALS_LEDGER_TLOG_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/witness_policy.h"

namespace annals::ledger {

inline constexpr size_t kTlogProofExtraBytesMax = 256 << 10;
// A longer proof is refused before it is parsed.
inline constexpr size_t kTlogProofBytesMax =
    kNoteBytesMax + 2 * kTlogProofExtraBytesMax;

struct TlogProof {
  std::string extra;  // Opaque; empty if there is none.
  uint64_t index = 0;
  std::vector<Hash> hashes;
  std::string checkpoint;  // The signed note.

  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

// INVALID_ARGUMENT if the extra data is too long, there are more than
// kProofHashesMax hashes, or the checkpoint is malformed.
absl::StatusOr<std::string> FormatTlogProof(const TlogProof& proof);

// INVALID_ARGUMENT, naming the line, if the proof is malformed or too large.
// The checkpoint is parsed, but neither it nor the proof is verified.
absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text);

// The checkpoint of a proof that the leaf with `leaf_hash` is the entry
// `proof.index` of the ledger of `verifier`. As OpenCheckpoint and
// VerifyInclusion.
absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof,
                                           const Hash& leaf_hash,
                                           const NoteVerifier& verifier);

// The same by a policy's logs and witnesses. As WitnessPolicy::Open and
// VerifyInclusion.
absl::StatusOr<WitnessedCheckpoint> VerifyTlogProof(
    const TlogProof& proof, const Hash& leaf_hash, const WitnessPolicy& policy);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TLOG_PROOF_H_
