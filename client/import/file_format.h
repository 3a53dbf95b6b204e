// Which format a file has, by its content and never by its name.

#ifndef ANNALS_CLIENT_IMPORT_FILE_FORMAT_H_
#define ANNALS_CLIENT_IMPORT_FILE_FORMAT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

enum class FileFormat {
  kText,  // Plain text in any encoding, Markdown included.
  kHtml,
  kDocx,
  kXlsx,
  kPdf,
};

// "DOCX".
absl::string_view FormatName(FileFormat format);

// What the first bytes tell: kPdf; kDocx for any ZIP archive, whose parts tell
// which; else kText, which may be HTML. INVALID_ARGUMENT (UNSUPPORTED_FORMAT,
// which names the format and what to do) for what is none of them.
absl::StatusOr<FileFormat> FormatOfBytes(absl::string_view bytes);

// What a document is by its content, for who gets it from an archive: such as
// `application/pdf`; `text/plain` for what shows no other.
absl::string_view MediaTypeOf(absl::string_view bytes);

// Whether decoded text is HTML, a whole page or a fragment.
bool LooksLikeHtml(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FILE_FORMAT_H_
