// Identities proved by client certificates.

#ifndef ANNALS_SERVICE_TLS_CERTIFICATE_IDENTITY_SOURCE_H_
#define ANNALS_SERVICE_TLS_CERTIFICATE_IDENTITY_SOURCE_H_

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "ledger/clock.h"
#include "ledger/hash.h"
#include "ledger/mutex.h"
#include "service/identity_source.h"
#include "service/tls/server_credentials.h"
#include "service/tls/tls_certificates.h"

namespace annals {

// Takes what the connection proved and nothing that the call says. A
// certificate is judged at each call, not only at the handshake: by its time at
// every call, by authorities and revocation lists whenever they change and at
// least once a minute.
class CertificateIdentitySource : public IdentitySource {
 public:
  // Neither is owned; both must outlive this. kOptional: a connection without a
  // certificate is the public's.
  CertificateIdentitySource(const TlsCertificates* certificates,
                            ClientCertificate client, ledger::Clock* clock)
      : certificates_(*certificates), client_(client), clock_(*clock) {}

  // UNAUTHENTICATED with reason CERTIFICATE_MISSING, CERTIFICATE_UNFIT (it
  // names no agency and role, or more than one), or as of PeerVerifier::Verify;
  // with the metadata kCertificateMetadata of the certificate that was refused.
  absl::StatusOr<CallerIdentity> Identify(
      const grpc::ServerContextBase& context) const override;

  // The same of a certificate chain in PEM form.
  absl::StatusOr<CallerIdentity> IdentifyChain(
      absl::string_view chain_pem) const;

 private:
  // Refusals are kept as well, shortly: judging costs more than asking.
  struct Judged {
    absl::StatusOr<CallerIdentity> caller;
    uint64_t generation = 0;
    absl::Time judged_at;
    absl::Time until;
  };

  Judged Judge(absl::string_view chain_pem, absl::Time now) const;
  absl::StatusOr<CallerIdentity> CallerOf(absl::string_view chain_pem,
                                          absl::Time now,
                                          absl::Time* until) const;

  const TlsCertificates& certificates_;
  const ClientCertificate client_;
  ledger::Clock& clock_;
  mutable Mutex mutex_;
  // By the SHA-256 of the chain.
  mutable absl::flat_hash_map<ledger::Hash, Judged> judged_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_CERTIFICATE_IDENTITY_SOURCE_H_
