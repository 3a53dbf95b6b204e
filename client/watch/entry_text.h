// An entry as a watcher shows it: to a person, and to a command.

#ifndef ANNALS_CLIENT_WATCH_ENTRY_TEXT_H_
#define ANNALS_CLIENT_WATCH_ENTRY_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "annals/v1/ledger_entry.pb.h"
#include "client/text.h"

namespace annals::client {

// One line, without newline: index, time, actor, what happened, why.
std::string EntryLine(const v1::LedgerEntry& entry, Language language);

// What a command is told of an entry beside its JSON: ANNALS_ENTRY_INDEX, _KIND
// (the words of `--kind`), _RECORDED_AT, _ACTOR, _AGENCY (the code), _YEAR,
// _REPORT and _REVISION; empty where the entry is about none. Not ANNALS_ACTOR
// and the like, which `annals` itself goes by.
std::vector<std::pair<std::string, std::string>> EntryVariables(
    const v1::LedgerEntry& entry);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WATCH_ENTRY_TEXT_H_
