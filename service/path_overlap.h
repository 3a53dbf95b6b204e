// Paths that other flags name must not lead into the data directory: whoever
// writes there writes over the ledger, and whoever reads there reads its key.

#ifndef ANNALS_SERVICE_PATH_OVERLAP_H_
#define ANNALS_SERVICE_PATH_OVERLAP_H_

#include <string>

#include "absl/status/status.h"

namespace annals {

struct NamedPath {
  std::string flag;  // Such as --backup_dir.
  std::string path;  // Empty: the flag names nothing.
};

// OK if neither directory lies in the other, by whatever links or mounts they
// are reached. Neither need be there. INVALID_ARGUMENT with reason
// PATHS_OVERLAP.
absl::Status RequireDirectoryApart(const std::string& data_dir,
                                   const NamedPath& other);

// OK if the file is none of the data directory, and would not be made in it.
// PATHS_OVERLAP.
absl::Status RequireFileApart(const std::string& data_dir,
                              const NamedPath& other);

}  // namespace annals

#endif  // ANNALS_SERVICE_PATH_OVERLAP_H_
