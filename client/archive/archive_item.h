// What is known of a historical report that is to be recorded as it was
// published.

#ifndef ANNALS_CLIENT_ARCHIVE_ARCHIVE_ITEM_H_
#define ANNALS_CLIENT_ARCHIVE_ARCHIVE_ITEM_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/report.pb.h"
#include "service/report/names.h"

namespace annals::client {

struct ArchiveItem {
  // The file as it was published.
  std::string source;
  // The structured report, checked by a person; empty to read it from the
  // source.
  std::string report_file;
  report::ReportName name;
  // Where and when it was published; empty if not known.
  std::optional<v1::Date> published;
  std::string url;
  std::string index_number;
  // Where it was found and why it is recorded.
  std::string reason;
};

// A row of a manifest or a file of a directory: what it says, or what is wrong
// with it.
struct ArchiveEntry {
  // The file as it was named; empty if none was.
  std::string source;
  // Of the manifest; 0 for a file of a directory.
  int line = 0;
  absl::StatusOr<ArchiveItem> item;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ARCHIVE_ARCHIVE_ITEM_H_
