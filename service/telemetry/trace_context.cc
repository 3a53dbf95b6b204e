#include "service/telemetry/trace_context.h"

#include <cstddef>

namespace annals {
namespace {

// version-traceid-parentid-flags: 2, 32, 16 and 2 digits (section 3.2.2).
constexpr size_t kTraceIdBegin = 3;
constexpr size_t kTraceIdDigits = 32;
constexpr size_t kParentIdBegin = 36;
constexpr size_t kParentIdDigits = 16;
constexpr size_t kFlagsBegin = 53;
constexpr size_t kFlagsDigits = 2;
constexpr size_t kLength = 55;

bool IsLowerHex(absl::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

// All zeros stand for none.
bool IsId(absl::string_view text) {
  return IsLowerHex(text) &&
         text.find_first_not_of('0') != absl::string_view::npos;
}

}  // namespace

absl::string_view TraceIdOf(absl::string_view traceparent) {
  if (traceparent.size() < kLength) return "";
  const absl::string_view version = traceparent.substr(0, 2);
  if (!IsLowerHex(version) || version == "ff") return "";
  // Later versions may say more, after another hyphen.
  const bool is_longer = traceparent.size() > kLength;
  if (is_longer && (version == "00" || traceparent[kLength] != '-')) return "";
  for (const size_t hyphen :
       {kTraceIdBegin - 1, kParentIdBegin - 1, kFlagsBegin - 1}) {
    if (traceparent[hyphen] != '-') return "";
  }
  const absl::string_view trace_id =
      traceparent.substr(kTraceIdBegin, kTraceIdDigits);
  if (!IsId(trace_id) ||
      !IsId(traceparent.substr(kParentIdBegin, kParentIdDigits)) ||
      !IsLowerHex(traceparent.substr(kFlagsBegin, kFlagsDigits))) {
    return "";
  }
  return trace_id;
}

}  // namespace annals
