// Who calls.

#ifndef ANNALS_SERVICE_IDENTITY_H_
#define ANNALS_SERVICE_IDENTITY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_entry.pb.h"

namespace annals {

// The metadata of an error that refuses a certificate: its SHA-256, in
// hexadecimal.
inline constexpr char kCertificateMetadata[] = "certificateSha256";
// The same of whom it names, if an authority of the server has issued it.
inline constexpr char kCallerMetadata[] = "caller";

// The longest name that a caller may give itself, in characters.
inline constexpr int kActorNameCharactersMax = 128;

// What a caller with a certificate may be.
enum class Role {
  kSubmitter,  // Files its own agency's reports.
  kReviewer,   // Acts on the reports of the agencies below its office.
  kArchivist,  // Records what was published.
  kAuditor,    // Reads everything.
  kOperator,   // Keeps the register.
  kPublic,     // Nobody in particular: without a certificate.
};
inline constexpr int kRoleCount = 6;

// As it stands in a certificate, such as "submitter".
absl::string_view RoleName(Role role);

struct CallerIdentity {
  // Such as "local:zhang". Request ids belong to it.
  std::string subject;
  v1::Assurance assurance = v1::ASSURANCE_UNSPECIFIED;
  // None on a connection that proves nothing, where every call is allowed.
  std::optional<Role> role;
  // The unified social credit code; empty without a certificate.
  std::string agency_code;
  // SHA-256 of the certificate, 32 bytes; empty without one.
  std::string certificate_sha256;
};

// What the ledger records of it.
v1::Actor ActorOf(const CallerIdentity& caller);

// A caller that does not say who it is.
CallerIdentity AnonymousCaller();

// A caller that names itself. `percent_encoded` is UTF-8 with every byte that
// is not printable ASCII, and '%', as %XX (RFC 3986), because gRPC metadata are
// ASCII. INVALID_ARGUMENT with reason INVALID_ACTOR if the name is blank, too
// long, no UTF-8, or has control characters or such as reorder others.
absl::StatusOr<CallerIdentity> SelfDeclaredCaller(
    absl::string_view percent_encoded);

// A caller who proved to hold a certificate whose only URI is
// `annals://agency/CODE/ROLE`. The common name tells persons of one agency and
// role apart; their subject is `annals://agency/CODE/ROLE#NAME`. So it has
// nothing that is not seen, no white space but single spaces between words, and
// no '#'. UNAUTHENTICATED with reason CERTIFICATE_UNFIT if it is none such.
absl::StatusOr<CallerIdentity> CertifiedCaller(
    const std::vector<std::string>& uris, absl::string_view common_name,
    std::string certificate_sha256);

// A caller without a certificate where certificates count.
CallerIdentity PublicCaller();

}  // namespace annals

#endif  // ANNALS_SERVICE_IDENTITY_H_
