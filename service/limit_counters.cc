#include "service/limit_counters.h"

namespace annals {

absl::string_view LimitName(Limit limit) {
  switch (limit) {
    case Limit::kCallRate:
      return "CALL_RATE_EXCEEDED";
    case Limit::kCallerCalls:
      return "TOO_MANY_CALLER_CALLS";
    case Limit::kCallerStreams:
      return "TOO_MANY_CALLER_STREAMS";
    case Limit::kCallers:
      return "TOO_MANY_CALLERS";
    case Limit::kConnections:
      return "TOO_MANY_CONNECTIONS";
    case Limit::kAddressConnections:
      return "TOO_MANY_ADDRESS_CONNECTIONS";
    case Limit::kStreamStall:
      return "STREAM_STALLED";
    case Limit::kAnswerBytes:
      return "TOO_MANY_ANSWER_BYTES";
    case Limit::kRequestBytes:
      return "TOO_MANY_REQUEST_BYTES";
    case Limit::kPageSize:
      return "PAGE_SIZE_LIMITED";
    case Limit::kBatchRate:
      return "BATCH_HELD_UP";
    case Limit::kConnectionResets:
      return "TOO_MANY_RESETS";
    case Limit::kIncompleteBytes:
      return "TOO_MANY_INCOMPLETE_BYTES";
  }
  return "";
}

}  // namespace annals
