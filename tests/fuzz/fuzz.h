// What the fuzz targets share.
//
// A target is one function, LLVMFuzzerTestOneInput, that must survive any
// bytes. libFuzzer calls it in a build by clang; in the tests a driver of our
// own calls it as well (driver.cc), with the same seeds.

#ifndef ANNALS_TESTS_FUZZ_FUZZ_H_
#define ANNALS_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace annals {

inline absl::string_view AsText(const uint8_t* data, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

// Ends the process, so that the fuzzer keeps the input.
inline void FuzzRequire(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not true of this input: %s\n", what);
  std::abort();
}

}  // namespace annals

#endif  // ANNALS_TESTS_FUZZ_FUZZ_H_
