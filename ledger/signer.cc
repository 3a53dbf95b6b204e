#include "ledger/signer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/evp_ed25519.h"
#include "ledger/evp_key.h"
#include "ledger/openssl_ptr.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"

namespace annals::ledger {
namespace {

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

struct Ed25519Signer::Impl {
  EvpKeyPtr key;
  Ed25519PublicKey public_key;

  static absl::StatusOr<std::unique_ptr<Ed25519Signer>> Wrap(EvpKeyPtr key) {
    ASSIGN_OR_RETURN(const Ed25519PublicKey public_key, PublicKeyOf(key));
    auto impl = std::make_unique<Impl>(Impl{std::move(key), public_key});
    // make_unique cannot reach the private constructor.
    struct Constructible : Ed25519Signer {
      explicit Constructible(std::unique_ptr<Impl> impl)
          : Ed25519Signer(std::move(impl)) {}
    };
    return std::make_unique<Constructible>(std::move(impl));
  }
};

Ed25519Signer::Ed25519Signer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Ed25519Signer::~Ed25519Signer() = default;

absl::StatusOr<std::unique_ptr<Ed25519Signer>> Ed25519Signer::Generate() {
  EvpKeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (key == nullptr) return CryptoError("make a key", "生成密钥");
  return Impl::Wrap(std::move(key));
}

absl::StatusOr<std::unique_ptr<Ed25519Signer>> Ed25519Signer::Load(
    const std::string& path, std::string* preamble) {
  ASSIGN_OR_RETURN(EvpKeyPtr key,
                   ReadKeyFile(path, {IsEd25519, "Ed25519"}, preamble));
  return Impl::Wrap(std::move(key));
}

absl::StatusOr<std::unique_ptr<Ed25519Signer>> Ed25519Signer::FromSeed(
    absl::string_view seed) {
  if (seed.size() != kEd25519SeedBytes) {
    return MakeError(absl::StatusCode::kInvalidArgument, "SEED_LENGTH_WRONG",
                     {absl::StrCat("an Ed25519 seed has ", kEd25519SeedBytes,
                                   " bytes, not ", seed.size()),
                      absl::StrCat("Ed25519 种子应为 ", kEd25519SeedBytes,
                                   " 字节，而不是 ", seed.size(), " 字节")});
  }
  EvpKeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                             Bytes(seed), seed.size()));
  if (key == nullptr) return CryptoError("take the seed", "读入种子");
  return Impl::Wrap(std::move(key));
}

absl::Status Ed25519Signer::Save(const std::string& path,
                                 absl::string_view preamble) const {
  return WriteKeyFile(impl_->key, path, preamble);
}

absl::Status Ed25519Signer::ReadSeed(std::string* seed) const {
  seed->resize(kEd25519SeedBytes);
  size_t size = seed->size();
  if (EVP_PKEY_get_raw_private_key(impl_->key.get(),
                                   reinterpret_cast<uint8_t*>(seed->data()),
                                   &size) != 1 ||
      size != kEd25519SeedBytes) {
    return CryptoError("read the seed", "读出种子");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Ed25519Signer::Sign(absl::string_view message) {
  return SignWith(impl_->key, message);
}

const Ed25519PublicKey& Ed25519Signer::public_key() const {
  return impl_->public_key;
}

absl::Status FalseSignature() {
  return MakeError(absl::StatusCode::kDataLoss, "SIGNATURE_FALSE",
                   {"the signature is not the key's signature of these bytes; "
                    "keep both as evidence and ask their source",
                    "签名与密钥和内容不符；请保存二者作为证据并询问来源"});
}

absl::Status VerifyEd25519(const Ed25519PublicKey& key,
                           absl::string_view message,
                           absl::string_view signature) {
  if (signature.size() != kEd25519SignatureBytes) return FalseSignature();
  const EvpKeyPtr public_key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  if (public_key == nullptr || context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                           public_key.get()) != 1) {
    return CryptoError("take the public key", "读入公钥");
  }
  // Anything else than 1 is false: 0 for a wrong signature or key, below 0 for
  // bytes that are no signature at all.
  if (EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                       Bytes(message), message.size()) != 1) {
    ERR_clear_error();
    return FalseSignature();
  }
  return absl::OkStatus();
}

}  // namespace annals::ledger
