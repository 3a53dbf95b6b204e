#include "service/tls/server_credentials.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "grpc/grpc.h"
#include "grpc/grpc_security.h"

namespace annals {
namespace {

// gRPC 1.51 has no setting for the lowest version, only one for the ciphers of
// TLS 1.2. A cipher for which both sides would have to share a secret
// beforehand can never be agreed on, which leaves 1.3.
constexpr char kCiphersVariable[] = "GRPC_SSL_CIPHER_SUITES";
constexpr char kNoCipherOfTls12[] = "PSK-AES256-GCM-SHA384";

class TlsServerCredentials final : public grpc::ServerCredentials {
 public:
  TlsServerCredentials(const TlsCertificates* certificates,
                       ClientCertificate client)
      : certificates_(*certificates), client_(client) {}

  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    grpc_server_credentials* const credentials =
        grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                client_ == ClientCertificate::kRequired
                    ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                    : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY,
                &TlsServerCredentials::Fetch, this));
    const int port =
        grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  // Called at the start and before each handshake, one at a time.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    auto* const credentials = static_cast<TlsServerCredentials*>(self);
    const TlsCertificates::Current current =
        credentials->certificates_.current();
    if (credentials->given_.exchange(current.generation) ==
        current.generation) {
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    }
    const TlsBytes& bytes = current.identity->bytes;
    const grpc_ssl_pem_key_cert_pair pair = {bytes.private_key.c_str(),
                                             bytes.certificate.c_str()};
    *config = grpc_ssl_server_certificate_config_create(
        bytes.client_authorities.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const TlsCertificates& certificates_;
  const ClientCertificate client_;
  // The generation that gRPC has.
  std::atomic<uint64_t> given_ = 0;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(
    const TlsCertificates* certificates, ClientCertificate client) {
  return std::make_shared<TlsServerCredentials>(certificates, client);
}

void SetTlsVersions(bool with_tls_1_2) {
  if (with_tls_1_2) return;
  setenv(kCiphersVariable, kNoCipherOfTls12, /*overwrite=*/1);
}

}  // namespace annals
