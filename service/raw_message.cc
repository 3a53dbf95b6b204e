#include "service/raw_message.h"

#include <utility>

#include "ledger/check.h"

namespace annals {

RawRequest::RawRequest(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() == 0) return;
  ANNALS_CHECK(bytes.DumpToSingleSlice(&slice_).ok());
}

void Forget(const grpc::ByteBuffer* request) {
  const_cast<grpc::ByteBuffer*>(request)->Clear();
}

grpc::ByteBuffer ToByteBuffer(SharedBytes bytes) {
  auto* held = new SharedBytes(std::move(bytes));  // Until gRPC has sent them.
  // gRPC does not write to a slice, though it takes no pointer to const.
  const grpc::Slice slice(
      const_cast<char*>((*held)->data()), (*held)->size(),
      [](void* shared) { delete static_cast<SharedBytes*>(shared); }, held);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace annals
