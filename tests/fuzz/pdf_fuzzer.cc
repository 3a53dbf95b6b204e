// PDFs, read in a process of their own.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/fuzz/import_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input = annals::AsText(data, size);
  annals::ImportAnything(absl::StrContains(input.substr(0, 1024), "%PDF-")
                             ? std::string(input)
                             : absl::StrCat("%PDF-1.7\n", input));
  return 0;
}
