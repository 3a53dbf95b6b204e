// How the keys of a pin are named to people.

#ifndef ANNALS_CLIENT_COMMANDS_PIN_PRINT_H_
#define ANNALS_CLIENT_COMMANDS_PIN_PRINT_H_

#include <string>

#include "client/trust/pin.h"

namespace annals::client {

// Those that sign the ledger's checkpoints, as vkeys begin, one of which is
// enough.
std::string KeyNames(const Pin& pin);

// Those of another algorithm, one of which must have signed as well, each after
// a space.
std::string SecondKeyNames(const Pin& pin);

// The agencies' keys, each with the day from which its agency must sign.
std::string AgencyKeyNames(const Pin& pin);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_PIN_PRINT_H_
