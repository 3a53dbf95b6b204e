// `annals submit --batch`: the reports of a directory, each for itself.

#ifndef ANNALS_CLIENT_COMMANDS_SUBMIT_MANY_H_
#define ANNALS_CLIENT_COMMANDS_SUBMIT_MANY_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/session.h"
#include "client/signing.h"

namespace annals::client {

struct BatchOptions {
  // Of files named CODE/YEAR.EXT or CODE/YEAR-regional.EXT.
  std::string directory;
  std::string reason;
  // Where to write what came of each file, an object of JSON a line; empty:
  // nowhere.
  std::string results;
  bool allow_doubtful = false;
  // With the key of the one agency whose reports they are.
  SigningOptions signing;
};

// Submits them all and prints a line for each. Done again, nothing is recorded
// twice; what was there with the same content counts as present. kOk if all are
// recorded; kBadInput if one is not; an error if the
// server can't be asked any more, or is not to be believed.
absl::StatusOr<ExitCode> SubmitMany(const BatchOptions& options,
                                    Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_SUBMIT_MANY_H_
