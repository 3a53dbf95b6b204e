// What the service offers, as gRPC's reflection describes it.

#ifndef ANNALS_SERVICE_REFLECTION_ANSWER_H_
#define ANNALS_SERVICE_REFLECTION_ANSWER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "google/protobuf/descriptor.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace annals {

// The answers of one stream. Not thread-safe.
class ReflectionAnswers {
 public:
  // `services`: the full names of those that the server has.
  explicit ReflectionAnswers(std::vector<std::string> services)
      : services_(std::move(services)) {}

  // What can't be answered is told in the answer, with a code of gRPC.
  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request);

 private:
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;

  void ListServices(Response* response) const;
  // Null: there is none.
  void AddFile(const google::protobuf::FileDescriptor* file,
               Response* response);
  void AddWithDependencies(
      const google::protobuf::FileDescriptor& file,
      grpc::reflection::v1alpha::FileDescriptorResponse* files);

  const std::vector<std::string> services_;
  // Those that the stream was given.
  absl::flat_hash_set<const google::protobuf::FileDescriptor*> given_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REFLECTION_ANSWER_H_
