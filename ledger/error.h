// Errors with a stable reason and a text in both languages.
//
// An absl::Status made here carries, as payloads, what the gRPC edge turns into
// google.rpc.ErrorInfo and google.rpc.LocalizedMessage. The status message is
// the English text; it names the thing at fault and what to do about it.

#ifndef ANNALS_LEDGER_ERROR_H_
#define ANNALS_LEDGER_ERROR_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// What a person reads, in both languages.
struct ErrorText {
  std::string en;
  std::string zh;
};

// Something at a place in the input that a person must mend.
struct FieldViolation {
  std::string field;  // Path from the request, such as "report.t3.granted".
  std::string description;
};

// An error with `reason`: UPPER_SNAKE_CASE, at most 63 characters, never
// renamed.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason,
                       ErrorText text);

// Adds a figure or name that a program may want, such as the current etag. The
// key is lowerCamelCase.
void AddErrorMetadata(absl::string_view key, absl::string_view value,
                      absl::Status* status);

// Adds a violation. Violations keep their order.
void AddFieldViolation(const FieldViolation& violation, absl::Status* status);

// What was put in; empty if nothing was.
std::string ErrorReason(const absl::Status& status);
std::string ErrorTextZh(const absl::Status& status);
std::vector<std::pair<std::string, std::string>> ErrorMetadata(
    const absl::Status& status);
std::vector<FieldViolation> FieldViolations(const absl::Status& status);

}  // namespace annals

#endif  // ANNALS_LEDGER_ERROR_H_
