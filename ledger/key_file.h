// Private keys in files, with the name that they sign under.
//
//   key file   ["Name: " name '\n' "Use: " ("log" | "witness" | "agency") '\n'
//              ["SM2-Id: " distinguishing id '\n']] PKCS#8 PEM, as of signer.h
//   note key   "PRIVATE+KEY+" name '+' hex(key id) '+' base64(0x01 ‖ seed) '\n'
//
// The lines before the PEM are explanatory text (RFC 7468, section 2), which
// OpenSSL skips, so a key file is a PEM file for every other program. A note
// key is what tools for signed notes that are written in Go take
// (golang.org/x/mod/sumdb/note); its key id is that of a log's key, also if a
// witness signs with it.

#ifndef ANNALS_LEDGER_KEY_FILE_H_
#define ANNALS_LEDGER_KEY_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/note.h"
#include "ledger/signer.h"

namespace annals::ledger {

enum class KeyUse : uint8_t { kLog, kWitness, kAgency };

// `log`, `witness` or `agency`.
absl::string_view KeyUseWord(KeyUse use);

// The lines before the PEM; the name is empty if there are none.
struct KeyHeader {
  std::string name;
  KeyUse use = KeyUse::kLog;
  // Of an SM2 key; empty if none is stated.
  std::string sm2_id;
};

// INVALID_ARGUMENT with reason KEY_FILE_HEADER_INVALID, naming `path`, if the
// lines are anything else.
absl::StatusOr<KeyHeader> ParseKeyHeader(absl::string_view preamble,
                                         const std::string& path);
std::string FormatKeyHeader(const KeyHeader& header);

// An Ed25519 key of a log or a witness; others are note_signer.h's.
struct NamedKey {
  std::string name;                 // Empty if the file has none.
  uint8_t type = kNoteTypeEd25519;  // Or kNoteTypeCosignature.
  std::unique_ptr<Ed25519Signer> signer;
};

// The key in a file of either form. Errors as of Ed25519Signer::Load;
// INVALID_ARGUMENT with reason KEY_FILE_HEADER_INVALID if the lines before the
// PEM are not those of a log or a witness, or NOTE_KEY_MALFORMED.
absl::StatusOr<NamedKey> LoadNamedKey(const std::string& path);

// Write a new file of mode 0600. ALREADY_EXISTS if there is one;
// INVALID_ARGUMENT if no note can carry the name. A key file without a name is
// bare PEM; a note key needs one.
absl::Status SaveKeyFile(const NamedKey& key, const std::string& path);
absl::Status SaveNoteKey(const NamedKey& key, const std::string& path);

// The public key as a vkey. INVALID_ARGUMENT if no note can carry the name.
absl::StatusOr<std::string> VkeyOf(const NamedKey& key);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_KEY_FILE_H_
