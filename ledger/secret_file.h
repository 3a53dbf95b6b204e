// Files that hold private keys: only their owner can use them, none is ever
// overwritten.

#ifndef ANNALS_LEDGER_SECRET_FILE_H_
#define ANNALS_LEDGER_SECRET_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

// A PKCS#8 Ed25519 key in PEM is 119 bytes long; comments may precede it.
inline constexpr size_t kSecretFileBytesMax = 16 << 10;

// OK if only its owner can use the file. NOT_FOUND with reason
// KEY_FILE_MISSING; FAILED_PRECONDITION with reason KEY_FILE_EXPOSED if others
// can read or write it; DATA_LOSS with reason KEY_FILE_DAMAGED if it is no
// regular file.
absl::Status CheckSecretFile(const std::string& path);

// The whole file into `*text`, which CleanseSecret must cleanse. As
// CheckSecretFile, and KEY_FILE_DAMAGED if it is too large for a key.
absl::Status ReadSecretFile(const std::string& path, std::string* text);

// Writes a new file with mode 0600 and syncs it and its directory.
// ALREADY_EXISTS with reason KEY_FILE_EXISTS if there is one.
absl::Status WriteNewSecretFile(const std::string& path,
                                absl::string_view bytes);

// Overwrites the bytes of a secret and empties the string.
void CleanseSecret(std::string* secret);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_SECRET_FILE_H_
