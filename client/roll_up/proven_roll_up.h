// What an office's reports add up to, added up again from what was proved.

#ifndef ANNALS_CLIENT_ROLL_UP_PROVEN_ROLL_UP_H_
#define ANNALS_CLIENT_ROLL_UP_PROVEN_ROLL_UP_H_

#include "absl/status/statusor.h"
#include "annals/v1/supervision_service.pb.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

// The server's answer. If anything is verified, every revision in it is proved
// with its content, which is added up by the code that the server uses;
// DATA_LOSS with reason ROLL_UP_MISMATCH if a sum, a contribution or the draft
// is another. What stays the server's word is told: which agencies stand below
// the office, that these revisions are the latest, and that the others have
// none. ANSWER_MISMATCH if it answers something else than what was asked.
absl::StatusOr<v1::RollUpResponse> ReadRollUp(const v1::RollUpRequest& request,
                                              Session* session,
                                              LedgerTrust* trust);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ROLL_UP_PROVEN_ROLL_UP_H_
