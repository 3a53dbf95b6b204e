// Where a report stands, as the terminal shows it.

#ifndef ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_
#define ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_

#include "absl/status/status.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "client/as_of.h"
#include "client/session.h"
#include "client/text.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

// `latest revision 2 (compiled), in effect 1`.
Text StandingText(const v1::Lifecycle& life);

// The steps, oldest first, as a table; nothing if there are none.
void PrintSteps(const v1::Lifecycle& life, Session* session);

// What may be done next, under which conditions, and who must not do it: on the
// latest revision, and on the one that is in effect or was withdrawn, for which
// the policy is asked for. Nothing of who sees what is published only.
absl::Status PrintNextSteps(const v1::Lifecycle& life, const AsOf& as_of,
                            Session* session, LedgerTrust* trust);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_LIFE_PRINT_H_
