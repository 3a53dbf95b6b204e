// Whether what a server answers about steps and policies is what the entries
// say.

#ifndef ANNALS_CLIENT_AUDIT_LIFE_CLAIMS_H_
#define ANNALS_CLIENT_AUDIT_LIFE_CLAIMS_H_

#include <string>

#include "absl/status/status.h"
#include "client/audit/audit_state.h"
#include "client/connection.h"

namespace annals::client {

class LifeClaims {
 public:
  // Not owned; all must outlive this.
  LifeClaims(Connection* connection, const AuditState* state)
      : connection_(*connection), state_(*state) {}

  // Both are asked for as the ledger had them at the audited size.
  //
  // The steps of a report, if the entries have any. DATA_LOSS with reason
  // AUDIT_INDEX.
  absl::Status CheckSteps(const std::string& report) const;

  // The policy of every office that has set one. DATA_LOSS with reason
  // AUDIT_INDEX.
  absl::Status CheckPolicies() const;

 private:
  absl::Status CheckPolicy(const std::string& office,
                           const PolicyFacts& facts) const;

  Connection& connection_;
  const AuditState& state_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_LIFE_CLAIMS_H_
