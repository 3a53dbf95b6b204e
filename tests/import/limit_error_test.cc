// What a person is told whose file goes beyond a limit: the limit, and the
// option that raises it.

#include "client/import/limit_error.h"

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kMib = 1 << 20;

std::string Repeat(const std::string& text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

struct Case {
  const char* name;
  std::string file;
  std::function<void(ImportLimits*)> lower;
  const char* reason;
  const char* limit_en;
  const char* limit_zh;
  const char* option;
};

void ExpectNamed(const Case& limited) {
  SCOPED_TRACE(limited.name);
  ImportLimits limits;
  limited.lower(&limits);
  const absl::Status status = ImportFile(limited.file, limits).status();
  EXPECT_EQ(ErrorReason(status), limited.reason);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(limited.limit_en), HasSubstr(limited.option)));
  EXPECT_THAT(ErrorTextZh(status),
              AllOf(HasSubstr(limited.limit_zh), HasSubstr(limited.option)));
}

TEST(LimitErrorTest, SizesNameTheLimitAndTheOption) {
  constexpr char kReason[] = "FILE_TOO_LARGE";
  const auto text_of_1_mib = [](ImportLimits* limits) {
    limits->text_bytes = kMib;
  };
  const std::string docx = ZipOf(DocxParts(Repeat(" ", 2 * kMib)));
  const std::string xlsx = ZipOf(XlsxParts(
      {{"S",
        Repeat("<row><c t=\"inlineStr\"><is><t>七七七</t></is></c></row>",
               20000),
        {}}},
      {}));
  for (const Case& limited :
       {Case{"file", Repeat("7", 2 * kMib + 1),
             [](ImportLimits* limits) { limits->file_bytes = 2 * kMib; },
             kReason, "larger than 2 MiB", "超过 2 MiB", kMaxFileOption},
        Case{"odd size", "一、总体情况",
             [](ImportLimits* limits) { limits->file_bytes = 10; }, kReason,
             "larger than 10 bytes", "超过 10 字节", kMaxFileOption},
        Case{"text", Repeat("7", kMib + 1), text_of_1_mib, kReason,
             "more than 1 MiB of text", "文字超过 1 MiB", kMaxTextOption},
        Case{"text of a page", Repeat("<p>七七七</p>", kMib / 8), text_of_1_mib,
             kReason, "more than 1 MiB of text", "文字超过 1 MiB",
             kMaxTextOption},
        Case{"text of sheets", xlsx,
             [](ImportLimits* limits) { limits->text_bytes = 1000; }, kReason,
             "more than 1000 bytes of text", "文字超过 1000 字节",
             kMaxTextOption},
        Case{"unpacked", docx,
             [](ImportLimits* limits) { limits->unpacked_bytes = kMib; },
             kReason, "DOCX file takes more than 1 MiB when unpacked",
             "DOCX 文件解压后超过 1 MiB", kMaxUnpackedOption},
        Case{"entries", docx,
             [](ImportLimits* limits) { limits->archive_entries = 3; }, kReason,
             "more than 3 files inside", "文件超过 3 个",
             kMaxArchiveEntriesOption},
        Case{"pages", SampleFile("hongze-2023.pdf"),
             [](ImportLimits* limits) { limits->pdf_pages = 2; }, kReason,
             "more than 2 pages", "超过 2 页", kMaxPdfPagesOption}}) {
    ExpectNamed(limited);
  }
}

TEST(LimitErrorTest, TimeAndMemoryAreToldApart) {
  constexpr char kReason[] = "FILE_TOO_COMPLEX";
  const auto memory_of_1_mib = [](ImportLimits* limits) {
    limits->parse_bytes = kMib;
  };
  const std::string page = Repeat("<p><b>7</b></p>", 20000);
  for (const Case& limited :
       {Case{"time", page,
             [](ImportLimits* limits) { limits->parse_seconds = 0; }, kReason,
             "more than 0 s of processor time", "超过 0 秒处理器时间",
             kMaxParseSecondsOption},
        Case{"memory of a page", page, memory_of_1_mib, kReason,
             "takes more than 1 MiB", "内存不足：需要超过 1 MiB",
             kMaxParseMibOption},
        Case{"memory of a part", ZipOf(DocxParts(Repeat("<a/>", 20000))),
             memory_of_1_mib, kReason, "takes more than 1 MiB",
             "内存不足：需要超过 1 MiB", kMaxParseMibOption}}) {
    ExpectNamed(limited);
  }
}

TEST(LimitErrorTest, WhatNoOptionRaisesNamesNone) {
  const absl::Status status =
      ImportFile(ZipOf(DocxParts(Repeat("<w:p>", 500) + Repeat("</w:p>", 500))))
          .status();
  EXPECT_EQ(ErrorReason(status), "FILE_TOO_COMPLEX");
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("nests"), Not(HasSubstr("--"))));
  EXPECT_THAT(ErrorTextZh(status),
              AllOf(HasSubstr("嵌套过深"), Not(HasSubstr("--"))));
}

TEST(LimitErrorTest, AFileThatWasNotReadIsNamed) {
  const absl::Status error =
      MakeError(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                {"a.pdf is too large", "a.pdf 过大"});
  const absl::Status named = NameFileOption(error, "a.pdf", 16 * kMib);
  EXPECT_EQ(ErrorReason(named), "FILE_TOO_LARGE");
  EXPECT_THAT(std::string(named.message()),
              AllOf(HasSubstr("a.pdf is larger than 16 MiB"),
                    HasSubstr(kMaxFileOption)));
  EXPECT_THAT(
      ErrorTextZh(NameFileOption(error, "-", 16 * kMib)),
      AllOf(HasSubstr("标准输入超过 16 MiB"), HasSubstr(kMaxFileOption)));
  const absl::Status other = absl::NotFoundError("no such file");
  EXPECT_EQ(NameFileOption(other, "a.pdf", 16 * kMib), other);
}

}  // namespace
}  // namespace annals::client
