// Protobuf's wire format where bytes must stay as they are: what was received
// is what is hashed and kept, and what was kept is put into an answer.

#ifndef ANNALS_SERVICE_WIRE_FORMAT_H_
#define ANNALS_SERVICE_WIRE_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals {

// Appends the field `number` with the bytes of a message or string.
void AppendField(int number, absl::string_view value, std::string* bytes);

// Whether `message` is whole fields, none of them a group.
bool IsWellFormed(absl::string_view message);

// The bytes of the message that is the field `number` of `message`; empty if it
// has none. If the field stands there more than once, its occurrences follow
// each other, which is how parsers merge them.
// REQUIRES: `message` is well formed.
std::string MessageField(absl::string_view message, int number);

// `message` without the field `number`, its other bytes as they are.
// REQUIRES: as above.
std::string WithoutField(std::string message, int number);

}  // namespace annals

#endif  // ANNALS_SERVICE_WIRE_FORMAT_H_
