// The real PDFs, and broken ones.

#include <cstdlib>
#include <functional>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/isolated.h"
#include "client/import/pdf_joints.h"
#include "client/import/pdf_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/expected_figures.h"
#include "tests/import/small_pdf.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSamples[] = {"hongze-2023", "hongze-2024",
                                    "huaian-2024"};

std::string Pdf(const std::string& name) {
  return SampleFile(absl::StrCat(name, ".pdf"));
}

TEST(PdfTest, SamplesAreReadWithEveryFigureCertain) {
  for (const char* name : kSamples) {
    SCOPED_TRACE(name);
    const auto result = ImportFile(Pdf(name));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->format, FileFormat::kPdf);
    EXPECT_THAT(WrongAndUnmarked(*result, ExpectedFigures(name)), IsEmpty());
    EXPECT_THAT(NotCertain(*result), IsEmpty());
    EXPECT_THAT(result->remarks, IsEmpty());
  }
}

// The samples' texts were made by pdftotext.
TEST(PdfTest, ReportsAreThoseOfTheirTexts) {
  for (const char* name : kSamples) {
    SCOPED_TRACE(name);
    const auto of_pdf = ImportFile(Pdf(name));
    const auto of_text = ImportFile(SampleText(name));
    ASSERT_TRUE(of_pdf.ok() && of_text.ok());
    EXPECT_EQ(of_pdf->report.DebugString(), of_text->report.DebugString());
  }
}

TEST(PdfTest, CellsKnowTheirPage) {
  const auto result = ImportFile(Pdf("hongze-2023"));
  ASSERT_TRUE(result.ok());
  for (const CellReading& reading : result->cells) {
    const std::string& id = report::Schema::Get().cells()[reading.cell].id;
    if (id == "t2.licences.decisions") {
      EXPECT_EQ(reading.place.page, 2);
    }
    if (id == "t3.new_received.total") {
      EXPECT_EQ(reading.place.page, 3);
    }
    if (id == "t3.total_processed.total") {
      EXPECT_EQ(DescribePlace(reading.place).en, "page 4, line 11");
    }
  }
}

void ExpectReadOrNamed(const std::string& pdf, const Figures& truth) {
  const auto result = ImportFile(pdf);
  if (result.ok()) {
    EXPECT_THAT(WrongAndUnmarked(*result, truth), IsEmpty());
    return;
  }
  EXPECT_THAT(ErrorReason(result.status()),
              AnyOf("FILE_DAMAGED", "FILE_ENCRYPTED", "FILE_TOO_COMPLEX",
                    "FILE_TOO_LARGE", "NO_TEXT_IN_FILE", "NOT_A_REPORT"));
  EXPECT_THAT(ErrorTextZh(result.status()), Not(IsEmpty()));
}

TEST(PdfTest, CutFilesAreReadOrNamed) {
  const std::string pdf = Pdf("hongze-2024");
  const Figures truth = ExpectedFigures("hongze-2024");
  for (size_t size = 9; size < pdf.size(); size += pdf.size() / 40) {
    SCOPED_TRACE(size);
    ExpectReadOrNamed(pdf.substr(0, size), truth);
  }
}

// One bit of a page's content, anywhere in the compressed streams of less than
// 20,000 bytes: those of the pages.
TEST(PdfTest, OneFlippedBitOfAPageIsNoticed) {
  const std::string pdf = Pdf("huaian-2024");
  const Figures truth = ExpectedFigures("huaian-2024");
  std::mt19937 random(5);
  int marked = 0;
  for (size_t at = pdf.find("\nstream\n"); at != std::string::npos;
       at = pdf.find("\nstream\n", pdf.find("endstream", at + 1) + 9)) {
    const size_t end = pdf.find("endstream", at);
    ASSERT_NE(end, std::string::npos);
    if (end - at > 20000) continue;
    for (int round = 0; round < 4; ++round) {
      std::string damaged = pdf;
      damaged[at + 8 + random() % (end - at - 10)] ^=
          static_cast<char>(1 << (random() % 8));
      const auto result = ImportFile(damaged);
      if (!result.ok()) continue;
      EXPECT_THAT(WrongAndUnmarked(*result, truth), IsEmpty());
      if (result->HasDoubts()) ++marked;
    }
  }
  EXPECT_GT(marked, 20);
}

TEST(PdfTest, DamagedFilesAreReadOrNamed) {
  for (const char* name : kSamples) {
    const std::string pdf = Pdf(name);
    const Figures truth = ExpectedFigures(name);
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
      SCOPED_TRACE(absl::StrCat(name, " round ", round));
      std::string damaged = pdf;
      for (int i = 0; i < 8; ++i) {
        damaged[random() % damaged.size()] ^=
            static_cast<char>(1 << (random() % 8));
      }
      ExpectReadOrNamed(damaged, truth);
    }
  }
}

std::string PdfWith(const std::string& content) {
  SmallPdf pdf;
  pdf.content = content;
  return pdf.Bytes();
}

TEST(PdfTest, BrokenXrefIsMended) {
  const auto source =
      ReadPdf(PdfWith("BT /F 12 Tf 72 700 Td (Hello) Tj ET"), ImportLimits());
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT(source->text, HasSubstr("Hello"));
  EXPECT_EQ(source->lines[0].page, 1);
}

std::string TextOfLine(const std::string& operators) {
  const auto source =
      ReadPdf(PdfWith(absl::StrCat("BT /F 12 Tf 72 700 Td ", operators, " ET")),
              ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

TEST(PdfTest, NumbersInUnlikePiecesAreMarked) {
  for (const char* operators :
       {"(55) Tj 72 0 Td (7464) Tj 5 Ts (1) Tj", "(7464) Tj /F 9 Tf (1) Tj",
        "(7464) Tj /F 7 Tf 4 Ts (1) Tj", "(7464) Tj -3 Ts /F 8 Tf (1) Tj"}) {
    EXPECT_THAT(TextOfLine(operators), HasSubstr("74641(?)")) << operators;
  }
  for (const char* operators :
       {"(7464) Tj (1) Tj", "(74) Tj 13.5 0 Td (641) Tj", "(74641) Tj",
        "(74641) Tj 60 0 Td /F 7 Tf 4 Ts (1) Tj"}) {
    const std::string text = TextOfLine(operators);
    EXPECT_THAT(text, Not(HasSubstr("?"))) << operators;
    EXPECT_THAT(text, HasSubstr("7")) << operators;
  }
}

// What a reader does not see as a figure is none that is certain.
TEST(PdfTest, NumbersThatAreNotSeenAreMarked) {
  const std::string other = "(55) Tj 72 0 Td ";
  const std::string line = "ET 1 w 140 704 m 172 704 l S BT";
  for (const std::string& operators :
       {other + "1 g (7464) Tj", other + "0.9 g (7464) Tj",
        other + "3 Tr (7464) Tj", other + "(7464) Tj " + line,
        other + "(7464) Tj ET 1 g 140 690 40 30 re f BT",
        other + "0 g (7464) Tj ET 0 g 140 690 40 30 re f BT"}) {
    EXPECT_THAT(TextOfLine(operators),
                AllOf(HasSubstr("7464(?)"), HasSubstr("55 ")))
        << operators;
  }
  for (const std::string& operators :
       {other + "(7464) Tj", other + "0.5 g (7464) Tj",
        other +
            "(4) Tj 30 0 Td (444) Tj 60 0 Td /F 7 Tf (4) Tj 20 0 Td (44) Tj",
        // Underlined; white on black.
        other + "(7464) Tj ET 140 698 m 172 698 l S BT",
        std::string(
            "ET 0 g 100 690 100 30 re f BT 120 700 Td 1 g (7464) Tj")}) {
    EXPECT_THAT(TextOfLine(operators), Not(HasSubstr("?"))) << operators;
  }
}

TEST(PdfTest, MarksOfNumbersKeepTheColumns) {
  std::string text = "a 12      7 412 123 12.\n12    7\n12 7";
  MarkNumbers({"12"}, &text);
  EXPECT_EQ(text, "a 12(?)   7 412 123 12.\n12(?)  7\n12(?) 7");
}

TEST(PdfTest, ImagesOnly) {
  const auto source = ReadPdf(PdfWith("0 0 100 100 re f"), ImportLimits());
  EXPECT_EQ(ErrorReason(source.status()), "NO_TEXT_IN_FILE");
  EXPECT_THAT(std::string(source.status().message()), HasSubstr("OCR"));
  EXPECT_THAT(ErrorTextZh(source.status()), HasSubstr("文字识别"));
}

TEST(PdfTest, NotReallyPdf) {
  for (const char* bytes : {"%PDF-1.7", "%PDF-1.4\n%%EOF\n"}) {
    EXPECT_EQ(ErrorReason(ReadPdf(bytes, ImportLimits()).status()),
              "FILE_DAMAGED");
  }
}

// Standard security handler, revision 2, with a user password that is not the
// empty one.
TEST(PdfTest, Encrypted) {
  std::string pdf = PdfWith("BT /F 12 Tf (x) Tj ET");
  const std::string dictionary = absl::StrCat(
      "6 0 obj<</Filter/Standard/V 1/R 2/P -4/O<", std::string(64, '1'), ">/U<",
      std::string(64, '2'), ">>>endobj\n");
  const size_t trailer = pdf.find("trailer");
  pdf = absl::StrCat(pdf.substr(0, trailer), dictionary,
                     "trailer<</Root 1 0 R/Size 20/Encrypt 6 0 R/ID[<00><00>]>>"
                     "\nstartxref\n0\n%%EOF\n");
  const auto source = ReadPdf(pdf, ImportLimits());
  EXPECT_EQ(ErrorReason(source.status()), "FILE_ENCRYPTED");
}

TEST(PdfTest, HostileContent) {
  std::string deep;
  for (int i = 0; i < 200000; ++i) deep += "[";
  std::string glyphs;
  for (int i = 0; i < 300000; ++i) glyphs += "(7) Tj 1 0 Td ";
  for (const std::string& content :
       {deep, absl::StrCat("BT /F 12 Tf ", glyphs, "ET"),
        std::string(1 << 20, 'q')}) {
    const auto result = ImportFile(PdfWith(content));
    EXPECT_FALSE(result.ok());
    EXPECT_THAT(ErrorTextZh(result.status()), Not(IsEmpty()));
  }
  std::string kids = PdfWith("");
  kids.replace(kids.find("[3 0 R]"), 7, "[2 0 R]");
  EXPECT_FALSE(ImportFile(kids).ok());
}

TEST(IsolatedTest, WhateverItDoesThisProcessGoesOn) {
  ImportLimits limits;
  limits.parse_seconds = 1;
  const auto run = [&limits](const std::function<std::string()>& work) {
    return RunIsolated(work, limits, 100);
  };
  const IsolatedResult fine = run([] { return std::string(200, 'x'); });
  EXPECT_EQ(fine.end, IsolatedEnd::kFinished);
  EXPECT_EQ(fine.output, std::string(100, 'x'));
  EXPECT_EQ(run([]() -> std::string { abort(); }).end, IsolatedEnd::kDied);
  EXPECT_EQ(run([]() -> std::string { exit(0); }).end, IsolatedEnd::kDied);
  EXPECT_EQ(run([]() -> std::string { throw std::bad_alloc(); }).end,
            IsolatedEnd::kOutOfMemory);
  const auto spin = []() -> std::string {
    volatile bool on = true;
    while (on) {
    }
    return "";
  };
  EXPECT_EQ(run(spin).end, IsolatedEnd::kOutOfTime);
}

}  // namespace
}  // namespace annals::client
