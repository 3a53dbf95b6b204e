// Keys of OpenSSL's, whatever their algorithm, from where they are kept. A part
// of signer.cc, provider_signer.cc and key_pair.cc, which alone use it.

#ifndef ANNALS_LEDGER_EVP_KEY_H_
#define ANNALS_LEDGER_EVP_KEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/openssl_ptr.h"

namespace annals::ledger {

// INTERNAL with reason CRYPTO_LIBRARY_FAILED and what OpenSSL says: it failed
// to `en`. Its queue of errors is empty then; nothing of ours reads it.
absl::Status CryptoError(absl::string_view en, absl::string_view zh);

// Which keys are wanted, and how they are called in an error.
struct WantedKey {
  bool (*is_wanted)(const EvpKeyPtr& key) = nullptr;
  const char* name = "";
};

// The wanted key in the file `path`, and its preamble if asked for: key files
// are as of signer.h. Errors as of ReadSecretFile; DATA_LOSS with reason
// KEY_FILE_DAMAGED if it holds none.
absl::StatusOr<EvpKeyPtr> ReadKeyFile(const std::string& path,
                                      const WantedKey& wanted,
                                      std::string* preamble);

// As WriteNewSecretFile.
absl::Status WriteKeyFile(const EvpKeyPtr& key, const std::string& path,
                          absl::string_view preamble);

// The first wanted private key at `uri`; see LoadKeyByUri.
absl::StatusOr<EvpKeyPtr> OpenKeyUri(const std::string& uri,
                                     const std::string& provider,
                                     const WantedKey& wanted);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_EVP_KEY_H_
