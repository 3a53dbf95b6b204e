// Where a report stands, not as the server says but as the entries prove.

#ifndef ANNALS_CLIENT_TRUST_PROVEN_LIFE_H_
#define ANNALS_CLIENT_TRUST_PROVEN_LIFE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "client/as_of.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"
#include "service/report/names.h"

namespace annals::client {

// The life of `report`. If anything is verified, every step, every revision and
// the policies are proved by their entries, and what they come to is computed
// anew from those alone: DATA_LOSS with reason ANSWER_MISMATCH if the server
// says otherwise, HISTORY_BROKEN if a step is missing among the others. That
// none came later, and which office governs, is the server's word.
absl::StatusOr<v1::Lifecycle> ReadLife(const report::ReportName& report,
                                       const AsOf& as_of, Session* session,
                                       LedgerTrust* trust);

// Says what ReadLife verified.
void TellLifeProved(const v1::Lifecycle& life, const LedgerTrust& trust);

// The policy that governs the reports of an agency. If anything is verified, it
// is proved by its entry.
absl::StatusOr<v1::Policy> ReadPolicy(const report::AgencyName& agency,
                                      const AsOf& as_of, Session* session,
                                      LedgerTrust* trust);

// The step that the entry `index` records, as an answer shows it.
// REQUIRES: trust->verifies().
absl::StatusOr<v1::LifecycleStep> ProveStep(uint64_t index, Session* session,
                                            LedgerTrust* trust);

// NOT_FOUND with reason NOT_IN_EFFECT if no revision is in effect.
absl::Status RequireInEffect(const v1::Lifecycle& life);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_PROVEN_LIFE_H_
