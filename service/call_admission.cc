#include "service/call_admission.h"

#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "service/peer_address.h"

namespace annals {

Admission CallAdmission::Admit(
    const grpc::CallbackServerContext& context, CallKind kind,
    size_t request_bytes,
    absl::FunctionRef<void(const CallerIdentity& caller)> identified) const {
  absl::StatusOr<CallerIdentity> identity = identities_->Identify(context);
  if (identity.ok()) identified(*identity);
  const bool is_proved =
      identity.ok() && identity->assurance == v1::ASSURANCE_CERTIFICATE;
  const std::string key =
      is_proved ? identity->subject : PeerAddress(context.peer());
  const uint64_t lane = absl::Hash<std::string>()(key);
  absl::StatusOr<CallerLimiter::Pass> pass =
      limiter_->Enter(key, kind, request_bytes);
  if (!pass.ok()) return {lane, pass.status()};
  if (!identity.ok()) return {lane, identity.status()};
  return {lane, AdmittedCaller{*std::move(identity), *std::move(pass)}};
}

}  // namespace annals
