#include "service/raw_message.h"

#include <utility>

#include "ledger/check.h"

namespace annals {

RawRequest::RawRequest(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() == 0) return;
  ANNALS_CHECK(bytes.DumpToSingleSlice(&slice_).ok());
}

grpc::ByteBuffer ToByteBuffer(std::string bytes) {
  auto* owned = new std::string(std::move(bytes));  // Until gRPC has sent it.
  const grpc::Slice slice(
      owned->data(), owned->size(),
      [](void* string) { delete static_cast<std::string*>(string); }, owned);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace annals
