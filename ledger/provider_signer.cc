#include "ledger/provider_signer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "ledger/evp_ed25519.h"
#include "ledger/evp_key.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

class ProviderSigner final : public Signer {
 public:
  ProviderSigner(EvpKeyPtr key, const Ed25519PublicKey& public_key)
      : key_(std::move(key)), public_key_(public_key) {}

  absl::StatusOr<std::string> Sign(absl::string_view message) override {
    return SignWith(key_, message);
  }
  const Ed25519PublicKey& public_key() const override { return public_key_; }

 private:
  const EvpKeyPtr key_;
  const Ed25519PublicKey public_key_;
};

}  // namespace

// A scheme by RFC 3986, section 3.1.
bool IsKeyUri(absl::string_view source) {
  const size_t colon = source.find(':');
  if (colon == absl::string_view::npos || colon < 2) return false;
  const absl::string_view scheme = source.substr(0, colon);
  return absl::ascii_isalpha(scheme[0]) &&
         std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
         });
}

absl::StatusOr<std::unique_ptr<Signer>> LoadKeyByUri(
    const std::string& uri, const std::string& provider) {
  ASSIGN_OR_RETURN(EvpKeyPtr key,
                   OpenKeyUri(uri, provider, {IsEd25519, "Ed25519"}));
  ASSIGN_OR_RETURN(const Ed25519PublicKey public_key, PublicKeyOf(key));
  return std::make_unique<ProviderSigner>(std::move(key), public_key);
}

}  // namespace annals::ledger
