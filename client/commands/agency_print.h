// An agency of the register, checked and printed.

#ifndef ANNALS_CLIENT_COMMANDS_AGENCY_PRINT_H_
#define ANNALS_CLIENT_COMMANDS_AGENCY_PRINT_H_

#include <string>

#include "absl/status/status.h"
#include "annals/v1/agency.pb.h"
#include "client/command_line.h"
#include "client/session.h"

namespace annals::client {

// A line a field, or as JSON.
absl::Status PrintAgency(const v1::Agency& agency, Session* session);

// The official label of one of its fields.
std::string AgencyFieldLabel(const std::string& field, Language language);

// OK if `agency` is `name`. Otherwise DATA_LOSS with reason ANSWER_MISMATCH.
absl::Status RequireAgency(const v1::Agency& agency, const std::string& name);

// `annals agency update` and `annals agency history`.
void AddAgencyChangeCommands(CommandLine* line, CLI::App* parent);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_AGENCY_PRINT_H_
