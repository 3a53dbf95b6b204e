// A call on its way to its record: what is known of it is gathered where it
// becomes known, and told once, when the call is finished.

#ifndef ANNALS_SERVICE_RECORDED_CALL_H_
#define ANNALS_SERVICE_RECORDED_CALL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/server_context.h"
#include "service/identity.h"
#include "service/telemetry/call_recorder.h"

namespace annals {

// The methods that a CallRecorder counts: those of the API, those that gRPC
// answers itself, and one for what is neither.
std::vector<std::string> RecordedMethods();

// The place in it of a method, as "annals.v1.ReportService/GetReport"; of the
// one for the rest if it is not there.
size_t RecordedMethod(absl::string_view method);

// The same of the unary or answering method that takes such requests.
size_t RecordedMethodOf(const google::protobuf::Descriptor& request_type);

// Where the facts that a record tells stand in a request: the numbers of
// fields, 0 for none.
struct RequestFacts {
  // Strings.
  int resource = 0;
  int request_id = 0;
  // The index of an entry, which the ledger knows by no name: `entries/{index}`
  // in the record.
  int entry = 0;

  static RequestFacts Of(const google::protobuf::Descriptor& request_type);
};

// Not thread-safe. It must be ended before the call is finished; one that is
// dropped ends with INTERNAL.
class RecordedCall {
 public:
  // Recorder and context are not owned; both must live until the end.
  RecordedCall(CallRecorder* recorder, size_t method,
               const grpc::ServerContextBase* context);
  RecordedCall(RecordedCall&& other) = default;
  RecordedCall& operator=(RecordedCall&&) = delete;
  ~RecordedCall();

  void SetCaller(const CallerIdentity& caller);
  // Takes from the request's bytes, which may be no message, what a record may
  // tell of it: a name and an id, if they are such.
  void Describe(const RequestFacts& facts, absl::string_view request);
  // Nothing more is read from the context: it may be gone at the end.
  void ForgetContext() { state_->context = nullptr; }
  // The call takes no longer than until now, whenever it ends.
  void StopClock();
  void AddRequestBytes(size_t bytes);
  void AddResponseBytes(size_t bytes);

  // Records a part of the call that has an outcome of its own: `item` with
  // what is known of the call beside what it tells itself.
  void RecordItem(CallRecord item) const;

  void End(const absl::Status& status);
  // The same with the outcome as gRPC sends it.
  void End(absl::StatusCode code, absl::string_view reason);

 private:
  struct State {
    CallRecorder* recorder = nullptr;
    size_t method = 0;
    const grpc::ServerContextBase* context = nullptr;
    std::chrono::steady_clock::time_point start;
    std::optional<std::chrono::steady_clock::time_point> stopped;
    CallRecord record;
    HandledCalls::Connection connection;  // Null if nobody asks.
  };

  std::unique_ptr<State> state_;  // Null once it has ended.
};

}  // namespace annals

#endif  // ANNALS_SERVICE_RECORDED_CALL_H_
