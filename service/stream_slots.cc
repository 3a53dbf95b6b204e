#include "service/stream_slots.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {
namespace {

constexpr size_t kCallersForAll = 4;

absl::Status PartTaken(size_t part, size_t streams_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLER_STREAMS",
      {absl::StrCat("You have ", part, part == 1 ? " stream" : " streams",
                    " of this kind open, as many as "
                    "one caller may have of the server's ",
                    streams_max, "; end one, or share it."),
       absl::StrCat("您已打开 ", part, " 个此类数据流，为单个调用者在服务端 ",
                    streams_max,
                    " 个中可占的上限；请先结束其中之一，或共"
                    "用。")});
}

}  // namespace

size_t StreamSlots::CallerPart() const {
  if (!limits_.has_caller_part) return limits_.streams_max;
  return std::max(limits_.streams_max / kCallersForAll, size_t{1});
}

absl::StatusOr<StreamSlots::Slot> StreamSlots::Take(uint64_t caller) {
  bool are_all_taken = false;
  {
    MutexLock lock(&mutex_);
    const auto held = by_caller_.find(caller);
    const bool has_part =
        held != by_caller_.end() && held->second >= CallerPart();
    are_all_taken = taken_ >= limits_.streams_max;
    if (!are_all_taken && !has_part) {
      ++taken_;
      ++by_caller_[caller];
      return Slot(this, caller);
    }
  }
  // What is said is made up outside the lock.
  return are_all_taken ? all_taken_(limits_.streams_max)
                       : PartTaken(CallerPart(), limits_.streams_max);
}

void StreamSlots::Leave(uint64_t caller) {
  MutexLock lock(&mutex_);
  --taken_;
  const auto held = by_caller_.find(caller);
  if (--held->second == 0) by_caller_.erase(held);
}

absl::Status TooManyStreams(size_t streams_max) {
  return MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                   {absl::StrCat("The server answers ", streams_max,
                                 " streams already; try again later."),
                    absl::StrCat("服务端已有 ", streams_max,
                                 " 个数据流在应答，请稍后重试。")});
}

}  // namespace annals
