#include "client/import/limit_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/file_io.h"

namespace annals::client {
namespace {

constexpr size_t kMib = size_t{1} << 20;
constexpr absl::string_view kTooComplex = "FILE_TOO_COMPLEX";

// In the unit of the options, where that is exact.
ErrorText Bytes(size_t bytes) {
  if (bytes % kMib == 0) {
    const std::string mib = absl::StrCat(bytes / kMib, " MiB");
    return {mib, mib};
  }
  return {absl::StrCat(bytes, " bytes"), absl::StrCat(bytes, " 字节")};
}

absl::Status Beyond(absl::string_view reason, const ErrorText& fault,
                    const ErrorText& advice, absl::string_view option) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, reason,
      {absl::StrCat(fault.en, ". ", advice.en, ", or raise the limit with ",
                    option, " of annals import, check or archive."),
       absl::StrCat(fault.zh, "。", advice.zh,
                    "，或用 annals import、check、archive 的选项 ", option,
                    " 提高上限。")});
}

absl::Status TooLarge(const ErrorText& fault, const ErrorText& advice,
                      absl::string_view option) {
  return Beyond(ledger::kFileTooLargeReason, fault, advice, option);
}

const ErrorText& SaveReportOnly() {
  static const auto* text = new ErrorText{
      "No report is like that: save only the report into a new "
      "file",
      "年度报告不会如此：请只将报告部分另存为新文件再导入"};
  return *text;
}

absl::Status NamedFileTooLarge(const ErrorText& name, size_t bytes_max) {
  const ErrorText most = Bytes(bytes_max);
  return TooLarge(
      {absl::StrCat(name.en, " is larger than ", most.en),
       absl::StrCat(name.zh, "超过 ", most.zh)},
      {"Take the report's own file or text only", "请只取报告本身的文件或正文"},
      kMaxFileOption);
}

}  // namespace

absl::Status FileTooLarge(size_t bytes_max) {
  return NamedFileTooLarge({"The file", "文件"}, bytes_max);
}

absl::Status NameFileOption(const absl::Status& error, const std::string& path,
                            size_t bytes_max) {
  if (ErrorReason(error) != ledger::kFileTooLargeReason) return error;
  return path == "-"
             ? NamedFileTooLarge({"Standard input", "标准输入"}, bytes_max)
             : NamedFileTooLarge({path, absl::StrCat(path, " ")}, bytes_max);
}

absl::Status TextTooLarge(size_t bytes_max) {
  const ErrorText most = Bytes(bytes_max);
  return TooLarge({absl::StrCat("The file has more than ", most.en, " of text"),
                   absl::StrCat("文件中的文字超过 ", most.zh)},
                  {"No report has: import the report's own pages only",
                   "年度报告没有这么多文字：请只导入报告正文"},
                  kMaxTextOption);
}

absl::Status UnpackedTooLarge(FileFormat format, size_t bytes_max) {
  const absl::string_view name = FormatName(format);
  const ErrorText most = Bytes(bytes_max);
  return TooLarge({absl::StrCat("The ", name, " file takes more than ", most.en,
                                " when unpacked"),
                   absl::StrCat("该 ", name, " 文件解压后超过 ", most.zh)},
                  SaveReportOnly(), kMaxUnpackedOption);
}

absl::Status TooManyArchiveEntries(FileFormat format, size_t entries_max) {
  const absl::string_view name = FormatName(format);
  return TooLarge(
      {absl::StrCat("The ", name, " file has more than ", entries_max,
                    " files inside"),
       absl::StrCat("该 ", name, " 文件内的文件超过 ", entries_max, " 个")},
      SaveReportOnly(), kMaxArchiveEntriesOption);
}

absl::Status TooManyPdfPages(size_t pages_max) {
  return TooLarge({absl::StrCat("The PDF has more than ", pages_max, " pages"),
                   absl::StrCat("该 PDF 超过 ", pages_max, " 页")},
                  {"Print the report's pages only to a new PDF",
                   "请只将报告各页另存为新的 PDF"},
                  kMaxPdfPagesOption);
}

absl::Status TooMuchTime(FileFormat format, const ImportLimits& limits) {
  const absl::string_view name = FormatName(format);
  return Beyond(
      kTooComplex,
      {absl::StrCat("The ", name, " file takes more than ",
                    limits.parse_seconds, " s of processor time to read"),
       absl::StrCat("读取该 ", name, " 文件需要超过 ", limits.parse_seconds,
                    " 秒处理器时间")},
      SaveReportOnly(), kMaxParseSecondsOption);
}

absl::Status TooMuchMemory(FileFormat format, const ImportLimits& limits) {
  const absl::string_view name = FormatName(format);
  const ErrorText most = Bytes(limits.parse_bytes);
  return Beyond(
      kTooComplex,
      {absl::StrCat("The memory to read the ", name,
                    " file ran out: it takes more than ", most.en),
       absl::StrCat("读取该 ", name, " 文件时内存不足：需要超过 ", most.zh)},
      SaveReportOnly(), kMaxParseMibOption);
}

absl::Status NestedTooDeep(FileFormat format) {
  const absl::string_view name = FormatName(format);
  return MakeError(
      absl::StatusCode::kInvalidArgument, kTooComplex,
      {absl::StrCat("The ", name, " file nests its elements too deep. ",
                    SaveReportOnly().en, "."),
       absl::StrCat("该 ", name, " 文件的元素嵌套过深。", SaveReportOnly().zh,
                    "。")});
}

}  // namespace annals::client
