// Owning pointers to OpenSSL's certificates. Only service/tls knows them.

#ifndef ANNALS_SERVICE_TLS_OPENSSL_X509_H_
#define ANNALS_SERVICE_TLS_OPENSSL_X509_H_

#include <memory>

#include "openssl/bio.h"
#include "openssl/evp.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace annals {

template <auto kFree>
struct X509Deleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using X509Ptr = std::unique_ptr<X509, X509Deleter<X509_free>>;
using X509CrlPtr = std::unique_ptr<X509_CRL, X509Deleter<X509_CRL_free>>;
using X509StorePtr = std::unique_ptr<X509_STORE, X509Deleter<X509_STORE_free>>;
using X509StoreContextPtr =
    std::unique_ptr<X509_STORE_CTX, X509Deleter<X509_STORE_CTX_free>>;
using PemBioPtr = std::unique_ptr<BIO, X509Deleter<BIO_free_all>>;
using PrivateKeyPtr = std::unique_ptr<EVP_PKEY, X509Deleter<EVP_PKEY_free>>;

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_OPENSSL_X509_H_
