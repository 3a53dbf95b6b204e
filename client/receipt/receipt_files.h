// A receipt as files, that tools which know nothing of Annals can read:
//
//   FILE           the C2SP tlog-proof
//   FILE.leaf      the bytes of the leaf, as hashed
//   FILE.salt      the 32 bytes of the content's salt
//   FILE.content   the bytes of the content, as hashed

#ifndef ANNALS_CLIENT_RECEIPT_RECEIPT_FILES_H_
#define ANNALS_CLIENT_RECEIPT_RECEIPT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/receipt/receipt.h"

namespace annals::client {

enum class Overwrite { kNo, kYes };

// OK if the receipt may be written to `path`: none of its files is there, or
// they are to be overwritten. ALREADY_EXISTS (FILE_EXISTS); INVALID_ARGUMENT
// (FILE_NOT_WRITABLE) if there is no such directory.
absl::Status RequireWritable(const std::string& path, Overwrite overwrite);

// Writes each file whole or not at all, the proof last, and removes those that
// this receipt does not have. Returns the paths written.
absl::StatusOr<std::vector<std::string>> WriteReceipt(const Receipt& receipt,
                                                      const std::string& path,
                                                      Overwrite overwrite);

// NOT_FOUND (FILE_NOT_FOUND, RECEIPT_LEAF_MISSING) if there is no proof or no
// leaf; INVALID_ARGUMENT (FILE_NOT_READABLE, FILE_TOO_LARGE). Salt and content
// may be missing.
absl::StatusOr<Receipt> ReadReceipt(const std::string& path);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RECEIPT_RECEIPT_FILES_H_
