// Errors that readers of several formats have.

#ifndef ANNALS_CLIENT_IMPORT_READER_ERROR_H_
#define ANNALS_CLIENT_IMPORT_READER_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"

namespace annals::client {

// FILE_DAMAGED. `part`: what is damaged, such as `word/document.xml`; may be
// empty.
absl::Status FileDamaged(FileFormat format, absl::string_view part);

// FILE_ENCRYPTED: it has a password.
absl::Status FileEncrypted(FileFormat format);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_READER_ERROR_H_
