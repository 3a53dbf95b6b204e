// What a follower keeps when its primary contradicts itself, so that a third
// party can judge.

#ifndef ANNALS_SERVICE_FOLLOWING_REFUSAL_EVIDENCE_H_
#define ANNALS_SERVICE_FOLLOWING_REFUSAL_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/hash.h"

namespace annals {

struct RefusalEvidence {
  absl::Status refusal;  // As ledger::IsReplicaRefusal.
  std::string primary;
  absl::Time when;
  // The note taken over last; empty if none was.
  std::string verified;
  // The note that the primary answered with last.
  std::string shown;
  // The consistency proof it answered with last, if it was asked for one.
  std::vector<ledger::Hash> proof;
};

// Keeps it as a file in `directory`, synced: its path. The same contradiction,
// seen again, is the same file. FILE_NOT_WRITABLE.
absl::StatusOr<std::string> KeepEvidence(const RefusalEvidence& evidence,
                                         const std::string& directory);

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOWING_REFUSAL_EVIDENCE_H_
