#include "service/call_admission.h"

#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "ledger/status_macros.h"
#include "service/peer_address.h"

namespace annals {

absl::StatusOr<AdmittedCaller> CallAdmission::Admit(
    const grpc::CallbackServerContext& context, CallKind kind,
    absl::FunctionRef<void(const CallerIdentity& caller)> identified) const {
  absl::StatusOr<CallerIdentity> identity = identities_->Identify(context);
  if (identity.ok()) identified(*identity);
  const bool is_proved =
      identity.ok() && identity->assurance == v1::ASSURANCE_CERTIFICATE;
  const std::string key =
      is_proved ? identity->subject : PeerAddress(context.peer());
  ASSIGN_OR_RETURN(CallerLimiter::Pass pass, limiter_->Enter(key, kind));
  if (!identity.ok()) return identity.status();
  return AdmittedCaller{*std::move(identity), absl::Hash<std::string>()(key),
                        std::move(pass)};
}

}  // namespace annals
