// What a Word document shows, where styles, fields or marks of change say that
// it is not all its text.

#include <string>

#include "absl/strings/str_cat.h"
#include "client/import/docx_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

constexpr char kStyles[] =
    "<w:styles xmlns:w=\"w\">"
    "<w:style w:type=\"character\" w:styleId=\"Struck\"><w:rPr><w:strike/>"
    "</w:rPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Child\">"
    "<w:basedOn w:val=\"Struck\"/></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Hidden\"><w:rPr><w:vanish/>"
    "</w:rPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Shown\">"
    "<w:basedOn w:val=\"Hidden\"/><w:rPr><w:vanish w:val=\"0\"/></w:rPr>"
    "</w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Note\"><w:rPr>"
    "<w:vertAlign w:val=\"superscript\"/></w:rPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"Loop\">"
    "<w:basedOn w:val=\"Loop\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"HiddenParagraph\"><w:rPr>"
    "<w:vanish/></w:rPr></w:style></w:styles>";

ZipParts WithStyles(ZipParts parts, const std::string& styles) {
  for (auto& [name, content] : parts) {
    if (name == "word/styles.xml") content = styles;
  }
  return parts;
}

std::string TextOf(const std::string& body,
                   const std::string& styles = kStyles) {
  const std::string bytes = ZipOf(WithStyles(DocxParts(body), styles));
  auto package = OfficePackage::Open(bytes, ImportLimits());
  if (!package.ok()) return std::string(package.status().message());
  const auto source = ReadDocx(&*package, ImportLimits());
  return source.ok() ? source->text : ErrorReason(source.status());
}

std::string Content(const std::string& content,
                    const std::string& properties = "") {
  return absl::StrCat("<w:r><w:rPr>", properties, "</w:rPr>", content,
                      "</w:r>");
}

std::string Digit(int digit, const std::string& properties = "") {
  return Content(absl::StrCat("<w:t>", digit, "</w:t>"), properties);
}

std::string Styled(const std::string& style) {
  return absl::StrCat("<w:rStyle w:val=\"", style, "\"/>");
}

std::string FieldMark(const std::string& type) {
  return Content(absl::StrCat("<w:fldChar w:fldCharType=\"", type, "\"/>"));
}

std::string Paragraph(const std::string& runs,
                      const std::string& properties = "") {
  return absl::StrCat("<w:p><w:pPr>", properties, "</w:pPr>", runs, "</w:p>");
}

std::string Cell(const std::string& paragraphs,
                 const std::string& properties = "") {
  return absl::StrCat("<w:tc><w:tcPr>", properties, "</w:tcPr>", paragraphs,
                      "</w:tc>");
}

// A line with these runs before a plain 5.
std::string Before5(const std::string& runs) {
  return TextOf(Paragraph(runs + Digit(5)));
}

TEST(DocxLooksTest, StylesHideAndStrikeOut) {
  EXPECT_EQ(Before5(Digit(1, Styled("Struck"))), "5\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Child"))), "5\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Hidden"))), "5\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Shown"))), "15\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Loop"))), "15\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Unknown"))), "15\n");
  EXPECT_EQ(Before5(Digit(1, Styled("Struck") + "<w:strike w:val=\"0\"/>")),
            "15\n");
  EXPECT_EQ(Before5(Digit(1, "<w:dstrike/>")), "5\n");
  EXPECT_EQ(Before5(Digit(1, "<w:specVanish/>")), "5\n");
  EXPECT_EQ(Before5(Digit(1, "<w:del w:id=\"1\"/>")), "5\n");
}

// ECMA-376: a toggle of the paragraph's style and the run's is off.
TEST(DocxLooksTest, StylesOfParagraphsHide) {
  const std::string hidden = "<w:pStyle w:val=\"HiddenParagraph\"/>";
  EXPECT_EQ(TextOf(Paragraph(Digit(1) + Digit(2, Styled("Hidden")) +
                                 Digit(3, "<w:vanish w:val=\"off\"/>"),
                             hidden)),
            "23\n");
  EXPECT_EQ(TextOf(Paragraph(Digit(1)) + Paragraph(Digit(2, "<w:vanish/>")),
                   "<w:styles xmlns:w=\"w\"><w:style w:type=\"paragraph\" "
                   "w:default=\"1\" w:styleId=\"a\"><w:rPr><w:vanish/></w:rPr>"
                   "</w:style></w:styles>"),
            "NO_TEXT_IN_FILE");
  EXPECT_EQ(TextOf(Paragraph(Digit(1) + Digit(2, "<w:strike w:val=\"0\"/>")),
                   "<w:styles xmlns:w=\"w\"><w:docDefaults><w:rPrDefault>"
                   "<w:rPr><w:strike/></w:rPr></w:rPrDefault></w:docDefaults>"
                   "</w:styles>"),
            "2\n");
}

TEST(DocxLooksTest, WhatStandsApartIsInBrackets) {
  const auto after_5 = [](const std::string& run) {
    return TextOf(Paragraph(Digit(5) + run));
  };
  EXPECT_EQ(after_5(Digit(1, Styled("Note"))), "5（1）\n");
  EXPECT_EQ(
      after_5(Digit(1, Styled("Note") + "<w:vertAlign w:val=\"baseline\"/>")),
      "51\n");
  EXPECT_EQ(after_5(Digit(1, "<w:position w:val=\"12\"/>")), "5（1）\n");
  EXPECT_EQ(after_5(Digit(1, "<w:position w:val=\"-12\"/>")), "（5）1\n");
  EXPECT_EQ(after_5(Digit(1, "<w:position w:val=\"2\"/>")), "51\n");
  EXPECT_EQ(after_5(Digit(1, "<w:vertAlign w:val=\"subscript\"/>")),
            "5（1）\n");
  EXPECT_EQ(Before5(Digit(1, "<w:vertAlign w:val=\"subscript\"/>")),
            "（1）5\n");
  EXPECT_EQ(after_5(Digit(1, "<w:color w:val=\"FFFFFF\"/>")), "5（1）\n");
  // All of a line is as high as its neighbours.
  EXPECT_EQ(TextOf(Paragraph(Digit(1, "<w:position w:val=\"12\"/>"))), "1\n");
  EXPECT_EQ(TextOf(Paragraph(Content("<w:t>CO</w:t>") +
                             Digit(2, "<w:vertAlign w:val=\"subscript\"/>"))),
            "CO2\n");
}

TEST(DocxLooksTest, WhatIsHardlySeenIsNoDigitOfTheFigure) {
  for (const char* properties :
       {"<w:sz w:val=\"2\"/>", "<w:color w:val=\"FEFEFE\"/>",
        "<w:w w:val=\"1\"/>", "<w:highlight w:val=\"black\"/>",
        "<w:spacing w:val=\"-200\"/>",
        "<w:color w:val=\"C00000\"/><w:shd w:val=\"clear\" w:fill=\"C00000\"/>",
        "<w:color w:val=\"auto\" w:themeColor=\"background1\"/>"}) {
    EXPECT_EQ(Before5(Digit(9, properties)), "（9）5\n") << properties;
    EXPECT_EQ(TextOf(Paragraph(Digit(9, properties))), "9(\uFFFD)\n")
        << properties;
  }
  for (const char* properties :
       {"<w:sz w:val=\"15\"/>", "<w:color w:val=\"auto\"/>",
        "<w:w w:val=\"80\"/>", "<w:highlight w:val=\"yellow\"/>",
        "<w:color w:val=\"C00000\"/>",
        "<w:shd w:val=\"clear\" w:fill=\"auto\"/>",
        "<w:color w:val=\"FFFFFF\"/><w:shd w:val=\"clear\" "
        "w:fill=\"1F497D\"/>"}) {
    EXPECT_EQ(Before5(Digit(9, properties)), "95\n") << properties;
  }
  // White on the dark shade of a cell, and of that shade.
  const auto in_cell = [](const std::string& colour) {
    return TextOf(absl::StrCat(
        "<w:tbl><w:tr>", Cell(Paragraph(Digit(1))),
        Cell(Paragraph(
                 Digit(9, absl::StrCat("<w:color w:val=\"", colour, "\"/>"))),
             "<w:shd w:val=\"clear\" w:fill=\"1F497D\"/>"),
        "</w:tr></w:tbl>"));
  };
  EXPECT_EQ(in_cell("FFFFFF"), "| 1 | 9 |\n");
  EXPECT_EQ(in_cell("204A7E"), "| 1 | 9(\uFFFD) |\n");
}

std::string Alternatives(const std::string& requires_words,
                         const std::string& declared = "") {
  return absl::StrCat("<mc:AlternateContent xmlns:mc=\"mc\" ", declared,
                      "><mc:Choice Requires=\"", requires_words, "\">",
                      Digit(1), "</mc:Choice><mc:Fallback>", Digit(2),
                      "</mc:Fallback></mc:AlternateContent>");
}

// ECMA-376 part 3: a choice that requires what a program does not know is none.
TEST(DocxLooksTest, TheFirstChoiceThatIsKnownIsRead) {
  EXPECT_EQ(Before5(Alternatives("wps")), "15\n");
  EXPECT_EQ(Before5(Alternatives("zzz")), "25\n");
  EXPECT_EQ(Before5(Alternatives("wps zzz")), "25\n");
  EXPECT_EQ(Before5(Alternatives("z",
                                 "xmlns:z=\"http://schemas.microsoft.com/"
                                 "office/word/2010/wordml\"")),
            "15\n");
  EXPECT_EQ(Before5(Alternatives("wps", "xmlns:wps=\"urn:other\"")), "25\n");
}

std::string Control(const std::string& content) {
  return absl::StrCat(
      "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
      "<w:sdtContent>",
      content, "</w:sdtContent></w:sdt>");
}

TEST(DocxLooksTest, ANumberThatAsksForContentIsUnsure) {
  EXPECT_EQ(TextOf(Paragraph(Control(Digit(7)))), "7(\uFFFD)\n");
  EXPECT_EQ(TextOf(Control(Paragraph(Digit(7)))), "7(\uFFFD)\n");
  EXPECT_EQ(TextOf(Paragraph(Digit(3) + Control(Digit(7)))), "37(\uFFFD)\n");
  EXPECT_EQ(TextOf(Paragraph(Control(Content("<w:t>点击</w:t>")))), "点击\n");
  EXPECT_EQ(
      TextOf(absl::StrCat("<w:tbl><w:tr>", Control(Cell(Paragraph(Digit(7)))),
                          Cell(Paragraph(Digit(8))), "</w:tr></w:tbl>")),
      "| 7(\uFFFD) | 8 |\n");
}

TEST(DocxLooksTest, ANumberThatIsTurnedRoundIsUnsure) {
  const auto in = [](const std::string& tag) {
    return TextOf(Paragraph(absl::StrCat("<w:", tag, ">", Digit(3), Digit(5),
                                         "</w:", tag.substr(0, 3), ">")));
  };
  EXPECT_EQ(in("bdo w:val=\"rtl\""), "35(\uFFFD)\n");
  EXPECT_EQ(in("bdo w:val=\"ltr\""), "35\n");
  EXPECT_EQ(in("dir w:val=\"rtl\""), "35\n");
  EXPECT_EQ(TextOf(Paragraph(Digit(1) + "<w:bdo w:val=\"rtl\">" + Digit(3) +
                             Digit(5) + "</w:bdo>")),
            "135(\uFFFD)\n");
}

TEST(DocxLooksTest, LettersThatAreNotFilledAreNoDigitsOfTheFigure) {
  const auto filled = [](const std::string& fill) {
    return Before5(
        Digit(9, absl::StrCat("<w14:textFill>", fill, "</w14:textFill>")));
  };
  const auto solid = [&filled](const std::string& colour) {
    return filled(absl::StrCat("<w14:solidFill>", colour, "</w14:solidFill>"));
  };
  EXPECT_EQ(filled("<w14:noFill/>"), "（9）5\n");
  EXPECT_EQ(filled("<w14:gradFill/>"), "（9）5\n");
  EXPECT_EQ(solid("<w14:srgbClr w14:val=\"FFFFFF\"/>"), "（9）5\n");
  EXPECT_EQ(solid("<w14:schemeClr w14:val=\"bg1\"/>"), "（9）5\n");
  EXPECT_EQ(solid("<w14:srgbClr w14:val=\"000000\">"
                  "<w14:alpha w14:val=\"99000\"/></w14:srgbClr>"),
            "（9）5\n");
  // As Word and WPS write for black letters.
  for (const char* colour :
       {"<w14:schemeClr w14:val=\"tx1\"/>",
        "<w14:schemeClr w14:val=\"tx1\"><w14:lumMod w14:val=\"85000\"/>"
        "<w14:lumOff w14:val=\"15000\"/></w14:schemeClr>",
        "<w14:schemeClr w14:val=\"bg1\"><w14:lumMod w14:val=\"50000\"/>"
        "</w14:schemeClr>",
        "<w14:srgbClr w14:val=\"000000\"/>"}) {
    EXPECT_EQ(solid(colour), "95\n") << colour;
  }
}

TEST(DocxLooksTest, CodesOfFieldsAreNotRead) {
  const std::string begin = FieldMark("begin");
  const std::string separate = FieldMark("separate");
  const std::string end = FieldMark("end");
  EXPECT_EQ(Before5(begin + Digit(7) + separate + Digit(8) + end), "85\n");
  // A field in a code, and one in a result.
  EXPECT_EQ(Before5(begin + begin + Digit(1) + separate + Digit(2) + end +
                    Digit(3) + separate + Digit(8) + begin + Digit(4) +
                    separate + Digit(9) + end + end),
            "895\n");
  // No result at all, and marks that are hidden or have no field.
  EXPECT_EQ(Before5(begin + Digit(7) + end), "5\n");
  EXPECT_EQ(
      Before5(Content("<w:fldChar w:fldCharType=\"begin\"/>", "<w:vanish/>") +
              Digit(7) + end),
      "5\n");
  EXPECT_EQ(Before5(end + separate + end), "5\n");
  EXPECT_EQ(TextOf(Paragraph(begin + Digit(1)) +
                   Paragraph(Digit(2) + separate + Digit(3) + end)),
            "3\n");
}

TEST(DocxLooksTest, FieldsEndWithTheirCell) {
  EXPECT_EQ(TextOf(absl::StrCat("<w:tbl><w:tr>",
                                Cell(Paragraph(FieldMark("begin") + Digit(1))),
                                Cell(Paragraph(Digit(2))), "</w:tr></w:tbl>")),
            "|  | 2 |\n");
}

TEST(DocxLooksTest, NumbersThatAreNotInTheFileAreUnreadable) {
  EXPECT_EQ(Before5(Content("<w:pgNum/>")), "\uFFFD5\n");
  EXPECT_EQ(Before5(Content("<w:dayShort/>")), "\uFFFD5\n");
  EXPECT_EQ(Before5("<w:new>" + Digit(1) + "</w:new>"), "\uFFFD5\n");
  EXPECT_EQ(Before5("<m:oMath><m:r><m:t>2</m:t></m:r></m:oMath>"), "（2）5\n");
  EXPECT_EQ(Before5(Content("<w:t>1</w:t><w:ptab/>")), "1\t5\n");
}

TEST(DocxLooksTest, HiddenRowsAndDeletedCellsAreNotRead) {
  const std::string two = Cell(Paragraph(Digit(1))) + Cell(Paragraph(Digit(2)));
  EXPECT_EQ(
      TextOf(absl::StrCat("<w:tbl><w:tr>", two,
                          "</w:tr><w:tr><w:trPr><w:hidden/></w:trPr>", two,
                          "</w:tr><w:tr>", Cell(Paragraph(Digit(3))),
                          Cell(Paragraph(Digit(7)), "<w:cellDel w:id=\"1\"/>"),
                          Cell(Paragraph(Digit(4))), "</w:tr></w:tbl>")),
      "| 1 | 2 |\n| 3 | 4 |\n");
}

// A note set by a style beside every figure: none is read as one with it.
TEST(DocxLooksTest, NotesBesideFiguresAreNeverCertain) {
  const Figures figures = RandomFigures(2, TextStyle());
  DocxStyle layout;
  layout.note_style = "Note";
  const auto result = ImportFile(ZipOf(
      WithStyles(DocxPartsOf(OfficialDocument(figures), layout), kStyles)));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->Count(Certainty::kCertain), 0);
  EXPECT_EQ(result->Count(Certainty::kDoubtful), figures.size());
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
}

}  // namespace
}  // namespace annals::client
