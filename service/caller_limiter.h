// What one caller may take of the server, so that none takes it from the
// others: calls a second (a token bucket), calls under way and the bytes of
// their requests, streams, and answers that it does not take.
//
// Asked on gRPC's threads before a call gets into any queue. A caller's count
// stands in one of several shards, each with a mutex of its own that is held
// for a look-up, so that one caller's flood does not hold up the others. How
// many callers are kept count of is bounded; the one that was heard of longest
// ago makes room, if nothing of it is under way.

#ifndef ANNALS_SERVICE_CALLER_LIMITER_H_
#define ANNALS_SERVICE_CALLER_LIMITER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/mutex.h"
#include "service/limit_counters.h"

namespace annals {

// Zero for no limit.
struct CallerLimits {
  // On average; and at once after a pause.
  int calls_per_second = 1000;
  int calls_burst = 2000;
  // Unary calls under way; and as many answers that are not taken.
  int calls_max = 256;
  int streams_max = 8;
  // Bytes of answers that were given and not taken, of all callers together.
  // One caller may hold a quarter, unless it may have any number of calls. An
  // answer to a caller that holds none is always given, so that nobody is kept
  // out by what others do not take.
  size_t answer_bytes_max = size_t{256} << 20;
  // Bytes of requests of unary calls under way, of all callers together. One
  // caller may hold a quarter, unless it may have any number of calls. A caller
  // without a call may always make one.
  size_t request_bytes_max = size_t{128} << 20;
};

enum class CallKind { kUnary, kStream };

// Thread-safe.
class CallerLimiter {
 private:
  struct Caller {
    std::string key;
    double tokens = 0;
    absl::Time filled_at;
    int calls = 0;
    int streams = 0;
    // Calls whose answer is given and not taken.
    int answers = 0;
    size_t answer_bytes = 0;
    size_t request_bytes = 0;
  };
  struct Shard {
    Mutex mutex;
    // The one heard of last comes first. A node stays where it is in memory.
    std::list<Caller> callers ABSL_GUARDED_BY(mutex);
    // By the key that stands in the node.
    absl::flat_hash_map<absl::string_view, std::list<Caller>::iterator> by_key
        ABSL_GUARDED_BY(mutex);
  };

 public:
  // A call under way, as long as it lives. It must not outlive the limiter.
  class Pass {
   public:
    Pass(Pass&& other) noexcept
        : limiter_(std::exchange(other.limiter_, nullptr)),
          shard_(other.shard_),
          caller_(other.caller_),
          kind_(other.kind_),
          is_answered_(other.is_answered_),
          answer_bytes_(other.answer_bytes_),
          request_bytes_(other.request_bytes_) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(limiter_, other.limiter_);
      std::swap(shard_, other.shard_);
      std::swap(caller_, other.caller_);
      std::swap(kind_, other.kind_);
      std::swap(is_answered_, other.is_answered_);
      std::swap(answer_bytes_, other.answer_bytes_);
      std::swap(request_bytes_, other.request_bytes_);
      return *this;
    }
    ~Pass() {
      if (limiter_ != nullptr) limiter_->Leave(*this);
    }

    // Takes one more call of the caller's rate, for what a stream carries;
    // false if there is none.
    bool TakeCall() const { return limiter_->TakeCall(*this); }

    // The unary call is answered: from now on it counts no more as under way,
    // but as an answer of so many bytes that is not taken. With `may_refuse`,
    // RESOURCE_EXHAUSTED with reason TOO_MANY_ANSWER_BYTES, instead of an
    // answer of any size that matters, if the caller has not taken too many
    // already. REQUIRES: called once at most.
    absl::Status Answer(size_t bytes, bool may_refuse) {
      return limiter_->Answer(this, bytes, may_refuse);
    }

   private:
    friend class CallerLimiter;
    Pass(CallerLimiter* limiter, Shard* shard, Caller* caller, CallKind kind,
         size_t request_bytes)
        : limiter_(limiter),
          shard_(shard),
          caller_(caller),
          kind_(kind),
          request_bytes_(request_bytes) {}
    CallerLimiter* limiter_;
    Shard* shard_;
    Caller* caller_;
    CallKind kind_;
    bool is_answered_ = false;
    size_t answer_bytes_ = 0;
    size_t request_bytes_ = 0;
  };

  // Neither is owned; both must outlive this.
  CallerLimiter(const CallerLimits& limits, ledger::Clock* clock,
                LimitCounters* counters)
      : limits_(limits), clock_(*clock), counters_(*counters) {}

  // RESOURCE_EXHAUSTED with reason CALL_RATE_EXCEEDED, TOO_MANY_CALLER_CALLS,
  // TOO_MANY_CALLER_STREAMS, TOO_MANY_REQUEST_BYTES, TOO_MANY_ANSWER_BYTES, or
  // TOO_MANY_CALLERS if no other makes room.
  absl::StatusOr<Pass> Enter(absl::string_view caller, CallKind kind,
                             size_t request_bytes = 0);

  // Of the answers that are not taken.
  size_t answer_bytes() const {
    return answer_bytes_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr size_t kShards = 16;

  // The caller's count, made if there is none; null if there is no room.
  Caller* Find(Shard* shard, absl::string_view key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  bool MakeRoom(Shard* shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  // Of a caller in a shard that the thread holds.
  bool Take(Caller* caller);
  // The limit that keeps the caller from one more; nullopt if none does.
  std::optional<Limit> LimitHit(const Caller& caller, CallKind kind,
                                size_t request_bytes) const;
  // Whether a caller with so much may be given so many bytes more.
  bool HasRoomFor(const Caller& caller, size_t bytes) const;
  // The same of bytes that it holds of `max`, of which all hold `held`.
  bool HasRoom(size_t max, size_t held, size_t of_caller, size_t bytes) const;
  absl::Status Refuse(Limit limit);
  absl::Status Answer(Pass* pass, size_t bytes, bool may_refuse);
  void Leave(const Pass& pass);
  bool TakeCall(const Pass& pass);

  const CallerLimits limits_;
  ledger::Clock& clock_;
  LimitCounters& counters_;
  std::array<Shard, kShards> shards_;
  std::atomic<size_t> answer_bytes_ = 0;
  std::atomic<size_t> request_bytes_ = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CALLER_LIMITER_H_
