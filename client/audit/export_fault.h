// Which entries of an exported directory are not those that were signed, when
// leaves and their hashes were changed together.
//
// The tiles above say what the hashes below must come to. What they say counts
// only as far as it gives the signed root: a forged hash is nobody's
// "expected".

#ifndef ANNALS_CLIENT_AUDIT_EXPORT_FAULT_H_
#define ANNALS_CLIENT_AUDIT_EXPORT_FAULT_H_

#include "absl/status/status.h"
#include "client/audit/export_source.h"

namespace annals::client {

// OK if the hashes of the entries give the signed root, or can't be read: then
// a fault is elsewhere, and where it was found. Otherwise DATA_LOSS with reason
// AUDIT_HASHES_FORGED, naming the first range of entries, as small as the tiles
// tell, whose hashes are not those of the signed root. For after a fault: it
// reads all tiles.
absl::Status RequireSignedHashes(const ExportFiles& files);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_EXPORT_FAULT_H_
