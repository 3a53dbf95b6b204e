// Web pages and fragments of them.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/import_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  annals::ImportAnything(absl::StrCat("<body>", annals::AsText(data, size)));
  return 0;
}
