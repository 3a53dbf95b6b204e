// What whoever follows a ledger keeps when it contradicts itself: what was
// verified before and what was shown, so that a third party can judge.

#ifndef ANNALS_LEDGER_EVIDENCE_H_
#define ANNALS_LEDGER_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/error.h"
#include "ledger/hash.h"

namespace annals::ledger {

// What a ledger is accused of, as the reasons of DATA_LOSS: fewer entries than
// before; another tree; a checkpoint that no known key signed, that is signed
// falsely, or that is none.
inline constexpr char kRolledBackReason[] = "LEDGER_ROLLED_BACK";
inline constexpr char kForkedReason[] = "LEDGER_FORKED";
inline constexpr char kOtherKeyReason[] = "LEDGER_KEY_NOT_PINNED";
inline constexpr char kFalseSignatureReason[] = "LEDGER_SIGNATURE_FALSE";
inline constexpr char kNotACheckpointReason[] = "LEDGER_CHECKPOINT_MALFORMED";

struct Evidence {
  std::string reason;
  ErrorText what;
  // Who showed it, such as a server's address.
  std::string source;
  absl::Time when;
  std::string verified;  // The note verified last; empty if there is none.
  std::string shown;     // The note that the source answered with.
  // The consistency proof it answered with, if it was asked for one.
  std::vector<Hash> proof;
};

// Both notes and the proof.
std::string EvidenceNotes(const Evidence& evidence);

// The file, for a person and for a court.
std::string EvidenceText(const Evidence& evidence);

// 16 hexadecimal digits. The same contradiction, seen again, has the same.
std::string EvidenceDigest(const Evidence& evidence);

// Keeps the file in `directory`, synced, under a name made of the digest: its
// path. What is there under that name stays. FILE_NOT_WRITABLE.
absl::StatusOr<std::string> KeepEvidence(const Evidence& evidence,
                                         const std::string& directory);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_EVIDENCE_H_
