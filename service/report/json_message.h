// A strict reader of messages from JSON: it walks the text and the schema side
// by side and says where the first fault is.

#ifndef ANNALS_SERVICE_REPORT_JSON_MESSAGE_H_
#define ANNALS_SERVICE_REPORT_JSON_MESSAGE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace annals::report {

// Fills `message`, which must be empty, from RFC 8259 JSON: an object of the
// protobuf JSON mapping, with no field twice. INVALID_ARGUMENT, naming the line
// and the field, with reason INVALID_UTF8, INVALID_JSON, UNKNOWN_FIELD,
// INVALID_VALUE or COUNT_OUT_OF_RANGE. Understands what a report is made of:
// messages, strings, bytes, enums, and 32-bit and 64-bit integers; it repeats
// only messages.
absl::Status MessageFromJson(absl::string_view json,
                             google::protobuf::Message* message);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_JSON_MESSAGE_H_
