// The files that a server with TLS needs, read and checked as one.

#ifndef ANNALS_SERVICE_TLS_TLS_FILES_H_
#define ANNALS_SERVICE_TLS_TLS_FILES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/tls/peer_verifier.h"

namespace annals {

struct TlsPaths {
  // PEM: the server's certificate and those that lead to its authority.
  std::string certificate;
  // PEM, readable by its owner only.
  std::string private_key;
  // PEM: the authorities that issue the callers' certificates.
  std::string client_authorities;
  // A directory of certificate revocation lists, a PEM file each; empty, and
  // revocation is not looked at.
  std::string crl_directory;
};

// The bytes of the files, to tell whether they have changed.
struct TlsBytes {
  std::string certificate;
  std::string private_key;
  std::string client_authorities;
  std::vector<CrlFile> crls;

  bool operator==(const TlsBytes&) const = default;
};

// INVALID_ARGUMENT or NOT_FOUND, naming the file, if one can't be read; the key
// must be private to its owner.
absl::StatusOr<TlsBytes> ReadTlsFiles(const TlsPaths& paths);

// The same of those that can be read; the others are as in `before`, and lists
// are left out.
TlsBytes ReadReadableTlsFiles(const TlsPaths& paths, const TlsBytes& before);

// What the server presents, and what it holds callers to.
struct TlsIdentity {
  TlsBytes bytes;
  std::shared_ptr<const PeerVerifier> verifier;
  // Of the server's own certificate.
  absl::Time not_after;
};

// `bytes`: what was read from `paths`. INVALID_ARGUMENT with a reason that
// tells what is wrong, naming the flag and the file: a certificate, key or list
// that is damaged (CERTIFICATE_UNREADABLE, TLS_KEY_UNREADABLE, CRL_UNREADABLE),
// a list that is missing (CRL_MISSING) or that its authority has not signed
// (CRL_SIGNATURE_FALSE), a key of another certificate (TLS_KEY_MISMATCH), a
// certificate out of its time at `now` (TLS_CERTIFICATE_OUT_OF_TIME) or not
// made for servers (TLS_CERTIFICATE_NOT_FOR_SERVERS).
absl::StatusOr<TlsIdentity> CheckTlsFiles(TlsBytes bytes, const TlsPaths& paths,
                                          absl::Time now);

}  // namespace annals

#endif  // ANNALS_SERVICE_TLS_TLS_FILES_H_
