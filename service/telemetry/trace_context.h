// The trace that a call belongs to, as its caller says (W3C Trace Context,
// level 1).

#ifndef ANNALS_SERVICE_TELEMETRY_TRACE_CONTEXT_H_
#define ANNALS_SERVICE_TELEMETRY_TRACE_CONTEXT_H_

#include "absl/strings/string_view.h"

namespace annals {

// The key of the metadata.
inline constexpr char kTraceparentKey[] = "traceparent";

// The trace id, 32 hexadecimal digits in lower case, of the value of a
// traceparent; empty if that is none.
absl::string_view TraceIdOf(absl::string_view traceparent);

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_TRACE_CONTEXT_H_
