// The streams of SubmitRevisions: many submissions, each for itself, and a
// result for each.
//
// A stream holds at most a window of items that were accepted and whose result
// is not sent yet; it reads no further until one is, so a caller is held up by
// HTTP/2's flow control and not by a refusal. An item counts as a call of its
// caller, and a caller that makes too many is held up in the same way. Three
// things go on at a time: one
// read, any number of items on workers and in the ledger, and one write. What
// they share stands under the stream's mutex. The stream is finished by
// whichever of them is the last: no item is left, no write is under way, and
// the caller has said all, is gone, or the server stops.

#ifndef ANNALS_SERVICE_SUBMISSION_STREAMS_H_
#define ANNALS_SERVICE_SUBMISSION_STREAMS_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "ledger/mutex.h"
#include "service/call_frame.h"
#include "service/filing.h"
#include "service/stream_place.h"
#include "service/stream_slots.h"
#include "service/write_monitor.h"

namespace annals {

struct SubmissionStreamLimits {
  StreamSlotLimits slots;
  // Items of a stream that were accepted and whose result is not sent.
  size_t items_max = 64;
  MessageLimits message;  // Of an item.
};

class SubmissionStream;

// Thread-safe.
class SubmissionStreams {
 public:
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  // What it works with. None is owned; all must outlive every call.
  struct Parts {
    CallParts call;
    Filing* filing = nullptr;
    WriteMonitor* monitor = nullptr;
  };

  SubmissionStreams(const Parts& parts, const SubmissionStreamLimits& limits);
  // REQUIRES: every stream is done.
  ~SubmissionStreams();

  // Takes the items of a stream. It ends with OK when the caller has said all
  // and every item has its result; with PERMISSION_DENIED, ROLE_NOT_ALLOWED at
  // once if the caller may submit nothing at all; with RESOURCE_EXHAUSTED,
  // TOO_MANY_STREAMS or TOO_MANY_CALLER_STREAMS if there are too many; with
  // UNAVAILABLE, SHUTTING_DOWN when the server stops: what has no result then
  // was not accepted, and is to be sent again.
  Reactor* Run(grpc::CallbackServerContext* context);

  // Accepts no further item. Every stream ends once those that were accepted
  // have their results.
  void Stop();

  // Every stream is done.
  bool IsIdle();

  // Cancels the streams that are left: those whose caller does not read.
  void CancelAll();

  // Goes on with streams whose caller may make calls again. Cancels those whose
  // caller has taken no result since `time`; ends those that wait for an item
  // and have recorded none since `time` with RESOURCE_EXHAUSTED,
  // STREAM_STALLED. What is refused keeps no stream open.
  void Tend(absl::Time time);

 private:
  friend class SubmissionStream;

  absl::StatusOr<StreamPlace> TakePlace(Admission admission);
  // Owns the stream from now on. UNAVAILABLE if the server stops.
  absl::Status Keep(const std::shared_ptr<SubmissionStream>& stream);
  void Remove(SubmissionStream* stream);
  std::vector<std::shared_ptr<SubmissionStream>> Streams();

  const Parts parts_;
  const SubmissionStreamLimits limits_;
  StreamSlots slots_;
  Mutex mutex_;
  // Owns the streams, until gRPC is done with them: those that are refused too,
  // which have no slot.
  absl::flat_hash_map<SubmissionStream*, std::shared_ptr<SubmissionStream>>
      streams_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_SUBMISSION_STREAMS_H_
