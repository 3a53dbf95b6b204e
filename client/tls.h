// The client's side of TLS: whom it trusts, and what it shows of itself.

#ifndef ANNALS_CLIENT_TLS_H_
#define ANNALS_CLIENT_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/profiles.h"

namespace grpc {
class ChannelCredentials;
}  // namespace grpc

namespace annals::client {

// PEM; empty where nothing was given.
struct TlsPems {
  std::string authorities;
  std::string certificate;
  std::string private_key;

  bool operator==(const TlsPems&) const = default;
};

// The contents of the files. A usage error if a certificate is given without
// its key, or without authorities by which to know the server; INVALID_ARGUMENT
// or NOT_FOUND, naming the file, if one can't be read; the key must be private
// to its owner.
absl::StatusOr<TlsPems> ReadTlsFiles(const TlsFileOptions& files);

// Without authorities, no TLS.
std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(
    const TlsPems& pems);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TLS_H_
