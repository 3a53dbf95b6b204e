#include "ledger/signer.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/evp_ed25519.h"
#include "ledger/openssl_ptr.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"
#include "openssl/crypto.h"
#include "openssl/err.h"
#include "openssl/pem.h"

namespace annals::ledger {
namespace {

constexpr char kPemBegin[] = "-----BEGIN ";

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

absl::Status KeyFileDamaged(absl::string_view path) {
  return MakeError(
      absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED",
      {absl::StrCat("file ", path,
                    " holds no Ed25519 private key in unencrypted PKCS#8 PEM; "
                    "restore it from a copy"),
       absl::StrCat("文件 ", path,
                    " 中没有未加密的 PKCS#8 PEM 格式 Ed25519 私钥；"
                    "请从副本恢复")});
}

EvpKeyPtr ParsePem(absl::string_view pem) {
  const BioPtr source(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (source == nullptr) return nullptr;
  return EvpKeyPtr(
      PEM_read_bio_PrivateKey(source.get(), nullptr, NoPassword, nullptr));
}

absl::Status FalseSignature() {
  ERR_clear_error();
  return MakeError(absl::StatusCode::kDataLoss, "SIGNATURE_FALSE",
                   {"the signature is not the key's signature of these bytes; "
                    "keep both as evidence and ask their source",
                    "签名与密钥和内容不符；请保存二者作为证据并询问来源"});
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
  std::string pem;
  const absl::Cleanup cleanse = [&pem] { CleanseSecret(&pem); };
  RETURN_IF_ERROR(ReadSecretFile(path, &pem));
  EvpKeyPtr key = ParsePem(pem);
  ERR_clear_error();
  if (!IsEd25519(key)) return KeyFileDamaged(path);
  if (preamble != nullptr) *preamble = pem.substr(0, pem.find(kPemBegin));
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
  const BioPtr pem(BIO_new(BIO_s_secmem()));
  if (pem == nullptr ||
      BIO_write(pem.get(), preamble.data(),
                static_cast<int>(preamble.size())) !=
          static_cast<int>(preamble.size()) ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), impl_->key.get(), nullptr,
                                    nullptr, 0, nullptr, nullptr) != 1) {
    return CryptoError("write the key", "写出密钥");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &bytes);
  return WriteNewSecretFile(
      path, absl::string_view(bytes, static_cast<size_t>(size)));
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
    return FalseSignature();
  }
  return absl::OkStatus();
}

}  // namespace annals::ledger
