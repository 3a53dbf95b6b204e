// What the daemon says to the person who starts it.

#ifndef ANNALS_SERVICE_CONSOLE_H_
#define ANNALS_SERVICE_CONSOLE_H_

#include <cstdint>

#include "absl/status/status.h"

namespace annals {

// Why it does not start, in both languages, on the error stream.
void PrintRefusal(const absl::Status& status);

// Draws on a terminal how far a check of the store is.
void ShowProgress(uint64_t done, uint64_t total);

}  // namespace annals

#endif  // ANNALS_SERVICE_CONSOLE_H_
