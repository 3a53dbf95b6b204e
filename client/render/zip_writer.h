// ZIP archives that this program makes: the containers of DOCX and XLSX.

#ifndef ANNALS_CLIENT_RENDER_ZIP_WRITER_H_
#define ANNALS_CLIENT_RENDER_ZIP_WRITER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

struct ZipMember {
  std::string name;
  std::string content;
};

// The members in their order, compressed. The same members always give the same
// bytes: their date is the earliest that the format has. INTERNAL with reason
// ZIP_NOT_WRITTEN if it can't be made.
absl::StatusOr<std::string> WriteZip(const std::vector<ZipMember>& members);

// The members of an archive of our own making; not for what comes from
// elsewhere, since nothing limits their size. INTERNAL (ZIP_NOT_WRITTEN).
absl::StatusOr<std::vector<ZipMember>> ReadOwnZip(absl::string_view bytes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_ZIP_WRITER_H_
