// The trust policy of a log's clients (C2SP tlog-policy): which logs, which
// witnesses, and how many of them must have cosigned a checkpoint.
//
//   file      (line '\n')*, items divided by spaces and tabs
//   line      "log" vkey [url]
//           | "witness" name vkey [url]
//           | "group" name ("any" | "all" | k) member+
//           | "quorum" (name | "none")
//           | '#' comment, or nothing
//
// Groups and the quorum name what stands above them; a name is a member at most
// once. There is exactly one quorum. All but the names of keys are opaque
// bytes; the only control characters are tab and newline.

#ifndef ANNALS_LEDGER_WITNESS_POLICY_H_
#define ANNALS_LEDGER_WITNESS_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
#include "ledger/note.h"

namespace annals::ledger {

// A longer policy is refused before it is parsed.
inline constexpr size_t kPolicyBytesMax = 256 << 10;
// Logs, witnesses and groups: at most this many of each.
inline constexpr size_t kPolicyItemsMax = 256;

struct PolicyLog {
  NoteVerifier verifier;
  std::string url;  // Empty if there is none.
};

struct PolicyWitness {
  std::string name;  // In the policy; the key has a name of its own.
  CosignatureVerifier verifier;
  std::string url;  // Empty if there is none.
};

// That a witness of the policy cosigned a checkpoint.
struct Witnessing {
  std::string name;      // In the policy.
  uint64_t seconds = 0;  // After the epoch.

  friend bool operator==(const Witnessing&, const Witnessing&) = default;
};

struct WitnessedCheckpoint {
  Checkpoint checkpoint;
  std::vector<Witnessing> witnessings;  // In the order of the policy.
};

class WitnessPolicy {
 public:
  // INVALID_ARGUMENT, naming the line, if the policy is malformed.
  static absl::StatusOr<WitnessPolicy> Parse(absl::string_view policy);

  const std::vector<PolicyLog>& logs() const { return logs_; }
  const std::vector<PolicyWitness>& witnesses() const { return witnesses_; }
  // The name of a witness or a group, or "none".
  const std::string& quorum() const { return quorum_; }

  // The checkpoint in `note`, which one of the policy's logs must have signed
  // under its origin, and the quorum cosigned. FAILED_PRECONDITION if the
  // policy names no log; NOT_FOUND if none of them signed; else as CheckQuorum.
  absl::StatusOr<WitnessedCheckpoint> Open(absl::string_view note) const;

  // Which witnesses cosigned the checkpoint in `note`, for a caller that knows
  // the log by itself and has verified its signature. FAILED_PRECONDITION if
  // they are no quorum; DATA_LOSS if a known witness's cosignature is false;
  // INVALID_ARGUMENT if the note or the checkpoint is malformed.
  absl::StatusOr<std::vector<Witnessing>> CheckQuorum(
      absl::string_view note) const;

  // Whether these witnesses, one flag for each in their order, are a quorum.
  bool IsQuorum(const std::vector<bool>& cosigned) const;

 private:
  friend class WitnessPolicyParser;

  // A witness or a group. It has witnessed a checkpoint if it is a witness that
  // cosigned it, or a group of which `threshold` members have witnessed it.
  struct Party {
    std::string name;
    std::optional<size_t> witness;  // Index in witnesses_.
    size_t threshold = 0;
    std::vector<size_t> members;  // Indexes in parties_, all before this one.
  };

  WitnessPolicy() = default;
  absl::Status QuorumNotMet(const std::vector<Witnessing>& witnessings) const;

  std::vector<PolicyLog> logs_;
  std::vector<PolicyWitness> witnesses_;
  std::vector<Party> parties_;
  std::string quorum_;
  std::optional<size_t> quorum_party_;  // Index in parties_; nothing for none.
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_WITNESS_POLICY_H_
