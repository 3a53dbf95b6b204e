// What a person can do about an error.

#ifndef ANNALS_CLIENT_ADVICE_H_
#define ANNALS_CLIENT_ADVICE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "client/text.h"

namespace annals::client {

// What to do about an error with this reason; nullopt if its message says it
// all.
std::optional<Text> AdviceFor(absl::string_view reason);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ADVICE_H_
