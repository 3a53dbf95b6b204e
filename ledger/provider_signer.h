// Keys that OpenSSL finds by a URI (OSSL_STORE), such as one in a PKCS#11 token
// through a provider. The key need not be readable: it only signs.

#ifndef ANNALS_LEDGER_PROVIDER_SIGNER_H_
#define ANNALS_LEDGER_PROVIDER_SIGNER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/signer.h"

namespace annals::ledger {

// Whether it is a URI, such as file:/etc/annals/key.pem or
// pkcs11:object=annals, rather than a path.
bool IsKeyUri(absl::string_view source);

// The one Ed25519 private key at `uri`. `provider` names a provider of OpenSSL
// to load first, beside the default one; none if empty. Nobody is asked for a
// password: what needs one has it in the URI or in the provider's settings.
//   UNAVAILABLE, KEY_PROVIDER_UNAVAILABLE: the provider can't be loaded;
//   NOT_FOUND, KEY_NOT_IN_STORE: there is no Ed25519 private key;
//   as CheckSecretFile for a file: URI.
absl::StatusOr<std::unique_ptr<Signer>> LoadKeyByUri(
    const std::string& uri, const std::string& provider);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_PROVIDER_SIGNER_H_
