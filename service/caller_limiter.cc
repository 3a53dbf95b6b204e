#include "service/caller_limiter.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {
namespace {

// About 200 bytes each.
constexpr size_t kCallersPerShardMax = 1024;
// Of callers, for the part of all bytes that one of them may hold.
constexpr size_t kCallersForAll = 4;
// A smaller answer takes no more room than its call does, and is always given.
constexpr size_t kSmallAnswerBytes = size_t{64} << 10;
// How many are looked at for one that can make room.
constexpr int kLooksMax = 8;

struct Refusal {
  absl::string_view reason;
  std::string en;
  std::string zh;
};

Refusal RefusalOf(Limit limit, const CallerLimits& limits) {
  switch (limit) {
    case Limit::kCallRate:
      return {"CALL_RATE_EXCEEDED",
              absl::StrCat("You make more than ", limits.calls_per_second,
                           " calls a second (--caller_calls_per_second); wait "
                           "a second, then go on more slowly."),
              absl::StrCat("您每秒的调用超过 ", limits.calls_per_second,
                           " 次（--caller_calls_per_second）；请等待一秒，再"
                           "放慢速度继续。")};
    case Limit::kCallerCalls:
      return {"TOO_MANY_CALLER_CALLS",
              absl::StrCat("You have ", limits.calls_max,
                           limits.calls_max == 1 ? " call" : " calls",
                           " under way (--caller_calls_max); wait for "
                           "the answer to one."),
              absl::StrCat("您已有 ", limits.calls_max,
                           " 个调用尚未应答（--caller_calls_max）；请等其中之一"
                           "应答后再发。")};
    case Limit::kCallerStreams:
      return {"TOO_MANY_CALLER_STREAMS",
              absl::StrCat("You have ", limits.streams_max,
                           limits.streams_max == 1 ? " stream" : " streams",
                           " open (--caller_streams_max); end one, or "
                           "share it."),
              absl::StrCat("您已打开 ", limits.streams_max,
                           " 个数据流（--caller_streams_max）；请先结束其中之"
                           "一，或共用。")};
    case Limit::kRequestBytes:
      return {"TOO_MANY_REQUEST_BYTES",
              "Your requests under way fill the room that there is for them "
              "(--request_bytes_max); wait for the answer to one.",
              "您尚未应答的请求已占满可用空间（--request_bytes_max）；请等其中"
              "之一应答后再发。"};
    case Limit::kAnswerBytes:
      return {"TOO_MANY_ANSWER_BYTES",
              "You do not take the answers that you were given, and they fill "
              "the room that there is for them (--answer_bytes_max); read "
              "them, then ask again.",
              "您尚未取走的应答已占满可用空间（--answer_bytes_max）；请先读取，"
              "再重新请求。"};
    default:
      return {"TOO_MANY_CALLERS",
              "The server keeps count of as many callers as it can; try again "
              "later.",
              "服务端同时记录的调用者已达上限，请稍后重试。"};
  }
}

}  // namespace

absl::Status CallerLimiter::Refuse(Limit limit) {
  counters_.Count(limit);
  Refusal refusal = RefusalOf(limit, limits_);
  return MakeError(absl::StatusCode::kResourceExhausted, refusal.reason,
                   {std::move(refusal.en), std::move(refusal.zh)});
}

absl::StatusOr<CallerLimiter::Pass> CallerLimiter::Enter(
    absl::string_view caller, CallKind kind, size_t request_bytes) {
  Shard* const shard =
      &shards_[absl::Hash<absl::string_view>()(caller) % kShards];
  Limit hit = Limit::kCallers;
  {
    MutexLock lock(&shard->mutex);
    Caller* const found = Find(shard, caller);
    if (found != nullptr) {
      const auto limit = Take(found) ? LimitHit(*found, kind, request_bytes)
                                     : std::optional(Limit::kCallRate);
      if (!limit.has_value()) {
        ++(kind == CallKind::kStream ? found->streams : found->calls);
        found->request_bytes += request_bytes;
        request_bytes_.fetch_add(request_bytes, std::memory_order_relaxed);
        return Pass(this, shard, found, kind, request_bytes);
      }
      hit = *limit;
    }
  }
  // What is said is made up outside the lock.
  return Refuse(hit);
}

std::optional<Limit> CallerLimiter::LimitHit(const Caller& caller,
                                             CallKind kind,
                                             size_t request_bytes) const {
  if (kind == CallKind::kStream) {
    const int max = limits_.streams_max;
    if (max > 0 && caller.streams >= max) return Limit::kCallerStreams;
    return std::nullopt;
  }
  const int max = limits_.calls_max;
  if (max > 0 && std::max(caller.calls, caller.answers) >= max) {
    return Limit::kCallerCalls;
  }
  if (!HasRoom(limits_.request_bytes_max,
               request_bytes_.load(std::memory_order_relaxed),
               caller.request_bytes, request_bytes)) {
    return Limit::kRequestBytes;
  }
  // Before any work is done for an answer that it would not be given.
  if (!HasRoomFor(caller, 1)) return Limit::kAnswerBytes;
  return std::nullopt;
}

bool CallerLimiter::HasRoomFor(const Caller& caller, size_t bytes) const {
  return HasRoom(limits_.answer_bytes_max, answer_bytes(), caller.answer_bytes,
                 bytes);
}

bool CallerLimiter::HasRoom(size_t max, size_t held, size_t of_caller,
                            size_t bytes) const {
  if (max == 0 || of_caller == 0) return true;
  const size_t part = limits_.calls_max > 0 ? max / kCallersForAll : max;
  return of_caller + bytes <= part && held + bytes <= max;
}

absl::Status CallerLimiter::Answer(Pass* pass, size_t bytes, bool may_refuse) {
  Caller* const caller = pass->caller_;
  bool is_given = false;
  {
    MutexLock lock(&pass->shard_->mutex);
    is_given =
        !may_refuse || bytes <= kSmallAnswerBytes || HasRoomFor(*caller, bytes);
    pass->is_answered_ = true;
    pass->answer_bytes_ = is_given ? bytes : 0;
    --caller->calls;
    ++caller->answers;
    caller->answer_bytes += pass->answer_bytes_;
  }
  answer_bytes_.fetch_add(pass->answer_bytes_, std::memory_order_relaxed);
  return is_given ? absl::OkStatus() : Refuse(Limit::kAnswerBytes);
}

CallerLimiter::Caller* CallerLimiter::Find(Shard* shard,
                                           absl::string_view key) {
  const auto found = shard->by_key.find(key);
  if (found != shard->by_key.end()) {
    shard->callers.splice(shard->callers.begin(), shard->callers,
                          found->second);
    return &*found->second;
  }
  if (shard->callers.size() >= kCallersPerShardMax && !MakeRoom(shard)) {
    return nullptr;
  }
  shard->callers.push_front({std::string(key),
                             static_cast<double>(limits_.calls_burst),
                             clock_.Now()});
  const auto first = shard->callers.begin();
  shard->by_key.emplace(first->key, first);
  return &*first;
}

bool CallerLimiter::MakeRoom(Shard* shard) {
  for (int i = 0; i < kLooksMax; ++i) {
    const auto last = std::prev(shard->callers.end());
    if (last->calls == 0 && last->streams == 0 && last->answers == 0) {
      shard->by_key.erase(last->key);
      shard->callers.erase(last);
      return true;
    }
    shard->callers.splice(shard->callers.begin(), shard->callers, last);
  }
  return false;
}

bool CallerLimiter::Take(Caller* caller) {
  if (limits_.calls_per_second == 0) return true;
  // The clock may go back.
  const absl::Time now = clock_.Now();
  const double seconds =
      std::max(0.0, absl::ToDoubleSeconds(now - caller->filled_at));
  caller->filled_at = now;
  caller->tokens =
      std::min(static_cast<double>(limits_.calls_burst),
               caller->tokens + seconds * limits_.calls_per_second);
  if (caller->tokens < 1) return false;
  caller->tokens -= 1;
  return true;
}

bool CallerLimiter::TakeCall(const Pass& pass) {
  {
    MutexLock lock(&pass.shard_->mutex);
    if (Take(pass.caller_)) return true;
  }
  counters_.Count(Limit::kBatchRate);
  return false;
}

void CallerLimiter::Leave(const Pass& pass) {
  answer_bytes_.fetch_sub(pass.answer_bytes_, std::memory_order_relaxed);
  request_bytes_.fetch_sub(pass.request_bytes_, std::memory_order_relaxed);
  MutexLock lock(&pass.shard_->mutex);
  pass.caller_->answer_bytes -= pass.answer_bytes_;
  pass.caller_->request_bytes -= pass.request_bytes_;
  if (pass.is_answered_) {
    --pass.caller_->answers;
  } else {
    --(pass.kind_ == CallKind::kStream ? pass.caller_->streams
                                       : pass.caller_->calls);
  }
}

}  // namespace annals
