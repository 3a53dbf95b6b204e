// Owning pointers to OpenSSL's certificates. Only service/tls knows them.

#ifndef ANNALS_SERVICE_TLS_OPENSSL_X509_H_
#define ANNALS_SERVICE_TLS_OPENSSL_X509_H_

#include <memory>

#include "ledger/openssl_ptr.h"
#include "openssl/bio.h"
#include "openssl/evp.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace annals {

using X509Ptr = std::unique_ptr<X509, ledger::OpensslDeleter<X509_free>>;
using X509CrlPtr =
    std::unique_ptr<X509_CRL, ledger::OpensslDeleter<X509_CRL_free>>;
using X509StorePtr =
    std::unique_ptr<X509_STORE, ledger::OpensslDeleter<X509_STORE_free>>;
using X509StoreContextPtr =
    std::unique_ptr<X509_STORE_CTX,
                    ledger::OpensslDeleter<X509_STORE_CTX_free>>;
using PemBioPtr = std::unique_ptr<BIO, ledger::OpensslDeleter<BIO_free_all>>;
using PrivateKeyPtr =
    std::unique_ptr<EVP_PKEY, ledger::OpensslDeleter<EVP_PKEY_free>>;

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_OPENSSL_X509_H_
