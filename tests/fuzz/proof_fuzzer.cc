// The verification of inclusion and consistency: two sizes of 8 bytes, then
// hashes. No made-up proof verifies, except that equal trees extend each other.

#include <cstring>
#include <vector>

#include "ledger/proof.h"
#include "tests/fuzz/fuzz.h"

using annals::ledger::Hash;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  uint64_t numbers[2] = {};
  if (size < sizeof(numbers)) return 0;
  std::memcpy(numbers, data, sizeof(numbers));
  std::vector<Hash> proof((size - sizeof(numbers)) / sizeof(Hash));
  if (!proof.empty()) {
    std::memcpy(proof.data(), data + sizeof(numbers),
                proof.size() * sizeof(Hash));
  }
  const Hash old_root = annals::ledger::LeafHash("old");
  const Hash new_root = annals::ledger::LeafHash("new");
  annals::FuzzRequire(!annals::ledger::VerifyInclusion(
                           {numbers[0], numbers[1]}, old_root, proof, new_root)
                           .ok(),
                      "no made-up inclusion proof verifies");
  annals::FuzzRequire(!annals::ledger::VerifyConsistency(
                           {numbers[0], numbers[1]}, old_root, new_root, proof)
                           .ok(),
                      "no made-up consistency proof verifies");
  return 0;
}
