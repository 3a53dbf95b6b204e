#include "client/import/input_check.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/limit_error.h"
#include "client/import/unicode.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct FileKind {
  absl::string_view magic;
  absl::string_view en;
  absl::string_view zh;
};

// A DOCX or XLSX file is a ZIP archive.
constexpr FileKind kFileKinds[] = {
    {"%PDF-", "a PDF document", "PDF 文档"},
    {"PK\x03\x04", "a ZIP archive, such as a DOCX or XLSX document",
     "ZIP 压缩文件（如 DOCX、XLSX 文档）"},
    {"\xD0\xCF\x11\xE0", "an old Office document (DOC or XLS)",
     "旧版 Office 文档（DOC 或 XLS）"},
    {"\x1F\x8B", "a gzip archive", "gzip 压缩文件"},
    {"\x89PNG", "a PNG image", "PNG 图片"},
    {"\xFF\xD8\xFF", "a JPEG image", "JPEG 图片"},
    {"\xFF\xFE", "text in UTF-16", "UTF-16 编码的文本"},
    {"\xFE\xFF", "text in UTF-16", "UTF-16 编码的文本"},
};

// From this share on, bytes pair up as GB18030 by no accident.
constexpr int kGb18030Percent = 95;

absl::Status BinaryFile(absl::string_view en, absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "BINARY_FILE",
      {absl::StrCat("The file is ", en,
                    ", not plain text; save the report as UTF-8 text, for "
                    "example with 'pdftotext -layout', and import that."),
       absl::StrCat("该文件是", zh,
                    "，不是纯文本；请先将报告另存为 UTF-8 文本（例如用 "
                    "pdftotext -layout）再导入。")});
}

absl::Status CheckNotBlank(absl::string_view bytes) {
  const bool blank = std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  });
  if (!blank) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "EMPTY_FILE",
                   {"The file has no text; give the report's published text.",
                    "文件没有内容，请提供报告的公开文本。"});
}

}  // namespace

absl::Status CheckBinary(absl::string_view text) {
  for (const FileKind& kind : kFileKinds) {
    if (absl::StartsWith(text, kind.magic)) return BinaryFile(kind.en, kind.zh);
  }
  const size_t nul = text.find('\0');
  if (nul == absl::string_view::npos) return absl::OkStatus();
  return BinaryFile(absl::StrCat("binary (a zero byte at offset ", nul, ")"),
                    absl::StrCat("二进制文件（偏移 ", nul, " 处有零字节）"));
}

absl::Status InvalidUtf8(absl::string_view text, size_t offset) {
  const size_t line = 1 + static_cast<size_t>(std::count(
                              text.begin(), text.begin() + offset, '\n'));
  const bool gb18030 = Gb18030Percent(text, offset) >= kGb18030Percent;
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_UTF8",
      {absl::StrCat("The file is not UTF-8: byte ", offset, " on line ", line,
                    " begins no character.",
                    gb18030 ? " It looks like GB18030 (GBK); convert it, for "
                              "example with 'iconv -f GB18030 -t UTF-8'."
                            : " Save it as UTF-8 and import again."),
       absl::StrCat("文件不是 UTF-8 编码：第 ", line, " 行、偏移 ", offset,
                    " 处的字节无效。",
                    gb18030 ? "看来是 GB18030（GBK）编码，请先转换，例如 "
                              "iconv -f GB18030 -t UTF-8。"
                            : "请另存为 UTF-8 后再导入。")});
  AddErrorMetadata("offset", absl::StrCat(offset), &status);
  AddErrorMetadata("line", absl::StrCat(line), &status);
  return status;
}

absl::Status CheckSize(absl::string_view bytes, size_t max_bytes) {
  if (bytes.size() > max_bytes) return FileTooLarge(max_bytes);
  return CheckNotBlank(bytes);
}

absl::Status CheckInput(absl::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) return TextTooLarge(max_bytes);
  RETURN_IF_ERROR(CheckNotBlank(text));
  RETURN_IF_ERROR(CheckBinary(text));
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid != absl::string_view::npos) return InvalidUtf8(text, invalid);
  return absl::OkStatus();
}

}  // namespace annals::client
