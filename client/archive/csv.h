// Rows of comma-separated values (RFC 4180).

#ifndef ANNALS_CLIENT_ARCHIVE_CSV_H_
#define ANNALS_CLIENT_ARCHIVE_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

struct CsvRow {
  int line = 0;  // Where it begins, from 1.
  std::vector<std::string> fields;
};

// The rows, without empty lines and a byte order mark. A usage error that names
// the line where quotes are not closed or stand inside an unquoted field.
absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ARCHIVE_CSV_H_
