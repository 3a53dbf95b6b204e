// Who must have signed a ledger's checkpoints.

#ifndef ANNALS_CLIENT_TRUST_LEDGER_KEYS_H_
#define ANNALS_CLIENT_TRUST_LEDGER_KEYS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/trust/agency_pin.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/note_key.h"
#include "ledger/witness_policy.h"

namespace annals::client {

struct LedgerKeys {
  // Of one ledger, whose origin is the name of each; not empty. One signature
  // is enough, so that an old and a new key can overlap.
  std::vector<ledger::NoteVerifier> keys;
  // The witnesses that must have cosigned as well.
  std::optional<ledger::WitnessPolicy> policy;
  // SM2 keys under the same name, one of which must have signed as well; none
  // need to have if there are none.
  std::vector<ledger::NoteKey> second_keys = {};
  // The agencies' own keys that are pinned.
  std::vector<AgencyPin> agency_keys = {};

  const std::string& origin() const { return keys.front().name(); }
  // Whether this is one of the keys.
  bool Has(absl::string_view vkey) const;
};

// A checkpoint with the key that signed it.
struct OpenedCheckpoint {
  ledger::Checkpoint checkpoint;
  ledger::NoteVerifier key;
  std::vector<ledger::Witnessing> witnessings;
  // The second key that signed it, if one was demanded.
  std::optional<ledger::NoteKey> second_key = std::nullopt;
};

// The reasons of a policy that is not satisfied: too few cosignatures, which
// names the missing witnesses; or a cosignature that is false, or no signature
// of a log that the policy names.
inline constexpr char kQuorumNotMetReason[] = "WITNESS_QUORUM_NOT_MET";
inline constexpr char kPolicyNotMetReason[] = "WITNESS_POLICY_NOT_MET";
bool IsPolicyFailure(const absl::Status& status);

// The checkpoint in `note`. NOT_FOUND if none of the keys signed it, or none of
// the second keys where there are some; DATA_LOSS
// if the signature of one of them is false; FAILED_PRECONDITION with one of the
// reasons above.
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view note,
                                                const LedgerKeys& keys);

// The verifier key from `--key`: the key itself, or a file that holds it. A
// usage error that says where to get one if it is empty.
absl::StatusOr<ledger::NoteVerifier> VerifierKey(const std::string& key);

// The policy in the text of the file `path`. INVALID_ARGUMENT
// (POLICY_FILE_MALFORMED), naming file and line.
absl::StatusOr<ledger::WitnessPolicy> ParsePolicy(absl::string_view text,
                                                  absl::string_view path);

// The keys of the policy's log lines that are of the ledger `origin`.
std::vector<ledger::NoteVerifier> LogKeys(const ledger::WitnessPolicy& policy,
                                          const std::string& origin);

// OK if the policy names no log, or one of `keys`. Otherwise a usage error: the
// policy is the user's own, and nobody else is to blame for its being of
// another ledger or key.
absl::Status RequirePolicyOf(const ledger::WitnessPolicy& policy,
                             const LedgerKeys& keys);

// The name and id of a key, as a vkey begins.
std::string KeyName(const ledger::NoteVerifier& key);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_LEDGER_KEYS_H_
