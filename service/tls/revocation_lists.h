// What certificate revocation lists say of themselves (RFC 5280 section 5), and
// whether they may take the place of those before.
//
// A list that is out of date lets nobody in, and one that is older than another
// lets revoked certificates in again. So lists that are changed under a running
// server are held to more than those that it finds at its start.

#ifndef ANNALS_SERVICE_TLS_REVOCATION_LISTS_H_
#define ANNALS_SERVICE_TLS_REVOCATION_LISTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/hash.h"
#include "service/tls/openssl_x509.h"

namespace annals {

// A list that counts and lets nobody in.
struct OutOfTimeList {
  std::string authority;
  absl::Time from;
  absl::Time until;
};

// The lists that the service has. Of those of one kind, the newest that holds
// by now counts and no other, even if it has ended and an older one has not:
// the older one lets in who was revoked since. Of one kind are the lists of one
// authority, signed by the same key, for the same part of its certificates.
class RevocationLists {
 public:
  RevocationLists() = default;

  // INVALID_ARGUMENT with reason CRL_UNREADABLE if one says of no time.
  static absl::StatusOr<RevocationLists> Of(std::vector<X509CrlPtr> lists);

  // Those that count at `now`; of a kind of which none holds by then, the one
  // that will be the first. They live as long as this.
  std::vector<X509_CRL*> CountingAt(absl::Time now) const;

  // The next moment at which others count, or one that counts ends; in the
  // infinite future if there is none.
  absl::Time NextChange(absl::Time now) const;

  bool HasAnyOf(const X509_NAME* authority) const;

  // From when on no list in that name is in time, those that are to come
  // included; in the infinite past if there is none.
  absl::Time EndFor(const X509_NAME* authority, absl::Time now) const;

  // Of those in that name that count at `now`, the ones that have ended or do
  // not hold yet.
  std::vector<OutOfTimeList> OutOfTimeFor(const X509_NAME* authority,
                                          absl::Time now) const;

  // OK if these may take the place of those `before` at `now`. Of each
  // authority whose lists have changed: INVALID_ARGUMENT with reason
  // CRL_OUT_OF_TIME if none that counts is in time, CRL_OLDER if the newest
  // that counts was issued before the newest of those before.
  absl::Status MaySucceed(const RevocationLists& before, absl::Time now) const;

 private:
  struct List {
    X509CrlPtr list;
    absl::Time from;   // thisUpdate.
    absl::Time until;  // nextUpdate; the infinite future if it does not say.
    std::string
        number;  // cRLNumber, 20 bytes big-endian; of lists of a second.
    ledger::Hash sha256 = {};
  };
  // Oldest first.
  using Kind = std::vector<List>;
  struct Issuer {
    std::string name;
    // By what tells them apart.
    std::map<std::string, Kind> kinds;
  };

  static const List& Counting(const Kind& kind, absl::Time now);
  static bool AreSame(const Issuer& a, const Issuer& b);

  // By the name's DER.
  std::map<std::string, Issuer> issuers_;
};

// The lists of a PEM text, in order; nullopt if one is damaged or cut off, if
// there is none, or anything else in PEM form.
std::optional<std::vector<X509CrlPtr>> ReadRevocationLists(
    absl::string_view pem);

// INVALID_ARGUMENT with reason CRL_SIGNATURE_FALSE if a list in the name of one
// of the authorities is signed by none of them with that name; with reason
// CRL_REVOKES_AUTHORITY if it revokes that authority itself.
absl::Status RequireSignatures(const std::vector<X509CrlPtr>& lists,
                               const std::vector<X509Ptr>& authorities);

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_REVOCATION_LISTS_H_
