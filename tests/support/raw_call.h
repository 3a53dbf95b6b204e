// Calls by name, with and for bytes as they are on the wire.

#ifndef ANNALS_TESTS_SUPPORT_RAW_CALL_H_
#define ANNALS_TESTS_SUPPORT_RAW_CALL_H_

#include <memory>
#include <string>

#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace annals {

// Calls "/package.Service/Method". `response` may be null.
inline grpc::Status RawUnaryCall(const std::shared_ptr<grpc::Channel>& channel,
                                 grpc::ClientContext* context,
                                 const std::string& method,
                                 const std::string& request,
                                 std::string* response) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const grpc::Slice slice(request);
  auto call = stub.PrepareUnaryCall(context, method,
                                    grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  grpc::Slice bytes;
  if (response != nullptr && answer.DumpToSingleSlice(&bytes).ok()) {
    response->assign(reinterpret_cast<const char*>(bytes.begin()),
                     bytes.size());
  }
  return status;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_RAW_CALL_H_
