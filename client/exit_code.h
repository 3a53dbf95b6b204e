// What `annals` says to the program that called it. The numbers are for good;
// `annals --help` lists them.

#ifndef ANNALS_CLIENT_EXIT_CODE_H_
#define ANNALS_CLIENT_EXIT_CODE_H_

#include <vector>

#include "absl/status/status.h"
#include "client/text.h"

namespace annals::client {

enum class ExitCode {
  kOk = 0,
  kInternal = 1,
  kUsage = 2,
  kDoubtfulImport = 3,
  kErrorFinding = 4,
  kWarningsNotAcknowledged = 5,
  kBadInput = 6,
  kUnavailable = 7,
  kVerificationFailed = 8,
  kNotFound = 9,
  kConflict = 10,
  kLedgerNotTrusted = 11,
  kUnexpectedRevision = 12,
  kLedgerSilent = 13,
  kCommandFailed = 14,
};

struct ExitCodeMeaning {
  ExitCode code = ExitCode::kOk;
  Text meaning;
};

// Every code, in the order of the numbers.
const std::vector<ExitCodeMeaning>& ExitCodeMeanings();

// The reason of an error in how the command was called.
inline constexpr char kUsageReason[] = "USAGE";

// An error that ends the command with ExitCode::kUsage.
absl::Status UsageError(const Text& text);

// The code for an error: by its reason where the reason has a code of its own,
// else by the canonical code.
ExitCode ExitCodeFor(const absl::Status& status);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_EXIT_CODE_H_
