// Inclusion proofs as files.

#include "ledger/hash.h"
#include "ledger/tlog_proof.h"
#include "tests/fuzz/fuzz.h"

using annals::ledger::NoteVerifier;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = annals::AsText(data, size);
  const auto proof = annals::ledger::ParseTlogProof(text);
  if (!proof.ok()) return 0;
  const auto again = annals::ledger::FormatTlogProof(*proof);
  annals::FuzzRequire(again.ok() && *again == text,
                      "a proof is written as it was read");
  static const auto* const stranger =
      new NoteVerifier(*NoteVerifier::Create("log.example/annals", {}));
  annals::FuzzRequire(!annals::ledger::VerifyTlogProof(
                           *proof, annals::ledger::LeafHash("x"), *stranger)
                           .ok(),
                      "only the key's own signature proves");
  return 0;
}
