#include "ledger/evp_key.h"

#include <memory>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/mutex.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/provider.h"
#include "openssl/store.h"
#include "openssl/ui.h"

namespace annals::ledger {
namespace {

using StorePtr =
    std::unique_ptr<OSSL_STORE_CTX, OpensslDeleter<OSSL_STORE_close>>;
using StoreInfoPtr =
    std::unique_ptr<OSSL_STORE_INFO, OpensslDeleter<OSSL_STORE_INFO_free>>;
using UiMethodPtr =
    std::unique_ptr<UI_METHOD, OpensslDeleter<UI_destroy_method>>;

constexpr char kPemBegin[] = "-----BEGIN ";

// Instead of asking for a password at the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

std::string TakeOpensslError() {
  char detail[256];
  ERR_error_string_n(ERR_peek_last_error(), detail, sizeof(detail));
  ERR_clear_error();
  return detail;
}

absl::Status KeyFileDamaged(absl::string_view path, absl::string_view wanted) {
  return MakeError(
      absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED",
      {absl::StrCat("file ", path, " holds no ", wanted,
                    " private key in unencrypted PKCS#8 PEM; is it the right "
                    "file, not of TLS? If it is, restore it from a copy"),
       absl::StrCat("文件 ", path, " 中没有未加密的 PKCS#8 PEM 格式 ", wanted,
                    " 私钥；是否误用了 TLS 的私钥？文件若无误，请从副本恢复")});
}

absl::Status ProviderUnavailable(const std::string& provider) {
  const std::string detail = TakeOpensslError();
  return MakeError(
      absl::StatusCode::kUnavailable, "KEY_PROVIDER_UNAVAILABLE",
      {absl::StrCat("OpenSSL can't load the provider ", provider, " (", detail,
                    "); install it, or check its name and OPENSSL_MODULES"),
       absl::StrCat("OpenSSL 无法加载 provider ", provider, "（", detail,
                    "）；请安装它，或核对名称和 OPENSSL_MODULES")});
}

// The URI may hold a PIN, so it is not shown.
absl::Status NotInStore(absl::string_view scheme, absl::string_view wanted) {
  const std::string detail = TakeOpensslError();
  return MakeError(
      absl::StatusCode::kNotFound, "KEY_NOT_IN_STORE",
      {absl::StrCat("OpenSSL finds no ", wanted, " private key at the ", scheme,
                    ": URI (", detail,
                    "); check the URI, and that the provider for it is loaded"),
       absl::StrCat("OpenSSL 在该 ", scheme, ": URI 处没有找到 ", wanted,
                    " 私钥（", detail,
                    "）；请核对 URI，并确认已加载相应的 provider")});
}

// Once a provider is named, the default one is no longer loaded by itself.
// Neither is ever unloaded: keys need them.
absl::Status LoadProvider(const std::string& provider) {
  if (provider.empty()) return absl::OkStatus();
  // Held for good, so that a leak checker sees them as what they are.
  static auto* const kHeld = new std::vector<OSSL_PROVIDER*>();
  static Mutex held_mutex;
  for (const std::string& name : {std::string("default"), provider}) {
    OSSL_PROVIDER* const loaded = OSSL_PROVIDER_load(nullptr, name.c_str());
    if (loaded == nullptr) return ProviderUnavailable(name);
    MutexLock lock(&held_mutex);
    kHeld->push_back(loaded);
  }
  return absl::OkStatus();
}

EvpKeyPtr FindPrivateKey(const std::string& uri, const WantedKey& wanted) {
  const UiMethodPtr silent(UI_UTIL_wrap_read_pem_callback(NoPassword, 0));
  const StorePtr store(
      OSSL_STORE_open(uri.c_str(), silent.get(), nullptr, nullptr, nullptr));
  if (store == nullptr) return nullptr;
  OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY);
  while (OSSL_STORE_eof(store.get()) == 0) {
    const StoreInfoPtr info(OSSL_STORE_load(store.get()));
    if (info == nullptr) {
      // An error ends it, as otherwise it might never come to an end.
      if (OSSL_STORE_error(store.get()) != 0) return nullptr;
      continue;
    }
    if (OSSL_STORE_INFO_get_type(info.get()) != OSSL_STORE_INFO_PKEY) continue;
    EvpKeyPtr key(OSSL_STORE_INFO_get1_PKEY(info.get()));
    if (wanted.is_wanted(key)) return key;
  }
  return nullptr;
}

EvpKeyPtr ParsePem(absl::string_view pem) {
  const BioPtr source(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (source == nullptr) return nullptr;
  return EvpKeyPtr(
      PEM_read_bio_PrivateKey(source.get(), nullptr, NoPassword, nullptr));
}

}  // namespace

absl::Status CryptoError(absl::string_view en, absl::string_view zh) {
  char detail[256];
  ERR_error_string_n(ERR_get_error(), detail, sizeof(detail));
  ERR_clear_error();
  return MakeError(absl::StatusCode::kInternal, "CRYPTO_LIBRARY_FAILED",
                   {absl::StrCat("OpenSSL failed to ", en, " (", detail,
                                 "); check the installation of OpenSSL"),
                    absl::StrCat("OpenSSL 未能", zh, "（", detail,
                                 "）；请检查 OpenSSL 的安装")});
}

absl::StatusOr<EvpKeyPtr> ReadKeyFile(const std::string& path,
                                      const WantedKey& wanted,
                                      std::string* preamble) {
  std::string pem;
  const absl::Cleanup cleanse = [&pem] { CleanseSecret(&pem); };
  RETURN_IF_ERROR(ReadSecretFile(path, &pem));
  EvpKeyPtr key = ParsePem(pem);
  ERR_clear_error();
  if (!wanted.is_wanted(key)) return KeyFileDamaged(path, wanted.name);
  if (preamble != nullptr) *preamble = pem.substr(0, pem.find(kPemBegin));
  return key;
}

absl::Status WriteKeyFile(const EvpKeyPtr& key, const std::string& path,
                          absl::string_view preamble) {
  const BioPtr pem(BIO_new(BIO_s_secmem()));
  if (pem == nullptr ||
      BIO_write(pem.get(), preamble.data(),
                static_cast<int>(preamble.size())) !=
          static_cast<int>(preamble.size()) ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0,
                                    nullptr, nullptr) != 1) {
    return CryptoError("write the key", "写出密钥");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &bytes);
  return WriteNewSecretFile(
      path, absl::string_view(bytes, static_cast<size_t>(size)));
}

absl::StatusOr<EvpKeyPtr> OpenKeyUri(const std::string& uri,
                                     const std::string& provider,
                                     const WantedKey& wanted) {
  absl::string_view path = uri;
  if (absl::ConsumePrefix(&path, "file:")) {
    absl::ConsumePrefix(&path, "//");
    RETURN_IF_ERROR(CheckSecretFile(std::string(path)));
  }
  RETURN_IF_ERROR(LoadProvider(provider));
  EvpKeyPtr key = FindPrivateKey(uri, wanted);
  if (key == nullptr) {
    return NotInStore(uri.substr(0, uri.find(':')), wanted.name);
  }
  ERR_clear_error();
  return key;
}

}  // namespace annals::ledger
