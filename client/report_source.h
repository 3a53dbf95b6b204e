// Reports from files: as JSON, or as published in any format.

#ifndef ANNALS_CLIENT_REPORT_SOURCE_H_
#define ANNALS_CLIENT_REPORT_SOURCE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/source_text.h"
#include "client/session.h"

namespace annals::client {

// The reason of an error that ends a command with ExitCode::kDoubtfulImport.
inline constexpr char kDoubtfulImportReason[] = "DOUBTFUL_IMPORT";

// True if the content of a file is JSON: it begins with '{', but not as RTF.
bool LooksLikeJson(absl::string_view content);

// The bytes of a file, as ReadInput() reads them, that may be a published
// report of any format: one that is too large is told which option reads it.
absl::StatusOr<std::string> ReadReportFile(const std::string& path,
                                           const ImportLimits& limits);

struct LoadedReport {
  v1::Report report;
  // Places of a published report that are in doubt or missing.
  size_t doubts = 0;
};

// The report in a file. A published report is imported; if places of it are in
// doubt or missing, they are named on the error stream.
absl::StatusOr<LoadedReport> LoadReport(const std::string& path,
                                        Session* session);

// OK if nothing of it is in doubt; else a DOUBTFUL_IMPORT error that says what
// to do.
absl::Status RequireCertain(const LoadedReport& loaded,
                            const std::string& path);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_REPORT_SOURCE_H_
