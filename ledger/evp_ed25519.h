// Ed25519 with a key of OpenSSL's, wherever it lies: a part of signer.cc and
// provider_signer.cc, which alone use it.

#ifndef ANNALS_LEDGER_EVP_ED25519_H_
#define ANNALS_LEDGER_EVP_ED25519_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/openssl_ptr.h"
#include "ledger/signer.h"

namespace annals::ledger {

// INTERNAL with reason CRYPTO_LIBRARY_FAILED and what OpenSSL says: it failed
// to `en`. Its queue of errors is empty then; nothing of ours reads it.
absl::Status CryptoError(absl::string_view en, absl::string_view zh);

bool IsEd25519(const EvpKeyPtr& key);
absl::StatusOr<Ed25519PublicKey> PublicKeyOf(const EvpKeyPtr& key);
absl::StatusOr<std::string> SignWith(const EvpKeyPtr& key,
                                     absl::string_view message);

// Instead of asking for a password at the terminal.
int NoPassword(char* buffer, int size, int for_writing, void* data);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_EVP_ED25519_H_
