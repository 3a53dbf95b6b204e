// Follows a ledger for good, or a part of it, and delivers each entry once it
// is proved.

#ifndef ANNALS_CLIENT_WATCH_WATCHER_H_
#define ANNALS_CLIENT_WATCH_WATCHER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "client/entry_stream.h"
#include "client/entry_stream_watchdog.h"
#include "client/monitor/event_command.h"
#include "client/session.h"
#include "client/stop_signal.h"
#include "client/trust/ledger_trust.h"
#include "ledger/file_io.h"

namespace annals::client {

struct WatchOptions {
  // The filters and the heartbeats; and where to begin without a state.
  v1::WatchEntriesRequest request;
  // End after so many entries; 0: never.
  uint64_t count = 0;
  // Where the watcher leaves off (watch_state.h); empty: nowhere.
  std::string state;
  // Run for each entry.
  std::optional<EventCommand> command;
};

// Delivers each entry at least once: one whose command failed, or was under way
// when the watcher was ended, is delivered again. Not thread-safe.
class Watcher {
 public:
  // Not owned: options and session, which must outlive this. To be made before
  // gRPC starts threads.
  Watcher(const WatchOptions* options, LedgerTrust trust, Session* session);
  ~Watcher();

  // Until a signal comes, the entries are counted out, a command fails
  // (event_command.h), the server refuses a stream from the start, or what the
  // server sends is not what was asked for: DATA_LOSS with reason WATCH_GAP,
  // ANSWER_MISMATCH or INCLUSION_NOT_PROVED.
  absl::Status Run();

 private:
  bool IsDone() const;
  absl::Status LoadState();
  absl::Status Connect();
  absl::Status CheckTrust();
  // Until the stream ends; `retry_delay` is how long the server asks to wait
  // before another one.
  absl::Status Follow(absl::Duration* retry_delay);
  absl::Status Take(const v1::WatchEntriesResponse& response);
  absl::Status TakeHeartbeat(const v1::Heartbeat& heartbeat);
  absl::Status Prove(uint64_t index, const std::string& leaf);
  absl::StatusOr<ledger::Checkpoint> WitnessedCovering(uint64_t index);
  absl::Status Deliver(const v1::LedgerEntry& entry);
  // What lies before `next` is done.
  absl::Status Advance(uint64_t next);
  // Whether the server refuses another stream of this caller, as it did before
  // anything came, and is not to be asked again.
  bool IsRefused(const absl::Status& status, int attempt,
                 absl::Time deadline) const;
  void TellBegin();
  void TellInterrupted(const absl::Status& status, absl::Duration wait);

  // First: its signal mask must be set before gRPC starts threads.
  StopSignal stop_;
  const WatchOptions& options_;
  // Entries may be left out: by the filters, or because the server shows what
  // is published.
  bool is_filtered_;
  bool published_only_ = false;
  Session& session_;
  LedgerTrust trust_;
  EntryStreamWatchdog watchdog_;
  // While this runs no other watcher uses the state.
  std::optional<ledger::FileLock> lock_;
  // What an earlier run left and is not compared with the server yet.
  std::optional<CheckedCheckpoint> older_;
  bool told_ = false;
  bool received_ = false;
  uint64_t next_ = 0;
  uint64_t delivered_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WATCH_WATCHER_H_
