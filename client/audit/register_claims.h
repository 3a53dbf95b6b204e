// Whether what a server answers about one agency and its history is what the
// entries say.

#ifndef ANNALS_CLIENT_AUDIT_REGISTER_CLAIMS_H_
#define ANNALS_CLIENT_AUDIT_REGISTER_CLAIMS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/agency.pb.h"
#include "client/audit/audit_state.h"
#include "client/audit/newer_entries.h"
#include "client/connection.h"

namespace annals::client {

class RegisterClaims {
 public:
  // Not owned; all must outlive this.
  RegisterClaims(Connection* connection, const AuditState* state,
                 NewerEntries* newer)
      : connection_(*connection), state_(*state), newer_(*newer) {}

  // Compares GetAgency and ListAgencyChanges with the entries, but for what was
  // recorded since, which must be in a newer signed tree. DATA_LOSS with reason
  // AUDIT_INDEX, naming the agency.
  absl::Status Check(const std::string& agency, const AgencyFacts& facts) const;

 private:
  struct History {
    int32_t states = 0;
    ledger::Hash chain = {};
  };

  absl::Status CheckLatest(const std::string& agency,
                           const AgencyFacts& facts) const;
  // Of the states within the audited entries.
  absl::StatusOr<History> ReadHistory(const std::string& agency,
                                      const AgencyFacts& facts) const;

  Connection& connection_;
  const AuditState& state_;
  NewerEntries& newer_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_REGISTER_CLAIMS_H_
