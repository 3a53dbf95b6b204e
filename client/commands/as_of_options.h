// --as-of and --as-of-size.

#ifndef ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_
#define ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/as_of.h"
#include "client/command_line.h"
#include "ledger/status_macros.h"

namespace annals::client {

// As they are typed.
struct AsOfOptions {
  std::string time;
  uint64_t size = 0;
};

void AddAsOfOptions(CommandLine* line, CLI::App* command, AsOfOptions* options);

// INVALID_ARGUMENT if the time is none.
absl::StatusOr<AsOf> ReadAsOf(const AsOfOptions& options);

// Puts them into a request that has `as_of` and `as_of_size`. As ReadAsOf.
template <typename Request>
absl::Status SetAsOf(const AsOfOptions& options, Request* request) {
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options));
  as_of.ApplyTo(request);
  return absl::OkStatus();
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_AS_OF_OPTIONS_H_
