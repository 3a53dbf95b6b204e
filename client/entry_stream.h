// A range of the ledger's entries, as the server streams them.

#ifndef ANNALS_CLIENT_ENTRY_STREAM_H_
#define ANNALS_CLIENT_ENTRY_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "client/connection.h"
#include "client/entry_stream_watchdog.h"
#include "client/retry.h"
#include "client/stop_signal.h"
#include "client/stubs.h"
#include "ledger/checkpoint.h"

namespace annals::client {

// A checkpoint whose signature was checked, and the note that carries it.
struct CheckedCheckpoint {
  ledger::Checkpoint checkpoint;
  std::string note;
};

// OK if the server proves that the tree of `older` is a prefix of that of
// `newer`. DATA_LOSS with reason LEDGER_ROLLED_BACK if the newer one is
// smaller, CONSISTENCY_NOT_PROVED otherwise.
absl::Status RequireConsistent(Connection* connection,
                               const ledger::Checkpoint& older,
                               const ledger::Checkpoint& newer);

struct EntryRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool include_content = true;
};

// Reads over interruptions of the connection. Not thread-safe.
class EntryStream {
 public:
  // None is owned; all must outlive this.
  EntryStream(Connection* connection, StopSignal* stop, const EntryRange& range)
      : connection_(*connection),
        stop_(*stop),
        range_(range),
        next_(range.begin),
        watchdog_(connection->retry().budget) {}
  ~EntryStream();

  // The next entry; nullopt at the end. DATA_LOSS with reason ANSWER_MISMATCH
  // if the server leaves one out or ends early; CANCELLED with reason
  // INTERRUPTED if a signal came; DEADLINE_EXCEEDED with reason SERVER_SILENT
  // if none comes within the time that a call may take, and then none on
  // another stream.
  absl::StatusOr<std::optional<v1::WatchEntriesResponse>> Next();

 private:
  void Open();
  Attempt Close();
  absl::Status Recover(const Attempt& end);
  absl::Status RecoverFromSilence();

  Connection& connection_;
  StopSignal& stop_;
  const EntryRange range_;
  uint64_t next_;
  // Of interruptions since the last entry.
  int attempts_ = 0;
  int silences_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEntriesResponse>> reader_;
  EntryStreamWatchdog watchdog_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ENTRY_STREAM_H_
