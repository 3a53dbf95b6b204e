// The limits of what a published file may hold and take, as options.

#ifndef ANNALS_CLIENT_IMPORT_LIMIT_OPTIONS_H_
#define ANNALS_CLIENT_IMPORT_LIMIT_OPTIONS_H_

#include "client/command_line.h"

namespace annals::client {

// Adds an option for each limit to a command that reads published files; they
// fill GlobalOptions::import_limits.
void AddImportLimitOptions(CommandLine* line, CLI::App* command);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_LIMIT_OPTIONS_H_
