// An answer that is not of what was asked for.

#ifndef ANNALS_CLIENT_ANSWER_MISMATCH_H_
#define ANNALS_CLIENT_ANSWER_MISMATCH_H_

#include <string>

#include "absl/status/status.h"

namespace annals::client {

// DATA_LOSS with reason ANSWER_MISMATCH. `what` is what the server answered
// with, and need not be printable.
absl::Status AnswerMismatch(const std::string& what);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ANSWER_MISMATCH_H_
