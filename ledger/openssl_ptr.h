// Owning pointers to OpenSSL's objects. Here only hash.cc, clock.cc and the
// signers know OpenSSL; of headers, evp_ed25519.h and evp_key.h, and
// service/tls/openssl_x509.h.

#ifndef ANNALS_LEDGER_OPENSSL_PTR_H_
#define ANNALS_LEDGER_OPENSSL_PTR_H_

#include <memory>

#include "openssl/bio.h"
#include "openssl/evp.h"

namespace annals::ledger {

// A deleter without state that calls `kFree`.
template <auto kFree>
struct OpensslDeleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpensslDeleter<BIO_free>>;
using EvpMdContextPtr =
    std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;
using EvpKeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_OPENSSL_PTR_H_
