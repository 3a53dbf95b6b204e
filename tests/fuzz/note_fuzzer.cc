// Notes, signature lines, checkpoints.

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "tests/fuzz/fuzz.h"

using annals::ledger::Checkpoint;
using annals::ledger::FormatSignatureLine;
using annals::ledger::NoteSignature;
using annals::ledger::NoteVerifier;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = annals::AsText(data, size);
  if (const auto note = annals::ledger::ParseNote(text); note.ok()) {
    std::string again = absl::StrCat(note->text, "\n");
    for (const NoteSignature& signature : note->signatures) {
      again += FormatSignatureLine(signature);
    }
    annals::FuzzRequire(again == text, "a note is written as it was read");
  }
  if (const auto lines = annals::ledger::ParseSignatureLines(text);
      lines.ok()) {
    std::string again;
    for (const NoteSignature& line : *lines) again += FormatSignatureLine(line);
    annals::FuzzRequire(again == text, "lines are written as they were read");
  }
  if (const auto checkpoint = annals::ledger::ParseCheckpointText(text);
      checkpoint.ok()) {
    const std::string again = annals::ledger::CheckpointText(*checkpoint);
    annals::FuzzRequire(text.substr(0, again.size()) == again,
                        "a checkpoint is written as it was read");
  }
  // Of a key that has signed none of the seeds.
  static const auto* const stranger =
      new NoteVerifier(*NoteVerifier::Create("log.example/annals", {}));
  annals::FuzzRequire(!annals::ledger::OpenCheckpoint(text, *stranger).ok(),
                      "only the key's own signature opens a note");
  return 0;
}
