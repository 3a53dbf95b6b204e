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

// The lists of a PEM text, in order; nullopt if one is damaged or cut off, if
// there is none, or anything else in PEM form.
std::optional<std::vector<X509CrlPtr>> ReadRevocationLists(
    absl::string_view pem);

// When the list ends; in the infinite future if it does not say.
absl::Time EndOfList(const X509_CRL* list);

// INVALID_ARGUMENT with reason CRL_SIGNATURE_FALSE if a list in the name of one
// of the authorities is signed by none of them with that name.
absl::Status RequireSignatures(const std::vector<X509CrlPtr>& lists,
                               const std::vector<X509Ptr>& authorities);

class RevocationLists {
 public:
  RevocationLists() = default;

  // INVALID_ARGUMENT with reason CRL_UNREADABLE if one says of no time.
  static absl::StatusOr<RevocationLists> Of(
      const std::vector<X509CrlPtr>& lists);

  // OK if these may take the place of those `before` at `now`. Of each
  // authority whose lists have changed: INVALID_ARGUMENT with reason
  // CRL_OUT_OF_TIME if none of them is in time, CRL_OLDER if the newest that is
  // in time was issued before the newest of those before.
  absl::Status MaySucceed(const RevocationLists& before, absl::Time now) const;

 private:
  struct List {
    absl::Time from;  // thisUpdate.
    absl::Time until;
    ledger::Hash sha256 = {};

    bool operator==(const List&) const = default;
  };
  struct Issuer {
    std::string name;
    std::vector<List> lists;  // By hash, so their order does not count.
  };

  // By the name's DER.
  std::map<std::string, Issuer> issuers_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_REVOCATION_LISTS_H_
