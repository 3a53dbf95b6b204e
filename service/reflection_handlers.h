// gRPC's reflection, answered here: its own holds a thread for each stream,
// asks nobody who they are, and lets one caller take all there are from the
// others.

#ifndef ANNALS_SERVICE_REFLECTION_HANDLERS_H_
#define ANNALS_SERVICE_REFLECTION_HANDLERS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "service/call_frame.h"
#include "service/recorded_call.h"
#include "service/stream_registry.h"
#include "service/stream_slots.h"

namespace annals {

class ReflectionStream;

// Thread-safe. Whoever proves who they are may ask, at most as many streams as
// of the limits; a drain does not wait for them.
class ReflectionHandlers final
    : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;

  // `services`: the full names of those that the server has.
  ReflectionHandlers(const CallParts& parts, const StreamSlotLimits& limits,
                     std::vector<std::string> services);
  // REQUIRES: every stream is done.
  ~ReflectionHandlers() override;

  grpc::ServerBidiReactor<Request, Response>* ServerReflectionInfo(
      grpc::CallbackServerContext* context) override;

  // Ends all streams: the server shuts down.
  void Stop();

  // Ends those in which nothing has moved since `time`, with RESOURCE_EXHAUSTED
  // and reason STREAM_STALLED.
  void EndStalled(absl::Time time);

 private:
  friend class ReflectionStream;

  const CallParts parts_;
  const std::vector<std::string> services_;
  StreamSlots slots_;
  StreamRegistry<ReflectionStream> streams_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REFLECTION_HANDLERS_H_
