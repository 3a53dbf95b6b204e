// What a log sends to a witness, and the size that a witness answers with.

#include "ledger/add_checkpoint.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = annals::AsText(data, size);
  if (const auto request = annals::ledger::ParseAddCheckpoint(text);
      request.ok()) {
    annals::FuzzRequire(annals::ledger::FormatAddCheckpoint(*request) == text,
                        "a request is written as it was read");
  }
  if (const auto tree_size = annals::ledger::ParseTreeSize(text);
      tree_size.ok()) {
    annals::FuzzRequire(annals::ledger::FormatTreeSize(*tree_size) == text,
                        "a size is written as it was read");
  }
  return 0;
}
