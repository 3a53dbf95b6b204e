// Texts in the lines of JSON that the daemon logs.

#ifndef ANNALS_SERVICE_TELEMETRY_JSON_STRING_H_
#define ANNALS_SERVICE_TELEMETRY_JSON_STRING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals {

// `text`, UTF-8, as it may stand between the quotation marks of a JSON string
// (RFC 8259, section 7).
std::string JsonEscaped(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_JSON_STRING_H_
