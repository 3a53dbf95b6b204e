// Requests and answers as bytes. gRPC does not parse our requests: it answers
// bytes that are no message with a bare UNIMPLEMENTED, parses on one of its few
// threads, and keeps the bytes to itself.

#ifndef ANNALS_SERVICE_RAW_MESSAGE_H_
#define ANNALS_SERVICE_RAW_MESSAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/slice.h"
#include "service/answer_cache.h"
#include "service/message_limits.h"

namespace annals {

// The bytes of a request, in one piece.
class RawRequest {
 public:
  explicit RawRequest(const grpc::ByteBuffer& bytes);

  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

  // Errors as of ParseRequest.
  template <typename Request>
  absl::StatusOr<Request> Parse(const MessageLimits& limits) const {
    Request request;
    const absl::Status parsed = ParseRequest(bytes(), limits, &request);
    if (!parsed.ok()) return parsed;
    return request;
  }

 private:
  grpc::Slice slice_;
};

// Gives back the bytes of a request that nobody will read: gRPC, whose they
// are, would keep them until the call is done. REQUIRES: they are no constant.
void Forget(const grpc::ByteBuffer* request);

// `bytes` as an answer, without a copy of them. They are held until they are
// sent.
grpc::ByteBuffer ToByteBuffer(SharedBytes bytes);

}  // namespace annals

#endif  // ANNALS_SERVICE_RAW_MESSAGE_H_
