#include "client/tls.h"

#include <grpcpp/security/credentials.h>

#include "client/exit_code.h"
#include "client/files.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"

namespace annals::client {

absl::StatusOr<TlsPems> ReadTlsFiles(const TlsFileOptions& files) {
  TlsPems pems;
  if (files.IsEmpty()) return pems;
  if (files.authorities.empty()) {
    return UsageError(
        {"请用 --ca 给出服务器证书的签发机构，否则无从辨认服务器",
         "give --ca, the authority of the server's certificate; the server "
         "can't be known without it"});
  }
  if (files.certificate.empty() != files.private_key.empty()) {
    return UsageError({"--cert 与 --cert-key 须同时给出",
                       "--cert and --cert-key go together"});
  }
  ASSIGN_OR_RETURN(pems.authorities, ReadInput(files.authorities));
  if (files.certificate.empty()) return pems;
  ASSIGN_OR_RETURN(pems.certificate, ReadInput(files.certificate));
  RETURN_IF_ERROR(ledger::ReadSecretFile(files.private_key, &pems.private_key));
  return pems;
}

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(
    const TlsPems& pems) {
  if (pems.authorities.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = pems.authorities;
  options.pem_cert_chain = pems.certificate;
  options.pem_private_key = pems.private_key;
  return grpc::SslCredentials(options);
}

}  // namespace annals::client
