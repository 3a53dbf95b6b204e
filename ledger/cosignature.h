// Witness cosignatures (C2SP tlog-cosignature, v1, Ed25519): the statement of a
// witness that, as of a time, the checkpoint is the largest consistent one it
// has seen of the log. They stand in the checkpoint's note as signatures.
//
//   message    "cosignature/v1\n" "time " seconds '\n' text of the note
//   signature  seconds (8 bytes, big-endian) ‖ Ed25519 signature (64 bytes)
//   vkey       as of a note (note.h), of type 0x04
//
// The message does not name the witness: one key serves one name only.

#ifndef ANNALS_LEDGER_COSIGNATURE_H_
#define ANNALS_LEDGER_COSIGNATURE_H_

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/note.h"
#include "ledger/signer.h"

namespace annals::ledger {

inline constexpr size_t kCosignatureTimeBytes = 8;
inline constexpr size_t kCosignatureBytes =
    kCosignatureTimeBytes + kEd25519SignatureBytes;
inline constexpr uint64_t kCosignatureTimeMax =
    std::numeric_limits<int64_t>::max();

// A witness's name and Ed25519 public key.
class CosignatureVerifier {
 public:
  // From a vkey. INVALID_ARGUMENT, naming the fault, if it is malformed, its
  // key id does not match, or its type is not 0x04.
  static absl::StatusOr<CosignatureVerifier> Parse(absl::string_view vkey);

  // INVALID_ARGUMENT if no note can carry the name.
  static absl::StatusOr<CosignatureVerifier> Create(
      absl::string_view name, const Ed25519PublicKey& key);

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  const Ed25519PublicKey& key() const { return key_; }
  // As a vkey.
  std::string ToString() const;

 private:
  CosignatureVerifier() = default;
  std::string name_;
  uint32_t key_id_ = 0;
  Ed25519PublicKey key_ = {};
};

// What the witness signs of the note's text at `seconds` after the epoch.
std::string CosignatureMessage(absl::string_view text, uint64_t seconds);

// Cosigns `text`, the text of a checkpoint's note, under the verifier's name,
// at `seconds` after the epoch. INVALID_ARGUMENT if it is no checkpoint, the
// time is above kCosignatureTimeMax, or the key is not the verifier's. It says
// nothing of consistency: to have checked that is the caller's duty.
absl::StatusOr<NoteSignature> MakeCosignature(
    absl::string_view text, uint64_t seconds,
    const CosignatureVerifier& verifier, Signer* signer);

// When `verifier` cosigned the note, in seconds after the epoch; the latest
// time if it did so more than once. NOT_FOUND if it carries no signature by
// that name and key id; DATA_LOSS if one of them is false. A time in the future
// is the caller's to judge.
absl::StatusOr<uint64_t> FindCosignature(const ParsedNote& note,
                                         const CosignatureVerifier& verifier);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_COSIGNATURE_H_
