// The names by which contents are erased.

#ifndef ANNALS_CLIENT_ERASABLE_NAME_H_
#define ANNALS_CLIENT_ERASABLE_NAME_H_

#include <string>

#include "annals/v1/ledger_entry.pb.h"

namespace annals::client {

// What an erasure of the entry's content must name: a revision or a document;
// empty if the entry is of neither.
std::string ErasableName(const v1::LedgerEntry& entry);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ERASABLE_NAME_H_
