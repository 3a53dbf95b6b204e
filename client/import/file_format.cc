#include "client/import/file_format.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

constexpr size_t kNoOffset = 0;
// A TAR archive's mark stands in its first header.
constexpr size_t kTarOffset = 257;

struct Unsupported {
  size_t offset;
  absl::string_view magic;
  ErrorText name;
  ErrorText advice;
};

const ErrorText& SaveAnew() {
  static const auto* text = new ErrorText{
      "Open it in Word, Excel or WPS and save it as DOCX, XLSX or PDF.",
      "请用 Word、Excel 或 WPS 打开后另存为 DOCX、XLSX 或 PDF 再导入。"};
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
       {"an old or an encrypted Office document (DOC, XLS, or DOCX or XLSX "
        "with a password)",
        "旧版或加密的 Office 文档（DOC、XLS，或设有密码的 DOCX、XLSX）"},
       {"Open it in Word, Excel or WPS, take off any password, and save it as "
        "DOCX, XLSX or PDF.",
        "请用 Word、Excel 或 WPS 打开，取消密码后另存为 DOCX、XLSX 或 PDF "
        "再导入。"}},
      {kNoOffset, "{\\rtf", {"RTF", "RTF 文档"}, SaveAnew()},
      {kNoOffset, "MIME-Version:", {"MHTML", "MHTML 网页存档"}, SaveAnew()},
      {kNoOffset, "\x1F\x8B", {"a gzip archive", "gzip 压缩文件"}, Unpack()},
      {kNoOffset, "Rar!", {"a RAR archive", "RAR 压缩文件"}, Unpack()},
      {kNoOffset, "7z\xBC\xAF", {"a 7z archive", "7z 压缩文件"}, Unpack()},
      {kTarOffset, "ustar", {"a TAR archive", "TAR 归档文件"}, Unpack()},
      {kNoOffset, "\x89PNG", {"a PNG image", "PNG 图片"}, Recognise()},
      {kNoOffset, "\xFF\xD8\xFF", {"a JPEG image", "JPEG 图片"}, Recognise()},
      {kNoOffset, "GIF8", {"a GIF image", "GIF 图片"}, Recognise()},
      {kNoOffset, "II*", {"a TIFF image", "TIFF 图片"}, Recognise()},
  }};
  return *formats;
}

// The PDF header may stand after other bytes, within the first 1,024 (Adobe's
// implementation note 13 to PDF 1.7).
constexpr size_t kPdfHeaderBytes = 1024;

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
  if (absl::StrContains(bytes.substr(0, kPdfHeaderBytes), "%PDF-")) {
    return FileFormat::kPdf;
  }
  if (absl::StartsWith(bytes, "PK\x03\x04") ||
      absl::StartsWith(bytes, "PK\x05\x06")) {
    return FileFormat::kDocx;
  }
  for (const Unsupported& format : UnsupportedFormats()) {
    if (bytes.size() < format.offset ||
        !absl::StartsWith(bytes.substr(format.offset), format.magic)) {
      continue;
    }
    return MakeError(
        absl::StatusCode::kInvalidArgument, "UNSUPPORTED_FORMAT",
        {absl::StrCat("The file is ", format.name.en,
                      ", which can't be imported. ", format.advice.en),
         absl::StrCat("该文件是", format.name.zh, "，不能导入。",
                      format.advice.zh)});
  }
  return FileFormat::kText;
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
