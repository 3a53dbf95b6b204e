// What every writing request has: an id, and a digest that binds the id to what
// is asked for.

#ifndef ANNALS_SERVICE_REQUEST_H_
#define ANNALS_SERVICE_REQUEST_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "ledger/hash.h"

namespace annals {

// The longest reason, of a submission or an acknowledgement.
inline constexpr size_t kReasonCharactersMax = 2000;

// The id in lower case. INVALID_ARGUMENT with reason INVALID_REQUEST_ID if it
// is no UUID in its 36-character form.
absl::StatusOr<std::string> NormalizeRequestId(absl::string_view request_id);

// SHA-256(method ‖ 0x00 ‖ request). The caller clears the request id first. The
// bytes are only ever compared with those of the same method, in one program.
ledger::Hash RequestDigest(absl::string_view method,
                           const google::protobuf::Message& request,
                           absl::string_view attachment = "");

// INVALID_ARGUMENT with reason MALFORMED_REQUEST.
absl::Status MalformedRequest(absl::string_view message_type);

// INVALID_ARGUMENT with reason UNKNOWN_FIELD if the message, not looking into
// its messages, has a field that this version does not know: it would be
// recorded as if it had not been said, or said unread.
absl::Status RequireKnownFields(absl::string_view field,
                                const google::protobuf::Message& message);

// OK if reports can be about it. INVALID_ARGUMENT with reason INVALID_VALUE.
absl::Status RequireReportYear(int year);

// As report::ValidateText, and INVALID_ARGUMENT with reason INVALID_VALUE if
// there is a control character but newline and tab, or one that reorders the
// characters after it.
absl::Status ValidateStatement(absl::string_view field, absl::string_view text,
                               size_t characters_max);

// An INVALID_ARGUMENT that names one field of the request.
absl::Status InvalidField(absl::string_view reason, absl::string_view field,
                          absl::string_view en, absl::string_view zh);

}  // namespace annals

#endif  // ANNALS_SERVICE_REQUEST_H_
