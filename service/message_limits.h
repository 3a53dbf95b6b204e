// How long a request may be, and how deep messages may be nested in it.

#ifndef ANNALS_SERVICE_MESSAGE_LIMITS_H_
#define ANNALS_SERVICE_MESSAGE_LIMITS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace annals {

// What protobuf takes of itself, in every language.
inline constexpr int kMessageNestingMax = 100;

struct MessageLimits {
  size_t bytes_max = 2 << 20;
  // That sets it.
  absl::string_view bytes_flag = "--message_bytes_max";
  // Messages and groups, known ones and unknown ones.
  int nesting_max = kMessageNestingMax;
};

// RESOURCE_EXHAUSTED with reason MESSAGE_TOO_LARGE.
absl::Status RequireSize(size_t bytes, const MessageLimits& limits);

// Parses `bytes` as `request`. RESOURCE_EXHAUSTED with reason MESSAGE_TOO_DEEP;
// MalformedRequest if it is no such message.
absl::Status ParseRequest(absl::string_view bytes, const MessageLimits& limits,
                          google::protobuf::Message* request);

}  // namespace annals

#endif  // ANNALS_SERVICE_MESSAGE_LIMITS_H_
