// A ZIP archive in memory, read within limits.

#ifndef ANNALS_CLIENT_IMPORT_ZIP_ARCHIVE_H_
#define ANNALS_CLIENT_IMPORT_ZIP_ARCHIVE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"
#include "client/import/source_text.h"

struct zip;

namespace annals::client {

class ZipArchive {
 public:
  // `bytes` must outlive the archive. INVALID_ARGUMENT: FILE_DAMAGED if it is
  // no archive, is cut, or has an entry twice; FILE_TOO_LARGE if it has more
  // entries than the limits allow. Errors call it by `format`.
  static absl::StatusOr<ZipArchive> Open(absl::string_view bytes,
                                         FileFormat format,
                                         const ImportLimits& limits);

  bool Has(absl::string_view name) const;

  // The entry unpacked, its CRC checked. FILE_DAMAGED, FILE_ENCRYPTED, or
  // FILE_TOO_LARGE if all that was read of the archive exceeds the limit,
  // whatever sizes its directory claims. FILE_DAMAGED if there is none.
  absl::StatusOr<std::string> Read(absl::string_view name);

  void set_format(FileFormat format) { format_ = format; }

 private:
  struct Close {
    void operator()(zip* archive) const;
  };

  ZipArchive() = default;

  std::unique_ptr<zip, Close> archive_;
  std::map<std::string, uint64_t, std::less<>> entries_;
  FileFormat format_ = FileFormat::kDocx;
  size_t unpacked_bytes_max_ = 0;
  size_t unpacked_bytes_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_ZIP_ARCHIVE_H_
