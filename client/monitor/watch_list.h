// Which entries a monitor reports.

#ifndef ANNALS_CLIENT_MONITOR_WATCH_LIST_H_
#define ANNALS_CLIENT_MONITOR_WATCH_LIST_H_

#include <optional>
#include <set>
#include <string>

#include "annals/v1/ledger_entry.pb.h"
#include "client/monitor/monitor_event.h"

namespace annals::client {

struct WatchList {
  // `agencies/CODE`; empty: all.
  std::set<std::string> agencies;
  // The subjects of the actors that may record anything of them; empty: all.
  std::set<std::string> actors;
};

// What to report of an entry: a revision of a watched agency, an erasure, a
// change of the agency, a step or a policy of it, by an actor that is expected
// or not; or what concerns everybody, a change of the ledger's key or the
// erasure of a source document. nullopt: nothing.
std::optional<MonitorEvent> EntryEvent(const v1::LedgerEntry& entry,
                                       const WatchList& watched);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_WATCH_LIST_H_
