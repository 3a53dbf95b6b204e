// Whether the files of TLS can work at all, before a server is asked: gRPC says
// of files that do not fit no more than that the server can't be reached.

#ifndef ANNALS_CLIENT_CERTIFICATE_CHECK_H_
#define ANNALS_CLIENT_CERTIFICATE_CHECK_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/profiles.h"
#include "client/tls.h"

namespace annals::client {

// OK if the authorities are certificates, and the certificate, if there is one,
// is valid at `now` and the key's. INVALID_ARGUMENT with the reason
// TLS_CERTIFICATE_UNREADABLE, TLS_CERTIFICATE_OUT_OF_TIME, TLS_KEY_UNREADABLE
// or TLS_KEY_MISMATCH, naming the file. `files` are those that `pems` were read
// from.
absl::Status CheckCertificates(const TlsFileOptions& files, const TlsPems& pems,
                               absl::Time now);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_CERTIFICATE_CHECK_H_
