// Many reports to archive: from a manifest, or from a directory.

#ifndef ANNALS_CLIENT_ARCHIVE_MANIFEST_H_
#define ANNALS_CLIENT_ARCHIVE_MANIFEST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/archive/archive_item.h"

namespace annals::client {

// Reads a manifest: CSV (RFC 4180) in UTF-8, the first row names the columns.
// Needed are `file`, `agency` and `year`; known are also `scope` (organ or
// regional), `report`, `published` (2025-01-20), `url`, `index_number` and
// `reason`. Files are looked for beside the manifest, `directory`. `reason`
// stands in where a row has none. An entry for each row, with what is wrong
// with that row; a usage error if the columns are not known or quotes do not
// match, so that no row can be told.
absl::StatusOr<std::vector<ArchiveEntry>> ReadManifest(
    absl::string_view csv, const std::string& directory,
    const std::string& reason);

// The files of a directory that are named CODE/YEAR.EXT or
// CODE/YEAR-regional.EXT; hidden files are left out. What is checked against
// another comes after it: older years first, regional reports last; and what
// has an error at the end, all in the order of their names. An entry for each
// file: a file named otherwise, all files of one report if it has several, and
// a directory inside that can't be read have an error. A usage error if the
// directory itself can't be read.
absl::StatusOr<std::vector<ArchiveEntry>> ReadArchiveDirectory(
    const std::string& directory, const std::string& reason);

// `2025-01-20`; a usage error if it is no day.
absl::StatusOr<v1::Date> ParseDay(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ARCHIVE_MANIFEST_H_
