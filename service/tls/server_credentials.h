// TLS for gRPC's server, with certificates that change under it.

#ifndef ANNALS_SERVICE_TLS_SERVER_CREDENTIALS_H_
#define ANNALS_SERVICE_TLS_SERVER_CREDENTIALS_H_

#include <memory>

#include "grpcpp/security/server_credentials.h"
#include "service/tls/tls_certificates.h"

namespace annals {

// Whether a connection without a client certificate is let in.
enum class ClientCertificate { kRequired, kOptional };

// Each handshake is held with what `certificates` has then. Not owned; it must
// outlive every server with these credentials, and whoever builds a server must
// keep them as long as that.
std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(
    const TlsCertificates* certificates, ClientCertificate client);

// The lowest version of TLS that this process's servers and clients speak, 1.3
// unless `with_tls_1_2`. Call it before anything of gRPC.
void SetTlsVersions(bool with_tls_1_2);

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_SERVER_CREDENTIALS_H_
