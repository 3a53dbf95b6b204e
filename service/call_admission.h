// What is asked of each call before anything else is done with it: who makes
// it, and whether that caller has not taken too much already.

#ifndef ANNALS_SERVICE_CALL_ADMISSION_H_
#define ANNALS_SERVICE_CALL_ADMISSION_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "service/caller_limiter.h"
#include "service/identity.h"
#include "service/identity_source.h"

namespace annals {

struct AdmittedCaller {
  CallerIdentity identity;
  // Held as long as the call is under way.
  CallerLimiter::Pass pass;
};

struct Admission {
  // Of the caller, let in or not: where it takes turns with others.
  uint64_t lane = 0;
  // Errors as of CallAdmission::Admit.
  absl::StatusOr<AdmittedCaller> caller;
};

// Thread-safe. Does not block.
class CallAdmission {
 public:
  // Neither is owned; both must outlive this.
  CallAdmission(const IdentitySource* identities, CallerLimiter* limiter)
      : identities_(identities), limiter_(limiter) {}

  // As CallerLimiter::Enter and IdentitySource::Identify. Who proved who they
  // are is limited for themselves, everybody else by the address that the
  // connection comes from: without proof a name costs nothing. `identified`
  // hears who calls, let in or not, if that is known.
  Admission Admit(
      const grpc::CallbackServerContext& context, CallKind kind,
      size_t request_bytes,
      absl::FunctionRef<void(const CallerIdentity& caller)> identified) const;

 private:
  const IdentitySource* const identities_;
  CallerLimiter* const limiter_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CALL_ADMISSION_H_
