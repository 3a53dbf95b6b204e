// Tiles and entry bundles. The first byte is the width less one.

#include "ledger/tile_path.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const uint64_t width = uint64_t{data[0]} + 1;
  const absl::string_view bytes = annals::AsText(data + 1, size - 1);
  if (const auto leaves = annals::ledger::DecodeEntryBundle(bytes, width);
      leaves.ok()) {
    const auto again = annals::ledger::EncodeEntryBundle(*leaves);
    annals::FuzzRequire(again.ok() && *again == bytes,
                        "a bundle is written as it was read");
  }
  if (const auto hashes = annals::ledger::DecodeHashTile(bytes, width);
      hashes.ok()) {
    annals::FuzzRequire(annals::ledger::EncodeHashTile(*hashes) == bytes,
                        "a tile is written as it was read");
  }
  return 0;
}
