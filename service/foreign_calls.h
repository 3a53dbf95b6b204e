// Calls that gRPC answers itself: health, and those of methods that there are
// none of. They pass no frame of ours, so an interceptor records them.

#ifndef ANNALS_SERVICE_FOREIGN_CALLS_H_
#define ANNALS_SERVICE_FOREIGN_CALLS_H_

#include <memory>
#include <vector>

#include "grpcpp/support/server_interceptor.h"
#include "service/identity_source.h"
#include "service/telemetry/call_recorder.h"

namespace annals {

// For the server's builder. Calls of the API are not intercepted, which would
// cost each a turn of the completion queue more. Neither is owned; both must
// outlive the server.
std::vector<
    std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>
MakeForeignCallInterceptors(CallRecorder* recorder,
                            const IdentitySource* identities);

}  // namespace annals

#endif  // ANNALS_SERVICE_FOREIGN_CALLS_H_
