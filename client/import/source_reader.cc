#include "client/import/source_reader.h"

#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include "client/import/docx_reader.h"
#include "client/import/encoding.h"
#include "client/import/file_format.h"
#include "client/import/html_reader.h"
#include "client/import/input_check.h"
#include "client/import/office_package.h"
#include "client/import/pdf_reader.h"
#include "client/import/xlsx_reader.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// Markdown breaks lines inside a cell, and keeps a cell from being empty, by
// HTML.
std::string WithoutInlineHtml(const std::string& text) {
  if (text.find('|') == std::string::npos) return text;
  return absl::StrReplaceAll(text, {{"<br>", " "},
                                    {"<br/>", " "},
                                    {"<br />", " "},
                                    {"<BR>", " "},
                                    {"&nbsp;", " "}});
}

// Pages often have stray bytes where nobody sees them, such as a summary cut
// off in the middle of a character. Reads a page whose text is whole without
// them; else `error`.
absl::StatusOr<SourceText> ReadStrayHtml(absl::string_view bytes,
                                         const absl::Status& error,
                                         const ImportLimits& limits) {
  if (HasUtf16Mark(bytes)) return error;
  const std::string text = DecodeReplacing(bytes);
  if (!LooksLikeHtml(text)) return error;
  absl::StatusOr<SourceText> source = ReadHtml(text, limits);
  if (!source.ok()) return source;
  const bool whole = source->text.find("\xEF\xBF\xBD") == std::string::npos;
  if (!whole) return error;
  return source;
}

}  // namespace

absl::StatusOr<SourceText> ReadSource(absl::string_view bytes,
                                      const ImportLimits& limits) {
  RETURN_IF_ERROR(CheckSize(bytes, limits.file_bytes));
  ASSIGN_OR_RETURN(const FileFormat format, FormatOfBytes(bytes));
  if (format == FileFormat::kPdf) return ReadPdf(bytes, limits);
  if (format == FileFormat::kDocx) {
    ASSIGN_OR_RETURN(OfficePackage package, OfficePackage::Open(bytes, limits));
    return package.format() == FileFormat::kXlsx ? ReadXlsx(&package, limits)
                                                 : ReadDocx(&package, limits);
  }
  if (!HasUtf16Mark(bytes)) RETURN_IF_ERROR(CheckBinary(bytes));
  const absl::StatusOr<std::string> text = DecodeText(bytes);
  if (!text.ok()) return ReadStrayHtml(bytes, text.status(), limits);
  if (LooksLikeHtml(*text)) return ReadHtml(*text, limits);
  SourceText source;
  source.text = WithoutInlineHtml(*text);
  return source;
}

}  // namespace annals::client
