// Verifier keys of notes, of either algorithm: a name and a public key.
//
//   type 0x01   Ed25519, as of note.h
//   type 0xff   SM2 with SM3; after the type's byte a longer identifier, as
//   C2SP
//               signed-note recommends for types without a byte of their own:
//               "annals.v1/sm2-sm3;id=" distinguishing id ';' public key (65
//               bytes). The signature is that of key_pair.h, of the note's
//               text.
//
// The key id is of name, type, identifier and key, as for any type. A verifier
// that does not know such a key ignores its signatures.

#ifndef ANNALS_LEDGER_NOTE_KEY_H_
#define ANNALS_LEDGER_NOTE_KEY_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/key_pair.h"
#include "ledger/note.h"

namespace annals::ledger {

inline constexpr uint8_t kNoteTypeOther = 0xFF;
// A distinguishing id in a vkey: 1 to so many visible ASCII characters, no ';'.
inline constexpr size_t kSm2IdCharactersMax = 64;

class NoteKey {
 public:
  // From a vkey. INVALID_ARGUMENT, naming the fault, if it is malformed, its
  // key id does not match, or it is of neither algorithm.
  static absl::StatusOr<NoteKey> Parse(absl::string_view vkey);

  // INVALID_ARGUMENT if no note can carry the name, no vkey the distinguishing
  // id (SM2_ID_INVALID), or the key is none (PUBLIC_KEY_INVALID).
  static absl::StatusOr<NoteKey> Create(absl::string_view name,
                                        const PublicKey& key);

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  const PublicKey& key() const { return key_; }
  // As a vkey.
  std::string ToString() const;
  // `name+key id`, as a vkey begins.
  std::string ShortName() const;

  // OK if `signature`, without its key id, is the key's of a note's text;
  // DATA_LOSS with reason SIGNATURE_FALSE if not.
  absl::Status Verify(absl::string_view text,
                      absl::string_view signature) const {
    return VerifySignature(key_, text, signature);
  }

  friend bool operator==(const NoteKey& a, const NoteKey& b) {
    return a.name_ == b.name_ && a.key_ == b.key_;
  }

 private:
  NoteKey() = default;
  std::string name_;
  uint32_t key_id_ = 0;
  PublicKey key_;
};

// OK if the key has signed the note. NOT_FOUND with reason NOTE_NOT_SIGNED if
// it carries no signature by that name and key id; DATA_LOSS with reason
// NOTE_SIGNATURE_FALSE if that signature is false.
absl::Status RequireSignedBy(const ParsedNote& note, const NoteKey& key);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_NOTE_KEY_H_
