// The one place where an absl::Status becomes a grpc::Status.

#ifndef ANNALS_SERVICE_GRPC_STATUS_H_
#define ANNALS_SERVICE_GRPC_STATUS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace annals {

// What a client's gRPC accepts as trailing metadata is 8 KiB. The details take
// at most so much before base64 adds a third, and the message so much after its
// percent-encoding.
inline constexpr size_t kStatusDetailsBytesMax = 4096;
inline constexpr size_t kStatusMessageBytesMax = 1536;

// The canonical code, the English text, and google.rpc details: ErrorInfo with
// the domain annals.v1, LocalizedMessage in Chinese, BadRequest if there are
// violations (the first ones that fit, and then how many more), RetryInfo if
// the same request may succeed later. A status without a reason gets one made
// of its code.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reason that its ErrorInfo has; empty if it is OK.
std::string ReasonOf(const absl::Status& status);

// The same as a message; what ToGrpcStatus carries.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace annals

#endif  // ANNALS_SERVICE_GRPC_STATUS_H_
