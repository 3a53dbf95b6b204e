#include "ledger/key_pair.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/evp_ed25519.h"
#include "ledger/evp_key.h"
#include "ledger/hash.h"
#include "ledger/signer.h"
#include "ledger/status_macros.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/err.h"
#include "openssl/param_build.h"

namespace annals::ledger {
namespace {

using BigNumberPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;
using KeyContextPtr =
    std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;

constexpr char kSm2[] = "SM2";
constexpr char kSm3[] = "SM3";
constexpr size_t kCoordinateBytes = 32;
constexpr uint8_t kUncompressedPoint = 0x04;

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

bool IsSm2(const EvpKeyPtr& key) {
  return key != nullptr && EVP_PKEY_is_a(key.get(), kSm2) == 1;
}

constexpr WantedKey kEither = {
    [](const EvpKeyPtr& key) { return IsEd25519(key) || IsSm2(key); },
    "Ed25519 / SM2"};

absl::Status PublicKeyInvalid(KeyAlgorithm algorithm) {
  ERR_clear_error();
  const absl::string_view name = KeyAlgorithmName(algorithm);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "PUBLIC_KEY_INVALID",
      {absl::StrCat("the bytes are no ", name,
                    " public key; copy it whole from its source"),
       absl::StrCat("这些字节不是 ", name, " 公钥；请从来源完整复制")});
}

EvpKeyPtr Sm2PublicKey(absl::string_view point) {
  // OpenSSL takes what it does not change by a pointer to non-const.
  std::string group = kSm2;
  std::string bytes(point);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                       group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(),
                                        bytes.size()),
      OSSL_PARAM_construct_end()};
  const KeyContextPtr context(
      EVP_PKEY_CTX_new_from_name(nullptr, kSm2, nullptr));
  EVP_PKEY* key = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) !=
          1) {
    return nullptr;
  }
  return EvpKeyPtr(key);
}

// Null if the bytes are no key.
EvpKeyPtr EvpPublicKey(const PublicKey& key) {
  if (key.algorithm == KeyAlgorithm::kEd25519) {
    if (key.bytes.size() != kEd25519PublicKeyBytes) return nullptr;
    return EvpKeyPtr(EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nullptr, Bytes(key.bytes), key.bytes.size()));
  }
  if (key.bytes.size() != kSm2PublicKeyBytes ||
      Bytes(key.bytes)[0] != kUncompressedPoint || key.sm2_id.empty()) {
    return nullptr;
  }
  return Sm2PublicKey(key.bytes);
}

// Appends one coordinate of the public key.
bool AppendCoordinate(const EvpKeyPtr& key, const char* name,
                      std::string* bytes) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &number) != 1) return false;
  const BigNumberPtr owned(number);
  uint8_t padded[kCoordinateBytes];
  if (BN_bn2binpad(number, padded, sizeof(padded)) !=
      static_cast<int>(sizeof(padded))) {
    return false;
  }
  bytes->append(padded, padded + sizeof(padded));
  return true;
}

absl::StatusOr<PublicKey> PublicPartOf(const EvpKeyPtr& key) {
  if (IsEd25519(key)) {
    ASSIGN_OR_RETURN(const Ed25519PublicKey bytes, PublicKeyOf(key));
    return PublicKey{KeyAlgorithm::kEd25519, std::string(AsStringView(bytes)),
                     ""};
  }
  PublicKey result = {KeyAlgorithm::kSm2,
                      std::string(1, static_cast<char>(kUncompressedPoint)),
                      std::string(kSm2DefaultId)};
  if (!AppendCoordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, &result.bytes) ||
      !AppendCoordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, &result.bytes)) {
    return CryptoError("derive the public key", "导出公钥");
  }
  return result;
}

// Sets the distinguishing id, which goes into the digest before the message.
bool SetSm2Id(EVP_PKEY_CTX* context, absl::string_view id) {
  return EVP_PKEY_CTX_set1_id(context, id.data(),
                              static_cast<int>(id.size())) == 1;
}

absl::StatusOr<std::string> SignSm2(const EvpKeyPtr& key, absl::string_view id,
                                    absl::string_view message) {
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;  // Owned by `context`.
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), &key_context, kSm3, nullptr, nullptr,
                            key.get(), nullptr) != 1 ||
      !SetSm2Id(key_context, id) ||
      EVP_DigestSignUpdate(context.get(), message.data(), message.size()) !=
          1) {
    return CryptoError("sign", "签名");
  }
  size_t size = 0;
  if (EVP_DigestSignFinal(context.get(), nullptr, &size) != 1) {
    return CryptoError("sign", "签名");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSignFinal(context.get(),
                          reinterpret_cast<uint8_t*>(signature.data()),
                          &size) != 1) {
    return CryptoError("sign", "签名");
  }
  signature.resize(size);
  return signature;
}

}  // namespace

absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kSm2 ? "SM2" : "Ed25519";
}

absl::Status ValidatePublicKey(const PublicKey& key) {
  return EvpPublicKey(key) == nullptr ? PublicKeyInvalid(key.algorithm)
                                      : absl::OkStatus();
}

absl::Status VerifySignature(const PublicKey& key, absl::string_view message,
                             absl::string_view signature) {
  const EvpKeyPtr public_key = EvpPublicKey(key);
  if (public_key == nullptr) return PublicKeyInvalid(key.algorithm);
  if (key.algorithm == KeyAlgorithm::kEd25519) {
    Ed25519PublicKey bytes;
    std::copy(key.bytes.begin(), key.bytes.end(), bytes.begin());
    return VerifyEd25519(bytes, message, signature);
  }
  const EvpMdContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;  // Owned by `context`.
  if (context == nullptr ||
      EVP_DigestVerifyInit_ex(context.get(), &key_context, kSm3, nullptr,
                              nullptr, public_key.get(), nullptr) != 1 ||
      !SetSm2Id(key_context, key.sm2_id) ||
      EVP_DigestVerifyUpdate(context.get(), message.data(), message.size()) !=
          1) {
    return CryptoError("take the public key", "读入公钥");
  }
  const int verdict =
      EVP_DigestVerifyFinal(context.get(), Bytes(signature), signature.size());
  ERR_clear_error();
  return verdict == 1 ? absl::OkStatus() : FalseSignature();
}

struct KeyPair::Key {
  EvpKeyPtr evp;
};

KeyPair::KeyPair(std::unique_ptr<Key> key, PublicKey public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

KeyPair::~KeyPair() = default;

absl::StatusOr<std::unique_ptr<KeyPair>> KeyPair::Wrap(
    std::unique_ptr<Key> key) {
  ASSIGN_OR_RETURN(PublicKey public_key, PublicPartOf(key->evp));
  return std::unique_ptr<KeyPair>(
      new KeyPair(std::move(key), std::move(public_key)));
}

absl::StatusOr<std::unique_ptr<KeyPair>> KeyPair::Generate(
    KeyAlgorithm algorithm) {
  EvpKeyPtr key(EVP_PKEY_Q_keygen(
      nullptr, nullptr, algorithm == KeyAlgorithm::kSm2 ? kSm2 : "ED25519"));
  if (key == nullptr) return CryptoError("make a key", "生成密钥");
  return Wrap(std::make_unique<Key>(Key{std::move(key)}));
}

absl::StatusOr<std::unique_ptr<KeyPair>> KeyPair::Load(const std::string& path,
                                                       std::string* preamble) {
  ASSIGN_OR_RETURN(EvpKeyPtr key, ReadKeyFile(path, kEither, preamble));
  return Wrap(std::make_unique<Key>(Key{std::move(key)}));
}

absl::StatusOr<std::unique_ptr<KeyPair>> KeyPair::LoadByUri(
    const std::string& uri, const std::string& provider) {
  ASSIGN_OR_RETURN(EvpKeyPtr key, OpenKeyUri(uri, provider, kEither));
  return Wrap(std::make_unique<Key>(Key{std::move(key)}));
}

absl::Status KeyPair::Save(const std::string& path,
                           absl::string_view preamble) const {
  return WriteKeyFile(key_->evp, path, preamble);
}

void KeyPair::set_sm2_id(absl::string_view id) {
  if (public_key_.algorithm == KeyAlgorithm::kSm2) {
    public_key_.sm2_id = std::string(id);
  }
}

absl::StatusOr<std::string> KeyPair::Sign(absl::string_view message) const {
  return public_key_.algorithm == KeyAlgorithm::kEd25519
             ? SignWith(key_->evp, message)
             : SignSm2(key_->evp, public_key_.sm2_id, message);
}

}  // namespace annals::ledger
