// What the tiles of an exported directory prove: that it extends what was
// verified before, and that it holds an entry.

#ifndef ANNALS_CLIENT_AUDIT_EXPORT_GROWTH_H_
#define ANNALS_CLIENT_AUDIT_EXPORT_GROWTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "client/audit/export_source.h"
#include "client/entry_stream.h"
#include "client/session.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"

namespace annals::client {

// OK if the tree of the directory's checkpoint extends that of `earlier`, as
// the directory's tiles prove. DATA_LOSS with reason LEDGER_FORKED if they
// prove that it does not, and `proof` receives the proof; another error if the
// tiles prove neither, because one is damaged or missing. REQUIRES:
// earlier.size is not above the size of files.checkpoint().
absl::Status RequireExportExtends(const ledger::Checkpoint& earlier,
                                  const ExportFiles& files,
                                  std::vector<ledger::Hash>* proof);

// What was verified before of the ledger that a directory holds.
struct VerifiedBefore {
  // So many entries.
  uint64_t size = 0;
  // Of those the directory is as long as; it extends them.
  uint64_t extended = 0;
};

// RequireExportExtends for `older`, if there is one, and for every checkpoint
// that is remembered of a server pinned to a ledger of this origin, as far as
// the directory is as long. If it is a fork, what was verified and `note`,
// which carries the directory's checkpoint, are kept as evidence.
absl::StatusOr<VerifiedBefore> RequireNoFork(
    const ExportFiles& files, const std::string& note,
    const std::optional<CheckedCheckpoint>& older, Session* session);

// The leaf of an entry, proved by the directory's tiles to be in the tree of
// its checkpoint. AUDIT_LEAF_MISMATCH if it is not.
absl::StatusOr<v1::LedgerEntry> ReadProvedLeaf(uint64_t index,
                                               const ExportFiles& files);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_EXPORT_GROWTH_H_
