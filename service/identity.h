// Who calls.

#ifndef ANNALS_SERVICE_IDENTITY_H_
#define ANNALS_SERVICE_IDENTITY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"

namespace annals {

// The longest name that a caller may give itself, in characters.
inline constexpr int kActorNameCharactersMax = 128;

struct CallerIdentity {
  // Such as "local:zhang". Request ids belong to it.
  std::string subject;
  v1::Assurance assurance = v1::ASSURANCE_UNSPECIFIED;
};

// A caller that does not say who it is.
CallerIdentity AnonymousCaller();

// A caller that names itself. `percent_encoded` is UTF-8 with every byte that
// is not printable ASCII, and '%', as %XX (RFC 3986), because gRPC metadata are
// ASCII. INVALID_ARGUMENT with reason INVALID_ACTOR if the name is blank, too
// long, no UTF-8, or has control characters or such as reorder others.
absl::StatusOr<CallerIdentity> SelfDeclaredCaller(
    absl::string_view percent_encoded);

}  // namespace annals

#endif  // ANNALS_SERVICE_IDENTITY_H_
