// A certificate that a peer proved to hold, and what this service reads in it.

#ifndef ANNALS_SERVICE_TLS_CERTIFICATE_H_
#define ANNALS_SERVICE_TLS_CERTIFICATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/hash.h"
#include "openssl/x509.h"
#include "service/tls/openssl_x509.h"

namespace annals {

struct PeerCertificate {
  // Of the subject, UTF-8; empty if it has none, or more than one.
  std::string common_name;
  // The URIs of the subject alternative name (RFC 5280 section 4.2.1.6).
  std::vector<std::string> uris;
  absl::Time not_before;
  absl::Time not_after;
  // SHA-256 of the certificate's DER: its fingerprint.
  ledger::Hash sha256 = {};
};

// INVALID_ARGUMENT with reason CERTIFICATE_UNREADABLE if it is none.
absl::StatusOr<absl::Time> ReadTime(const ASN1_TIME* time);

// The certificates of a PEM text, in order; other PEM blocks are left out.
// INVALID_ARGUMENT with reason CERTIFICATE_UNREADABLE if one is damaged or
// there is none.
absl::StatusOr<std::vector<X509Ptr>> ReadCertificates(absl::string_view pem);

// The SHA-256 of its DER. INVALID_ARGUMENT with reason
// CERTIFICATE_UNREADABLE.
absl::StatusOr<ledger::Hash> FingerprintOf(const X509* certificate);

// INVALID_ARGUMENT with reason CERTIFICATE_UNREADABLE if a part of it is not
// what X.509 asks for.
absl::StatusOr<PeerCertificate> DescribeCertificate(X509* certificate);

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_CERTIFICATE_H_
