// What `submit` and `correct` have in common: check on the server, show what
// the rules say, insist on acknowledgements, record once.

#ifndef ANNALS_CLIENT_COMMANDS_SUBMISSION_H_
#define ANNALS_CLIENT_COMMANDS_SUBMISSION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "client/command_line.h"
#include "client/session.h"
#include "client/signing.h"
#include "client/trust/ledger_trust.h"
#include "service/report/names.h"

namespace annals::client {

struct SubmissionOptions {
  std::string file;
  std::string agency;
  int year = 0;
  bool regional = false;
  std::string reason;
  std::vector<std::string> acknowledgements;  // RULE=REASON
  std::string request_id;
  bool allow_doubtful = false;
  std::string receipt;  // Where to write a receipt; empty for none.
  bool force = false;
  SigningOptions signing;
};

// `--sign` and `--openssl-provider`, on a command.
void AddSigningOptions(CommandLine* line, CLI::App* command,
                       SigningOptions* options);

// The options, on a command.
void AddSubmissionOptions(CommandLine* line, CLI::App* command,
                          SubmissionOptions* options);

// The report of the file, its scope set if `--regional`, and its name.
struct Submission {
  report::ReportName name;
  v1::SubmitRevisionRequest request;
};
absl::StatusOr<Submission> PrepareSubmission(const SubmissionOptions& options,
                                             Session* session);

// Who signs for the server's ledger, checked before anything is sent. With
// `--sign` or `--receipt`, a usage error if nothing can be verified: what is
// signed names the ledger. FILE_EXISTS if the receipt can't be written.
absl::StatusOr<LedgerTrust> TrustForSubmission(const SubmissionOptions& options,
                                               Session* session);

// Checks it, signs it if asked to, and records it. What was recorded is
// printed; errors of the rules end with kErrorFinding, warnings that are not
// acknowledged with kWarningsNotAcknowledged. With `--receipt`, writes the
// receipt, verified and found to be of what was submitted.
absl::StatusOr<ExitCode> CheckAndSubmit(Submission submission,
                                        const SubmissionOptions& options,
                                        Session* session, LedgerTrust* trust);

// `RULE=REASON`, or `RULE@FINGERPRINT=REASON` for one of several findings.
absl::StatusOr<v1::Acknowledgement> ParseAcknowledgement(
    const std::string& text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_SUBMISSION_H_
