// An Office Open XML file (ECMA-376 part 2): parts in a ZIP archive that refer
// to each other by relationships.

#ifndef ANNALS_CLIENT_IMPORT_OFFICE_PACKAGE_H_
#define ANNALS_CLIENT_IMPORT_OFFICE_PACKAGE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"
#include "client/import/source_text.h"
#include "client/import/xml_part.h"
#include "client/import/zip_archive.h"

namespace annals::client {

class OfficePackage {
 public:
  // `bytes` must outlive the package. The format is that of the main part:
  // kDocx or kXlsx. UNSUPPORTED_FORMAT, which names what it is, for any other
  // archive; else as ZipArchive::Open().
  static absl::StatusOr<OfficePackage> Open(absl::string_view bytes,
                                            const ImportLimits& limits);

  FileFormat format() const { return format_; }
  const std::string& main_part() const { return main_part_; }

  struct Relationship {
    std::string type;    // The last segment of its URI, such as `styles`.
    std::string target;  // The name of a part.
  };

  // The relationships of a part, by id; empty if it has none.
  absl::StatusOr<std::map<std::string, Relationship>> RelationshipsOf(
      absl::string_view part);

  bool Has(absl::string_view part) const { return archive_.Has(part); }
  absl::StatusOr<XmlPart> Read(absl::string_view part);

 private:
  OfficePackage(ZipArchive archive, const ImportLimits& limits)
      : archive_(std::move(archive)), limits_(limits) {}

  ZipArchive archive_;
  const ImportLimits limits_;
  FileFormat format_ = FileFormat::kDocx;
  std::string main_part_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_OFFICE_PACKAGE_H_
