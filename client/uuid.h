// Request ids (AIP-155).

#ifndef ANNALS_CLIENT_UUID_H_
#define ANNALS_CLIENT_UUID_H_

#include <string>

#include "ledger/clock.h"

namespace annals::client {

// A random UUID (RFC 9562, version 4) in its 36-character form.
std::string NewUuid(ledger::RandomSource* random);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_UUID_H_
