// Ed25519 with a key of OpenSSL's, wherever it lies: a part of signer.cc,
// provider_signer.cc and key_pair.cc, which alone use it.

#ifndef ANNALS_LEDGER_EVP_ED25519_H_
#define ANNALS_LEDGER_EVP_ED25519_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/openssl_ptr.h"
#include "ledger/signer.h"

namespace annals::ledger {

bool IsEd25519(const EvpKeyPtr& key);
absl::StatusOr<Ed25519PublicKey> PublicKeyOf(const EvpKeyPtr& key);
absl::StatusOr<std::string> SignWith(const EvpKeyPtr& key,
                                     absl::string_view message);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_EVP_ED25519_H_
