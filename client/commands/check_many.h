// `annals check` of many files: a line for each.

#ifndef ANNALS_CLIENT_COMMANDS_CHECK_MANY_H_
#define ANNALS_CLIENT_COMMANDS_CHECK_MANY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/files.h"
#include "client/session.h"

namespace annals::client {

// The files of `sources`, in order; those of a directory by their names, hidden
// ones left out. A usage error if one of `sources` is a directory that can't be
// read.
absl::StatusOr<std::vector<FoundFile>> FilesOf(
    const std::vector<std::string>& sources);

// Checks each file by itself, on all processors, and prints a line for each: an
// object a line with --json. Ends with the code of the worst: a file that can't
// be read, an error, a doubt.
absl::StatusOr<ExitCode> CheckMany(const std::vector<FoundFile>& files,
                                   Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_CHECK_MANY_H_
