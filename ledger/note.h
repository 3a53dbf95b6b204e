// Signed notes (C2SP signed-note).
//
//   note        text '\n' signature+
//   text        UTF-8 without control characters but newline, ends in newline
//   signature   "— " name ' ' base64(key id ‖ signature bytes) '\n'
//   key id      first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key)
//   vkey        name '+' hex(key id) '+' base64(type ‖ public key)
//
// Type 0x01 is Ed25519; type 0x04 the witness cosignature of cosignature.h;
// type 0xff that of SM2 in note_key.h.

#ifndef ANNALS_LEDGER_NOTE_H_
#define ANNALS_LEDGER_NOTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/signer.h"

namespace annals::ledger {

// A longer note is refused before it is parsed.
inline constexpr size_t kNoteBytesMax = 1 << 20;
inline constexpr size_t kNoteSignaturesMax = 100;

// The signature types known here.
inline constexpr uint8_t kNoteTypeEd25519 = 0x01;
inline constexpr uint8_t kNoteTypeCosignature = 0x04;

// A vkey of any type, taken apart.
struct Vkey {
  std::string name;
  uint32_t key_id = 0;
  uint8_t type = 0;
  std::string key;  // Without the type's byte.
};

// INVALID_ARGUMENT, naming the fault, if it is malformed or its key id is not
// that of its name, type and key.
absl::StatusOr<Vkey> ParseVkey(absl::string_view vkey);

// INVALID_ARGUMENT if no note can carry the name.
absl::StatusOr<Vkey> MakeVkey(absl::string_view name, uint8_t type,
                              absl::string_view key);

std::string FormatVkey(const Vkey& vkey);

// The key of a vkey whose type is made of an Ed25519 key. INVALID_ARGUMENT if
// its type is not `type` or its key is not 32 bytes long.
absl::StatusOr<Ed25519PublicKey> Ed25519KeyOf(const Vkey& vkey, uint8_t type);

// A name and an Ed25519 public key: who must have signed.
class NoteVerifier {
 public:
  // From a vkey. INVALID_ARGUMENT, naming the fault, if it is malformed, its
  // key id does not match, or its type is not Ed25519.
  static absl::StatusOr<NoteVerifier> Parse(absl::string_view vkey);

  // INVALID_ARGUMENT if the name is empty or has a space, a plus sign or a
  // control character.
  static absl::StatusOr<NoteVerifier> Create(absl::string_view name,
                                             const Ed25519PublicKey& key);

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  const Ed25519PublicKey& key() const { return key_; }
  // As a vkey.
  std::string ToString() const;

 private:
  NoteVerifier() = default;
  std::string name_;
  uint32_t key_id_ = 0;
  Ed25519PublicKey key_ = {};
};

struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;  // Without the key id.
};

struct ParsedNote {
  std::string text;  // With its final newline.
  std::vector<NoteSignature> signatures;
};

// Whether a note can have this text: UTF-8 without control characters but
// newline, ending in a newline.
bool IsNoteText(absl::string_view text);

// A signature as a line of a note, with its newline.
std::string FormatSignatureLine(const NoteSignature& signature);

// Signature lines without a note, as a witness answers with.
// INVALID_ARGUMENT if one is malformed, there is none, or there are too many.
absl::StatusOr<std::vector<NoteSignature>> ParseSignatureLines(
    absl::string_view lines);

// `note` with `signatures` after its own. INVALID_ARGUMENT if it is malformed
// or becomes too large.
absl::StatusOr<std::string> AddSignatures(
    absl::string_view note, absl::Span<const NoteSignature> signatures);

// Takes a note apart without verifying it. INVALID_ARGUMENT if it is malformed
// or too large.
absl::StatusOr<ParsedNote> ParseNote(absl::string_view note);

// Signs `text`, which must end in a newline, under the verifier's name.
absl::StatusOr<std::string> SignNote(absl::string_view text,
                                     const NoteVerifier& verifier,
                                     Signer* signer);

// NOT_FOUND with reason NOTE_NOT_SIGNED; DATA_LOSS with reason
// NOTE_SIGNATURE_FALSE.
absl::Status NoteNotSigned(absl::string_view name);
absl::Status NoteFalselySigned(absl::string_view name);

// The text of a note that `verifier` has signed. NOT_FOUND if it carries no
// signature by that name and key id; DATA_LOSS if that signature is false.
// Signatures by others are ignored.
absl::StatusOr<std::string> OpenNote(absl::string_view note,
                                     const NoteVerifier& verifier);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_NOTE_H_
