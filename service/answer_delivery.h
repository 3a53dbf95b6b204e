// Unary answers on their way to their callers.
//
// A handler is done with a call when it gives the answer to gRPC, but the
// answer stays in memory until the caller takes it, and HTTP/2's flow control
// lets a caller take it as slowly as it likes. So the answer counts against its
// caller until it has left, and a caller that takes too long is cut off.

#ifndef ANNALS_SERVICE_ANSWER_DELIVERY_H_
#define ANNALS_SERVICE_ANSWER_DELIVERY_H_

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "ledger/clock.h"
#include "ledger/mutex.h"
#include "service/caller_limiter.h"
#include "service/limit_counters.h"

namespace annals {

class AnswerDelivery;

// Thread-safe.
class AnswerDeliveries {
 public:
  // Neither is owned; both must outlive every call.
  AnswerDeliveries(ledger::Clock* clock, LimitCounters* counters)
      : clock_(*clock), counters_(*counters) {}
  // REQUIRES: every delivery is done.
  ~AnswerDeliveries();

  // Cancels the calls whose answer has been under way since `time`, and as long
  // as it takes on the slowest line (kSlowestBytesPerSecond) besides.
  void CancelStalled(absl::Time time);

  // None is under way.
  bool IsIdle();

  static constexpr size_t kSlowestBytesPerSecond = size_t{32} << 10;

 private:
  friend class AnswerDelivery;

  void Add(AnswerDelivery* delivery, size_t bytes);
  void Remove(AnswerDelivery* delivery);

  ledger::Clock& clock_;
  LimitCounters& counters_;
  Mutex mutex_;
  // Those under way, and the latest `time` at which they have not stalled; in
  // the infinite future for those that were cancelled.
  absl::flat_hash_map<AnswerDelivery*, absl::Time> under_way_
      ABSL_GUARDED_BY(mutex_);
};

// The one answer of a call. gRPC destroys it when the answer has left, or the
// call is cut off. Not thread-safe; usable on any thread.
class AnswerDelivery final : public grpc::ServerUnaryReactor {
 public:
  // Neither is owned; both live until the answer has left.
  AnswerDelivery(AnswerDeliveries* deliveries,
                 grpc::CallbackServerContext* context)
      : deliveries_(*deliveries), context_(*context) {}

  // Given back when the answer has left.
  void Hold(CallerLimiter::Pass pass) { pass_ = std::move(pass); }

  // As CallerLimiter::Pass::Answer; OK if there is no pass.
  absl::Status Charge(size_t bytes, bool may_refuse);

  // Finishes the call with `bytes` of an answer, or an error. Nothing of this
  // may be touched any more.
  void Send(const absl::Status& status, size_t bytes);

  void OnDone() override;

 private:
  friend class AnswerDeliveries;

  AnswerDeliveries& deliveries_;
  grpc::CallbackServerContext& context_;
  std::optional<CallerLimiter::Pass> pass_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ANSWER_DELIVERY_H_
