// Requests on an arena: a report is some hundred small messages, and to parse
// them there and drop them at once costs half of what the heap does.

#ifndef ANNALS_SERVICE_ARENA_ALLOCATOR_H_
#define ANNALS_SERVICE_ARENA_ALLOCATOR_H_

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace annals {

// Thread-safe. Must outlive the server that uses it.
template <typename Request, typename Response>
class ArenaAllocator final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    return new Messages;  // Deletes itself in Release.
  }

 private:
  // The response is moved in from the heap, so it stays there.
  class Messages final : public grpc::MessageHolder<Request, Response> {
   public:
    Messages() {
      this->set_request(
          google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(&response_);
    }
    void Release() override { delete this; }

   private:
    google::protobuf::Arena arena_;
    Response response_;
  };
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ARENA_ALLOCATOR_H_
