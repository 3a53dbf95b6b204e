// A private key of either algorithm with the name that it signs notes under:
// an agency's key, or the second key of a ledger's checkpoints.

#ifndef ANNALS_LEDGER_NOTE_SIGNER_H_
#define ANNALS_LEDGER_NOTE_SIGNER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/key_file.h"
#include "ledger/key_pair.h"
#include "ledger/note_key.h"

namespace annals::ledger {

// Where a private key is, and whose it is.
struct NoteKeySource {
  // A path of a key file (key_file.h), or a URI (provider_signer.h).
  std::string source;
  // The provider of OpenSSL to load for a URI.
  std::string openssl_provider;
  // The name, if the source says none. FAILED_PRECONDITION with reason
  // KEY_NAME_MISMATCH if it says another one.
  std::string name;
  KeyUse use = KeyUse::kAgency;
};

// Thread-safe.
class NoteSigner {
 public:
  // As NoteKey::Create.
  static absl::StatusOr<std::unique_ptr<NoteSigner>> Create(
      absl::string_view name, std::unique_ptr<KeyPair> pair);

  // Errors as of KeyPair::Load and LoadByUri, and KEY_FILE_HEADER_INVALID.
  static absl::StatusOr<std::unique_ptr<NoteSigner>> Load(
      const NoteKeySource& source);

  // Writes a new key file. As KeyPair::Save.
  absl::Status Save(const std::string& path, KeyUse use) const;

  const NoteKey& key() const { return key_; }

  // The line under a note's text, which must be one (IsNoteText).
  absl::StatusOr<NoteSignature> Sign(absl::string_view text) const;

 private:
  NoteSigner(NoteKey key, std::unique_ptr<KeyPair> pair)
      : key_(std::move(key)), pair_(std::move(pair)) {}

  const NoteKey key_;
  const std::unique_ptr<KeyPair> pair_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_NOTE_SIGNER_H_
