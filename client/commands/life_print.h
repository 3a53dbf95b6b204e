// Where a report stands, as the terminal shows it.

#ifndef ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_
#define ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_

#include "annals/v1/lifecycle_service.pb.h"
#include "client/session.h"
#include "client/text.h"

namespace annals::client {

// `latest revision 2 (compiled), in effect 1`.
Text StandingText(const v1::Lifecycle& life);

// The steps, oldest first, as a table; nothing if there are none.
void PrintSteps(const v1::Lifecycle& life, Session* session);

// What may be done next on the latest revision, under which conditions, and who
// must not do it.
void PrintNextSteps(const v1::Lifecycle& life, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_
