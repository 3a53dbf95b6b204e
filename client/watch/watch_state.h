// The file in which a watcher leaves where it is, for the next run:
//   annals-watch 1
//   filter {the filters}
//   next {the index at which to go on}
//   {empty line, and the signed checkpoint that was verified last, if any was}

#ifndef ANNALS_CLIENT_WATCH_WATCH_STATE_H_
#define ANNALS_CLIENT_WATCH_WATCH_STATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/file_io.h"

namespace annals::client {

struct WatchState {
  std::string filter;
  uint64_t next_index = 0;
  // Empty if nothing was verified.
  std::string note;
};

// nullopt if there is no file. FAILED_PRECONDITION with reason
// STATE_FILE_DAMAGED.
absl::StatusOr<std::optional<WatchState>> LoadWatchState(
    const std::string& path);

// Replaces the file, whole or not at all.
absl::Status SaveWatchState(const std::string& path, const WatchState& state,
                            ledger::Durability durability);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WATCH_WATCH_STATE_H_
