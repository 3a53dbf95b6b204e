// The streams of one kind that the server takes at a time, and how many of them
// one caller may hold.
//
// What is refused takes no slot, so however fast a caller asks for streams that
// it does not get, the others find the slots that are free. And no caller gets
// more than a part of them, so that it takes more than one or two to keep
// everybody else out.

#ifndef ANNALS_SERVICE_STREAM_SLOTS_H_
#define ANNALS_SERVICE_STREAM_SLOTS_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/mutex.h"

namespace annals {

struct StreamSlotLimits {
  size_t streams_max = 0;
  // Whether one caller may hold only a quarter of them, and at least one: where
  // callers can be told apart.
  bool has_caller_part = true;
};

// Thread-safe.
class StreamSlots {
 public:
  // A slot, as long as it lives. It must not outlive the slots.
  class Slot {
   public:
    Slot(Slot&& other) noexcept
        : slots_(std::exchange(other.slots_, nullptr)),
          caller_(other.caller_) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(slots_, other.slots_);
      std::swap(caller_, other.caller_);
      return *this;
    }
    ~Slot() {
      if (slots_ != nullptr) slots_->Leave(caller_);
    }

   private:
    friend class StreamSlots;
    Slot(StreamSlots* slots, uint64_t caller)
        : slots_(slots), caller_(caller) {}
    StreamSlots* slots_;
    uint64_t caller_;
  };

  // `all_taken` makes the error for when there is no slot left.
  StreamSlots(const StreamSlotLimits& limits,
              absl::Status (*all_taken)(size_t streams_max))
      : limits_(limits), all_taken_(all_taken) {}

  // `caller`: as Admission::lane. RESOURCE_EXHAUSTED: as `all_taken`, or
  // with reason TOO_MANY_CALLER_STREAMS if the caller has its part.
  absl::StatusOr<Slot> Take(uint64_t caller);

 private:
  // How many one caller may hold.
  size_t CallerPart() const;
  void Leave(uint64_t caller);

  const StreamSlotLimits limits_;
  absl::Status (*const all_taken_)(size_t streams_max);
  Mutex mutex_;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  // Of callers that hold one.
  absl::flat_hash_map<uint64_t, size_t> by_caller_ ABSL_GUARDED_BY(mutex_);
};

// RESOURCE_EXHAUSTED with reason TOO_MANY_STREAMS, for `all_taken` of streams
// that answer.
absl::Status TooManyStreams(size_t streams_max);

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_SLOTS_H_
