// How often a test does what it does, where a longer run may be asked for.

#ifndef ANNALS_TESTS_SUPPORT_WANTED_COUNT_H_
#define ANNALS_TESTS_SUPPORT_WANTED_COUNT_H_

#include <cstdint>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace annals {

// The number that the environment variable gives; `usual` without it.
inline uint64_t WantedCount(const char* variable, uint64_t usual) {
  const char* const wanted = std::getenv(variable);
  uint64_t count = usual;
  if (wanted != nullptr && !absl::SimpleAtoi(wanted, &count)) {
    ADD_FAILURE() << variable << "=" << wanted;
  }
  return count;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_WANTED_COUNT_H_
