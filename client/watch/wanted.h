// Which entries a watcher asked for.

#ifndef ANNALS_CLIENT_WATCH_WANTED_H_
#define ANNALS_CLIENT_WATCH_WANTED_H_

#include <string>

#include "absl/status/status.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"

namespace annals::client {

// Whether the request leaves entries out.
bool IsFiltered(const v1::WatchEntriesRequest& request);

// The filters, the same for requests that let the same through.
std::string FilterText(const v1::WatchEntriesRequest& request);

// OK if the request's filters let `entry` through, as far as the entry says;
// whether an agency is below the office that was asked for, the register says.
// Otherwise DATA_LOSS with reason ANSWER_MISMATCH.
absl::Status RequireWanted(const v1::LedgerEntry& entry,
                           const v1::WatchEntriesRequest& request);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WATCH_WANTED_H_
