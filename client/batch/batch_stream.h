// Many submissions over streams of SubmitRevisions, until each has its result.

#ifndef ANNALS_CLIENT_BATCH_BATCH_STREAM_H_
#define ANNALS_CLIENT_BATCH_BATCH_STREAM_H_

#include <cstddef>
#include <map>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "annals/v1/report_service.pb.h"
#include "client/connection.h"

namespace annals::client {

// What came of the request at this place of the batch: it is recorded, or why
// it was refused for good. An error ends the batch.
using TakeResult = absl::FunctionRef<absl::Status(
    size_t place, const absl::StatusOr<v1::SubmitRevisionResponse>& result)>;

// Sends `requests`, each with a request id of its own, and hands over the
// result of each, once. Those of one agency are sent in the order in which they
// stand, the next when the one before has its result. What is left without a
// result when a stream ends, or that the server refuses for now, is sent again
// on another one. An error if some are left: as `take`'s; DATA_LOSS with reason
// ANSWER_MISMATCH if a result is of no request that was sent; or why the server
// can't be asked any more.
absl::Status SubmitBatch(absl::Span<const v1::SubmitRevisionRequest> requests,
                         TakeResult take, Connection* connection);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_BATCH_BATCH_STREAM_H_
