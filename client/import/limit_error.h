// Errors of a published file that goes beyond a limit: what of it does, the
// limit, and the option that raises it.

#ifndef ANNALS_CLIENT_IMPORT_LIMIT_ERROR_H_
#define ANNALS_CLIENT_IMPORT_LIMIT_ERROR_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"
#include "client/import/source_text.h"
#include "ledger/error.h"

namespace annals::client {

// The options of `annals import`, `check` and `archive`, one for each field of
// ImportLimits.
inline constexpr char kMaxFileOption[] = "--max-file-mib";
inline constexpr char kMaxTextOption[] = "--max-text-mib";
inline constexpr char kMaxUnpackedOption[] = "--max-unpacked-mib";
inline constexpr char kMaxArchiveEntriesOption[] = "--max-archive-entries";
inline constexpr char kMaxPdfPagesOption[] = "--max-pdf-pages";
inline constexpr char kMaxParseSecondsOption[] = "--max-parse-seconds";
inline constexpr char kMaxParseMibOption[] = "--max-parse-mib";

// FILE_TOO_LARGE: the file itself.
absl::Status FileTooLarge(size_t bytes_max);
// The same of the file at `path`, which is "-" for standard input, for an error
// of reading it that says so; any other error as it is.
absl::Status NameFileOption(const absl::Status& error, const std::string& path,
                            size_t bytes_max);
// FILE_TOO_LARGE: the text that is in it.
absl::Status TextTooLarge(size_t bytes_max);
absl::Status UnpackedTooLarge(FileFormat format, size_t bytes_max);
absl::Status TooManyArchiveEntries(FileFormat format, size_t entries_max);
absl::Status TooManyPdfPages(size_t pages_max);

// FILE_TOO_COMPLEX: it takes more processor time, or more memory, than the
// limits; or it is nested deeper than can be walked, which no option changes.
absl::Status TooMuchTime(FileFormat format, const ImportLimits& limits);
absl::Status TooMuchMemory(FileFormat format, const ImportLimits& limits);
absl::Status NestedTooDeep(FileFormat format);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_LIMIT_ERROR_H_
