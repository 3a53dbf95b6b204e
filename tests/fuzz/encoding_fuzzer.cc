// Text in any encoding.

#include "client/import/encoding.h"
#include "tests/fuzz/import_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input = annals::AsText(data, size);
  const auto text = annals::client::DecodeText(input);
  annals::FuzzRequire(!text.ok() || annals::ledger::IsValidUtf8(*text),
                      "decoded text is UTF-8");
  annals::ImportAnything(input);
  return 0;
}
