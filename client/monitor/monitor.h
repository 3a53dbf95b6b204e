// Follows a ledger for good: checks every checkpoint and every entry, and
// reports what somebody should know.

#ifndef ANNALS_CLIENT_MONITOR_MONITOR_H_
#define ANNALS_CLIENT_MONITOR_MONITOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/audit/audit_state.h"
#include "client/audit/auditor.h"
#include "client/entry_stream.h"
#include "client/monitor/event_command.h"
#include "client/monitor/monitor_event.h"
#include "client/monitor/silence_timer.h"
#include "client/monitor/watch_list.h"
#include "client/session.h"
#include "client/stop_signal.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

struct MonitorOptions {
  WatchList watched;
  // Where the monitor leaves off (audit/state_file.h); empty: nowhere.
  std::string state;
  absl::Duration silence = absl::InfiniteDuration();
  // The checkpoint is checked at least so often, though nothing is recorded.
  absl::Duration interval = absl::Minutes(1);
  // Run for each event.
  std::optional<EventCommand> command;
  // Without a state, what was recorded before the start is checked and not
  // reported.
  bool only_new = false;
  // End when everything that is recorded is checked; with the first event.
  bool once = false;
  bool exit_on_event = false;
};

// Not thread-safe.
class Monitor {
 public:
  // Not owned: options and session, which must outlive this. To be made before
  // gRPC starts threads.
  Monitor(const MonitorOptions* options, LedgerTrust trust, Session* session);
  ~Monitor();

  // Until a signal comes, the ledger is accused, or the options end it. What
  // the reported events say (ExitCodeOf); an error if the monitor itself can't
  // go on.
  absl::StatusOr<ExitCode> Run();

 private:
  absl::Status Load();
  absl::StatusOr<ExitCode> Follow();
  absl::Status Advance();
  absl::Status RequireExtensionOfState();
  absl::Status ReadEntries();
  absl::Status Take(const FactsChunk& chunk);
  absl::Status Deliver();
  absl::Status AfterSuccess();
  absl::Status NoteUnreachable(const absl::Status& status);
  absl::StatusOr<ExitCode> Accuse(const absl::Status& failure);
  absl::Status ReportSilence();
  absl::Status Report(const MonitorEvent& event);
  absl::Status RunCommandFor(const std::string& line);
  void WaitForNews();
  bool AwaitEntry();
  bool Ends() const;
  void TellStart();
  void TellCaughtUp();

  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop_;
  const MonitorOptions& options_;
  LedgerTrust trust_;
  Session& session_;
  // What an earlier run left and is not compared with the server yet.
  std::optional<CheckedCheckpoint> older_;
  AuditState state_;
  // Of the entries that are not proved yet.
  AuditedBytes audited_;
  std::vector<MonitorEvent> pending_;
  // Entries before this one are not reported.
  std::optional<uint64_t> first_reported_;
  std::optional<SilenceTimer> silence_;
  bool caught_up_ = false;
  bool unreachable_ = false;
  // Waits since the last progress, which each make the next one longer.
  int idle_ = 0;
  uint64_t events_ = 0;
  // What the events so far say.
  ExitCode outcome_ = ExitCode::kOk;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_MONITOR_H_
