// A strict reader of JSON that knows what it reads: it walks the text and the
// schema side by side and says where the first fault is.

#ifndef ANNALS_SERVICE_REPORT_JSON_SCAN_H_
#define ANNALS_SERVICE_REPORT_JSON_SCAN_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace annals::report {

// OK if `json` is RFC 8259 JSON and an object of the protobuf JSON mapping of
// `message`, with no field twice. INVALID_ARGUMENT, naming the line and the
// field, with reason INVALID_UTF8, INVALID_JSON, UNKNOWN_FIELD, INVALID_VALUE
// or COUNT_OUT_OF_RANGE. Understands what a report is made of: messages,
// strings, bytes, enums, and 32-bit and 64-bit integers.
absl::Status ScanJson(absl::string_view json,
                      const google::protobuf::Descriptor* message);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_JSON_SCAN_H_
