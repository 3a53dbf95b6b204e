// A command that is run for an event.

#ifndef ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_
#define ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/stop_signal.h"
#include "ledger/clock.h"

namespace annals::client {

struct EventCommand {
  // For /bin/sh -c.
  std::string text;
  absl::Duration timeout = absl::Seconds(30);
};

// Runs the command with `input` on its standard input, and its output on our
// standard error, and waits for its end. INTERNAL with reason
// EVENT_COMMAND_FAILED if it does not end with 0; DEADLINE_EXCEEDED with reason
// EVENT_COMMAND_TIMED_OUT; CANCELLED with reason INTERRUPTED if a signal came.
// In both cases its whole process group is ended.
absl::Status RunEventCommand(const EventCommand& command,
                             absl::string_view input, ledger::Clock* clock,
                             StopSignal* stop);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_EVENT_COMMAND_H_
