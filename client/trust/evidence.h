// What a client keeps when a server can't be trusted: what it had verified
// before, and what it was shown, so that a third party can judge.

#ifndef ANNALS_CLIENT_TRUST_EVIDENCE_H_
#define ANNALS_CLIENT_TRUST_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/text.h"
#include "client/trust/trust_store.h"
#include "ledger/evidence.h"
#include "ledger/hash.h"

namespace annals::client {

// The reasons of errors that end a command with ExitCode::kLedgerNotTrusted.
using ledger::kFalseSignatureReason;
using ledger::kForkedReason;
using ledger::kNotACheckpointReason;
using ledger::kOtherKeyReason;
using ledger::kRolledBackReason;
inline constexpr char kGrowthNotProvedReason[] = "LEDGER_GROWTH_NOT_PROVED";
inline constexpr char kNotWitnessedReason[] = "LEDGER_NOT_WITNESSED";

// True if the status has one of these reasons.
bool IsTrustFailure(const absl::Status& status);

struct Accusation {
  std::string reason;  // One of the above.
  Text what;
  std::string server;  // Or the directory that holds a copy of its ledger.
  absl::Time when;
  std::string remembered;  // The note verified last; empty if there is none.
  std::string shown;       // The note that the server answered with.
  // The consistency proof it answered with, if it was asked for one.
  std::vector<ledger::Hash> proof;
};

// Keeps the accusation as a file and returns the error that names it. Without
// a store, or if the file can't be written, the error itself holds both notes.
absl::Status Accuse(const Accusation& accusation, const TrustStore* store);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_EVIDENCE_H_
