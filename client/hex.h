// Hashes as a person compares them.

#ifndef ANNALS_CLIENT_HEX_H_
#define ANNALS_CLIENT_HEX_H_

#include <string>

#include "ledger/hash.h"

namespace annals::client {

// 64 digits, in lower case.
std::string HexOf(const ledger::Hash& hash);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_HEX_H_
