// What is kept of a finished call: who asked what, and how it ended. Never what
// a report, a reason or a secret says.

#ifndef ANNALS_SERVICE_TELEMETRY_CALL_RECORD_H_
#define ANNALS_SERVICE_TELEMETRY_CALL_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace annals {

// What is not known is empty.
struct CallRecord {
  // When it ended, and how long it took.
  absl::Time time;
  absl::Duration latency;
  // Such as "annals.v1.ReportService/GetReport".
  std::string method;
  absl::StatusCode code = absl::StatusCode::kOk;
  // Of the error's google.rpc.ErrorInfo.
  std::string reason;
  // Of the caller: the identity, its role, and the first 8 bytes of its
  // certificate's SHA-256, in hexadecimal.
  std::string caller;
  std::string role;
  std::string certificate;
  // The address, as gRPC writes it.
  std::string peer;
  // The resource that the request is about, and the request's id.
  std::string resource;
  std::string request_id;
  // Of a part of a call, such as an item of a batch: its number from 0.
  std::optional<int64_t> item;
  // 32 hexadecimal digits.
  std::string trace_id;
  uint64_t request_bytes = 0;
  uint64_t response_bytes = 0;
};

// As a JSON object (RFC 8259), without what is not known, and a newline.
std::string ToJsonLine(const CallRecord& record);

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_CALL_RECORD_H_
