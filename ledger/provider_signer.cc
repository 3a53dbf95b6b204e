#include "ledger/provider_signer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/evp_ed25519.h"
#include "ledger/mutex.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"
#include "openssl/err.h"
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

std::string TakeOpensslError() {
  char detail[256];
  ERR_error_string_n(ERR_peek_last_error(), detail, sizeof(detail));
  ERR_clear_error();
  return detail;
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
absl::Status NotInStore(absl::string_view scheme) {
  const std::string detail = TakeOpensslError();
  return MakeError(
      absl::StatusCode::kNotFound, "KEY_NOT_IN_STORE",
      {absl::StrCat("OpenSSL finds no Ed25519 private key at the ", scheme,
                    ": URI (", detail,
                    "); check the URI, and that the provider for it is loaded"),
       absl::StrCat("OpenSSL 在该 ", scheme, ": URI 处没有找到 Ed25519 私钥（",
                    detail, "）；请核对 URI，并确认已加载相应的 provider")});
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

EvpKeyPtr FindPrivateKey(const std::string& uri) {
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
    if (IsEd25519(key)) return key;
  }
  return nullptr;
}

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
  absl::string_view path = uri;
  if (absl::ConsumePrefix(&path, "file:")) {
    absl::ConsumePrefix(&path, "//");
    RETURN_IF_ERROR(CheckSecretFile(std::string(path)));
  }
  RETURN_IF_ERROR(LoadProvider(provider));
  EvpKeyPtr key = FindPrivateKey(uri);
  if (key == nullptr) return NotInStore(uri.substr(0, uri.find(':')));
  ERR_clear_error();
  ASSIGN_OR_RETURN(const Ed25519PublicKey public_key, PublicKeyOf(key));
  return std::make_unique<ProviderSigner>(std::move(key), public_key);
}

}  // namespace annals::ledger
