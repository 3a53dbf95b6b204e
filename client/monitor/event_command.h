// A command that is run for an event.

#ifndef ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_
#define ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/stop_signal.h"
#include "ledger/clock.h"

namespace annals::client {

struct EventCommand {
  // For /bin/sh -c.
  std::string text;
  absl::Duration timeout = absl::Seconds(30);
};

// The reasons of a command that failed, and of one that took too long.
inline constexpr char kCommandFailedReason[] = "EVENT_COMMAND_FAILED";
inline constexpr char kCommandTimedOutReason[] = "EVENT_COMMAND_TIMED_OUT";

// What a command gets: bytes on its standard input, and variables beside those
// of this process.
struct CommandInput {
  std::string bytes;
  std::vector<std::pair<std::string, std::string>> variables;
};

// Runs the command with `input`, and its output on our standard error, and
// waits for its end. INTERNAL with reason EVENT_COMMAND_FAILED if it does not
// end with 0; DEADLINE_EXCEEDED with reason EVENT_COMMAND_TIMED_OUT; CANCELLED
// with reason INTERRUPTED if a signal came. In both cases its whole process
// group is ended.
absl::Status RunEventCommand(const EventCommand& command,
                             const CommandInput& input, ledger::Clock* clock,
                             StopSignal* stop);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_
