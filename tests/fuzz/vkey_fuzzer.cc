// Verifier keys of any type.

#include "ledger/cosignature.h"
#include "ledger/note.h"
#include "ledger/note_key.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = annals::AsText(data, size);
  if (const auto vkey = annals::ledger::ParseVkey(text); vkey.ok()) {
    annals::FuzzRequire(annals::ledger::FormatVkey(*vkey) == text,
                        "a key is written as it was read");
  }
  const bool log = annals::ledger::NoteVerifier::Parse(text).ok();
  const bool witness = annals::ledger::CosignatureVerifier::Parse(text).ok();
  annals::FuzzRequire(!(log && witness), "a key has one type");
  const auto key = annals::ledger::NoteKey::Parse(text);
  annals::FuzzRequire(!(key.ok() && witness), "a key has one type");
  annals::FuzzRequire(!log || key.ok(), "a log's key is a key");
  if (key.ok()) {
    annals::FuzzRequire(key->ToString() == text,
                        "a key is written as it was read");
    annals::FuzzRequire(!key->Verify("text\n", "signature").ok(),
                        "no key has signed this");
  }
  return 0;
}
