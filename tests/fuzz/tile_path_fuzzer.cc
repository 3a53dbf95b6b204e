// Paths of tiles and entry bundles.

#include "ledger/tile_path.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = annals::AsText(data, size);
  const auto address = annals::ledger::ParseTilePath(text);
  if (!address.ok()) return 0;
  annals::FuzzRequire(annals::ledger::TilePath(*address) == text,
                      "an address has one path");
  return 0;
}
