// What a monitor reports: one line of JSON each.

#ifndef ANNALS_CLIENT_MONITOR_MONITOR_EVENT_H_
#define ANNALS_CLIENT_MONITOR_MONITOR_EVENT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/exit_code.h"
#include "client/text.h"

namespace annals::client {

enum class MonitorEventKind {
  kRevision,
  kUnexpectedRevision,
  kErasure,
  kUnexpectedErasure,
  kAgencyChange,
  kUnexpectedAgencyChange,
  kStep,
  kUnexpectedStep,
  kPolicy,
  kUnexpectedPolicy,
  kKeyChanged,
  kRollback,
  kFork,
  kOtherKey,
  // The checkpoint can't be trusted for another reason.
  kNotTrusted,
  // Entries do not prove.
  kDamagedEntry,
  kSilence,
  kUnreachable,
  kReachable,
};

struct MonitorEvent {
  MonitorEventKind kind = MonitorEventKind::kRevision;
  Text message;
  // What there is to say of this event, by name.
  std::vector<std::pair<std::string, std::string>> details;
};

// The word for the kind in JSON, such as `unexpected_revision`.
absl::string_view EventName(MonitorEventKind kind);

// How a command ends that reported an event of the kind and nothing else; kOk
// for what needs nobody's attention.
ExitCode ExitCodeOf(MonitorEventKind kind);

// True if the failure accuses the ledger: it can't be trusted, or its entries
// do not prove.
bool IsAccusation(const absl::Status& failure);

// REQUIRES: IsAccusation(failure).
MonitorEvent AccusationEvent(const absl::Status& failure);

// Where and when an event was noticed.
struct EventContext {
  std::string server;
  std::string origin;
  absl::Time time;
  Language language = Language::kZh;
};

// The event as a JSON object in one line, without newline.
absl::StatusOr<std::string> EventLine(const MonitorEvent& event,
                                      const EventContext& context);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_MONITOR_EVENT_H_
