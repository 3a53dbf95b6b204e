// Whether a client's certificate is to be believed now: its chain ends at one
// of the trusted authorities, it is within its time, meant for clients, and not
// revoked (RFC 5280 section 6).

#ifndef ANNALS_SERVICE_TLS_PEER_VERIFIER_H_
#define ANNALS_SERVICE_TLS_PEER_VERIFIER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/tls/certificate.h"
#include "service/tls/openssl_x509.h"
#include "service/tls/revocation_lists.h"

namespace annals {

// A certificate revocation list.
struct CrlFile {
  std::string path;
  std::string pem;

  bool operator==(const CrlFile&) const = default;
};

struct VerifiedPeer {
  PeerCertificate certificate;
  // Before this moment time alone changes nothing: when the first certificate
  // of the chain or a revocation list ends, or another list counts.
  absl::Time until;
};

// Thread-safe.
class PeerVerifier {
 public:
  // `authorities`: the trusted certificates. `crl_files`: each with one list
  // or more; nullptr, and revocation is not looked at. INVALID_ARGUMENT with
  // reason CRL_UNREADABLE, naming the file, CRL_SIGNATURE_FALSE or, if an
  // authority has no list, CRL_MISSING.
  static absl::StatusOr<std::unique_ptr<const PeerVerifier>> Create(
      const std::vector<X509Ptr>& authorities,
      const std::vector<CrlFile>* crl_files);

  // What the first certificate of `chain_pem` says, if it is to be believed at
  // `now`; the others may lead to an authority. UNAUTHENTICATED with reason
  // CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID, CERTIFICATE_REVOKED or
  // CERTIFICATE_NOT_VERIFIED; UNAVAILABLE with REVOCATION_LIST_EXPIRED or
  // REVOCATION_LIST_NOT_YET_VALID if the authority's list is out of time, which
  // verifies nobody.
  absl::StatusOr<VerifiedPeer> Verify(absl::string_view chain_pem,
                                      absl::Time now) const;

  // When the first authority is left without a list that is in time, and its
  // certificates are verified no more, as it looks at `now`; in the infinite
  // future if revocation is not looked at, or lists say of no end.
  absl::Time crls_expire(absl::Time now) const;

  // Those that verify nobody at `now`, though their authority is trusted.
  std::vector<OutOfTimeList> ListsOutOfTime(absl::Time now) const;

  // The lists; none if revocation is not looked at.
  const RevocationLists& lists() const { return lists_; }

 private:
  PeerVerifier(X509StorePtr store, std::vector<X509Ptr> listed,
               RevocationLists lists)
      : store_(std::move(store)),
        listed_(std::move(listed)),
        lists_(std::move(lists)) {}

  const X509StorePtr store_;
  // The authorities, if revocation is looked at.
  const std::vector<X509Ptr> listed_;
  const RevocationLists lists_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_PEER_VERIFIER_H_
