// Where the identity of a caller comes from.

#ifndef ANNALS_SERVICE_IDENTITY_SOURCE_H_
#define ANNALS_SERVICE_IDENTITY_SOURCE_H_

#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "service/identity.h"

namespace annals {

// Thread-safe. Does not block.
class IdentitySource {
 public:
  virtual ~IdentitySource() = default;
  // Asked for each call anew: what a connection proved may expire.
  virtual absl::StatusOr<CallerIdentity> Identify(
      const grpc::ServerContextBase& context) const = 0;
};

// Takes the caller's word, from the metadata `annals-actor`; without it the
// caller is `local:anonymous`. Only for connections from this machine.
class LoopbackIdentitySource : public IdentitySource {
 public:
  absl::StatusOr<CallerIdentity> Identify(
      const grpc::ServerContextBase& context) const override;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_IDENTITY_SOURCE_H_
