// Leaves of the ledger.

#include "service/leaf_codec.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view leaf = annals::AsText(data, size);
  constexpr uint64_t kIndex = 7;
  const auto entry = annals::DecodeLeaf(kIndex, leaf);
  const auto facts = annals::LeafCodec().Decode(kIndex, leaf);
  annals::FuzzRequire(entry.ok() || !facts.ok(), "no facts of what is no leaf");
  if (!facts.ok()) return 0;
  annals::FuzzRequire(entry->index() == kIndex, "a leaf says its index");
  annals::FuzzRequire(!facts->stream.empty(), "a leaf has a stream");
  return 0;
}
