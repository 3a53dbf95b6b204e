// From gRPC's status to ours: the one place that does it.

#ifndef ANNALS_CLIENT_RPC_STATUS_H_
#define ANNALS_CLIENT_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "client/retry.h"

namespace annals::client {

// An absl::Status with the canonical code, the server's message, and from
// google.rpc's details the reason and metadata (ErrorInfo), the Chinese text
// (LocalizedMessage) and the violations (BadRequest, PreconditionFailure). A
// failure of the transport, which carries no details, gets a reason and texts
// of its own that name `server`.
absl::Status FromGrpcStatus(const grpc::Status& status,
                            const std::string& server);

// The same, and whether the request may be sent again: after UNAVAILABLE, but
// for a reason of TLS, which does not pass by itself, and DEADLINE_EXCEEDED;
// after RESOURCE_EXHAUSTED if the server says when (RetryInfo); after ABORTED
// unless it is the server's answer (ErrorInfo).
Attempt FromGrpcAttempt(const grpc::Status& status, const std::string& server);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RPC_STATUS_H_
