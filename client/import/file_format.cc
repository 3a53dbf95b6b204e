#include "client/import/file_format.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

constexpr absl::string_view kDocxMediaType =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr absl::string_view kXlsxMediaType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr size_t kNoOffset = 0;
// A TAR archive's mark stands in its first header.
constexpr size_t kTarOffset = 257;

struct Unsupported {
  size_t offset;
  absl::string_view magic;
  absl::string_view media_type;
  ErrorText name;
  ErrorText advice;
};

const ErrorText& SaveAnew() {
  static const auto* text = new ErrorText{
      "Open it in Word, Excel or WPS and save it as DOCX, XLSX or PDF.",
      "请用 Word、Excel 或 WPS 打开后另存为 DOCX、XLSX 或 PDF 再导入。"};
  return *text;
}

const ErrorText& SaveWithoutPassword() {
  static const auto* text = new ErrorText{
      "Open it in Word, Excel or WPS, take off any password, and save it as "
      "DOCX, XLSX or PDF.",
      "请用 Word、Excel 或 WPS 打开，取消密码后另存为 DOCX、XLSX 或 PDF "
      "再导入。"};
  return *text;
}

const ErrorText& Unpack() {
  static const auto* text = new ErrorText{"Unpack it and import the report.",
                                          "请先解压，再导入其中的报告。"};
  return *text;
}

const ErrorText& Recognise() {
  static const auto* text = new ErrorText{
      "Get the document it was made from, or run text recognition (OCR) on it "
      "and check every figure.",
      "请取得原始电子文档，或先做文字识别（OCR）并逐一核对数字。"};
  return *text;
}

const std::array<Unsupported, 11>& UnsupportedFormats() {
  static const auto* formats = new std::array<Unsupported, 11>{{
      {kNoOffset,
       "\xD0\xCF\x11\xE0",
       "application/x-ole-storage",
       {"an old or an encrypted Office document (DOC, XLS, or DOCX or XLSX "
        "with a password)",
        "旧版或加密的 Office 文档（DOC、XLS，或设有密码的 DOCX、XLSX）"},
       SaveWithoutPassword()},
      {kNoOffset, "{\\rtf", "application/rtf", {"RTF", "RTF 文档"}, SaveAnew()},
      {kNoOffset,
       "MIME-Version:",
       "multipart/related",
       {"MHTML", "MHTML 网页存档"},
       SaveAnew()},
      {kNoOffset,
       "\x1F\x8B",
       "application/gzip",
       {"a gzip archive", "gzip 压缩文件"},
       Unpack()},
      {kNoOffset,
       "Rar!",
       "application/vnd.rar",
       {"a RAR archive", "RAR 压缩文件"},
       Unpack()},
      {kNoOffset,
       "7z\xBC\xAF",
       "application/x-7z-compressed",
       {"a 7z archive", "7z 压缩文件"},
       Unpack()},
      {kTarOffset,
       "ustar",
       "application/x-tar",
       {"a TAR archive", "TAR 归档文件"},
       Unpack()},
      {kNoOffset,
       "\x89PNG",
       "image/png",
       {"a PNG image", "PNG 图片"},
       Recognise()},
      {kNoOffset,
       "\xFF\xD8\xFF",
       "image/jpeg",
       {"a JPEG image", "JPEG 图片"},
       Recognise()},
      {kNoOffset,
       "GIF8",
       "image/gif",
       {"a GIF image", "GIF 图片"},
       Recognise()},
      {kNoOffset,
       "II*",
       "image/tiff",
       {"a TIFF image", "TIFF 图片"},
       Recognise()},
  }};
  return *formats;
}

// The PDF header may stand after other bytes, within the first 1,024 (Adobe's
// implementation note 13 to PDF 1.7).
constexpr size_t kPdfHeaderBytes = 1024;

// Null if it is none of them.
const Unsupported* FindUnsupported(absl::string_view bytes) {
  for (const Unsupported& format : UnsupportedFormats()) {
    if (bytes.size() >= format.offset &&
        absl::StartsWith(bytes.substr(format.offset), format.magic)) {
      return &format;
    }
  }
  return nullptr;
}

bool IsZip(absl::string_view bytes) {
  return absl::StartsWith(bytes, "PK\x03\x04") ||
         absl::StartsWith(bytes, "PK\x05\x06");
}

bool IsPdf(absl::string_view bytes) {
  return absl::StrContains(bytes.substr(0, kPdfHeaderBytes), "%PDF-");
}

}  // namespace

absl::string_view FormatName(FileFormat format) {
  switch (format) {
    case FileFormat::kText:
      return "TEXT";
    case FileFormat::kHtml:
      return "HTML";
    case FileFormat::kDocx:
      return "DOCX";
    case FileFormat::kXlsx:
      return "XLSX";
    case FileFormat::kPdf:
      return "PDF";
  }
  return "";
}

absl::StatusOr<FileFormat> FormatOfBytes(absl::string_view bytes) {
  if (IsPdf(bytes)) return FileFormat::kPdf;
  if (IsZip(bytes)) return FileFormat::kDocx;
  const Unsupported* format = FindUnsupported(bytes);
  if (format == nullptr) return FileFormat::kText;
  return MakeError(
      absl::StatusCode::kInvalidArgument, "UNSUPPORTED_FORMAT",
      {absl::StrCat("The file is ", format->name.en,
                    ", which can't be imported. ", format->advice.en),
       absl::StrCat("该文件是", format->name.zh, "，不能导入。",
                    format->advice.zh)});
}

absl::string_view MediaTypeOf(absl::string_view bytes) {
  if (IsPdf(bytes)) return "application/pdf";
  if (IsZip(bytes)) {
    // The directory of the archive names its parts.
    if (absl::StrContains(bytes, "word/document.xml")) return kDocxMediaType;
    if (absl::StrContains(bytes, "xl/workbook.xml")) return kXlsxMediaType;
    return "application/zip";
  }
  const Unsupported* format = FindUnsupported(bytes);
  if (format != nullptr) return format->media_type;
  if (LooksLikeHtml(bytes)) return "text/html";
  absl::ConsumePrefix(&bytes, "\xEF\xBB\xBF");
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(bytes), "{")
             ? "application/json"
             : "text/plain";
}

bool LooksLikeHtml(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  for (absl::string_view tag :
       {"<!doctype html", "<html", "<body", "</table>", "</tr>", "</td>",
        "</p>", "</div>", "</span>", "</h1>"}) {
    if (absl::StrContains(lower, tag)) return true;
  }
  return false;
}

}  // namespace annals::client
