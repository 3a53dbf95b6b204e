#include "ledger/evp_ed25519.h"

#include "ledger/evp_key.h"

namespace annals::ledger {

bool IsEd25519(const EvpKeyPtr& key) {
  return key != nullptr && EVP_PKEY_is_a(key.get(), "ED25519") == 1;
}

absl::StatusOr<Ed25519PublicKey> PublicKeyOf(const EvpKeyPtr& key) {
  Ed25519PublicKey bytes;
  size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) != 1 ||
      size != bytes.size()) {
    return CryptoError("derive the public key", "导出公钥");
  }
  return bytes;
}

absl::StatusOr<std::string> SignWith(const EvpKeyPtr& key,
                                     absl::string_view message) {
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureBytes, '\0');
  size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) !=
          1 ||
      EVP_DigestSign(context.get(),
                     reinterpret_cast<uint8_t*>(signature.data()), &size,
                     reinterpret_cast<const uint8_t*>(message.data()),
                     message.size()) != 1 ||
      size != kEd25519SignatureBytes) {
    return CryptoError("sign", "签名");
  }
  return signature;
}

}  // namespace annals::ledger
