// --as-of and --as-of-size.

#ifndef ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_
#define ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/as_of.h"
#include "client/command_line.h"

namespace annals::client {

// As they are typed.
struct AsOfOptions {
  std::string time;
  uint64_t size = 0;
};

void AddAsOfOptions(CommandLine* line, CLI::App* command, AsOfOptions* options);

// INVALID_ARGUMENT if the time is none.
absl::StatusOr<AsOf> ReadAsOf(const AsOfOptions& options);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_
