// PDFs whose text says another figure than their page shows, by every means
// that the format has: no such figure is certain.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/import/pdf_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/small_pdf.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const SmallPdf& pdf) {
  const auto source = ReadPdf(pdf.Bytes(), ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

// A figure that is seen, 55, before one that may not be, 7464 at (140, 700).
std::string Shown(const std::string& before, const std::string& after = "") {
  return absl::StrCat("BT /F 12 Tf 72 700 Td (55) Tj ET q ", before,
                      " BT /F 12 Tf 140 700 Td (7464) Tj ET Q ", after);
}

SmallPdf PdfOf(const std::string& content) {
  SmallPdf pdf;
  pdf.content = content;
  return pdf;
}

void ExpectSeen(const SmallPdf& pdf) {
  EXPECT_THAT(TextOf(pdf),
              AllOf(HasSubstr("55"), HasSubstr("7464"), Not(HasSubstr("?"))))
      << pdf.content;
}

// The numbers of the text that are not marked.
std::vector<std::string> Sure(const std::string& text) {
  std::vector<std::string> sure;
  std::string number;
  for (size_t at = 0; at < text.size(); ++at) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) {
      number.push_back(text[at]);
    } else {
      const bool is_marked = text.compare(at, 3, "(?)") == 0;
      if (!number.empty() && !is_marked) sure.push_back(number);
      number.clear();
    }
  }
  return sure;
}

// It is in doubt or not read; that which is seen is read.
void ExpectUnseen(const SmallPdf& pdf) {
  EXPECT_THAT(Sure(TextOf(pdf)), ElementsAre("55")) << pdf.content;
}

TEST(PdfDeceitTest, FiguresAsTheyAreShownAreRead) {
  ExpectSeen(PdfOf(Shown("")));
  ExpectSeen(PdfOf(Shown("0.2 g")));
  // Set twice a little aside, as if it were bold.
  ExpectSeen(PdfOf(Shown("", "BT /F 12 Tf 140.3 700 Td (7464) Tj ET")));
}

TEST(PdfDeceitTest, TextThatLeavesNoInkIsNotSure) {
  for (const char* before :
       {"3 Tr", "7 Tr", "1 g", "/T gs", "1 1 1 rg", "0 0 0 0 k", "2 Tr 1 g 1 G",
        "0 0 9 9 re W n", "140 690 40 30 re W* n 0 0 9 9 re W n"}) {
    SmallPdf pdf = PdfOf(Shown(before));
    pdf.resources = "/ExtGState<</T<</ca 0/CA 0>>>>";
    ExpectUnseen(pdf);
  }
}

TEST(PdfDeceitTest, TextThatIsCoveredIsNotSure) {
  for (const char* after :
       {"1 g 138 690 40 30 re f", "0 g 138 690 40 30 re f",
        "1 0 0 rg 138 690 40 30 re f",
        // Images, white and black.
        "q 40 0 0 30 138 690 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xFF EI Q",
        "q 40 0 0 30 138 690 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x01 EI Q",
        "q 40 0 0 30 138 690 cm /I Do Q", "/S sh"}) {
    SmallPdf pdf = PdfOf(Shown("", after));
    pdf.resources =
        "/XObject<</I 6 0 R>>/Shading<</S<</ShadingType 2/ColorSpace"
        "/DeviceGray/BBox[138 690 178 720]/Coords[0 0 612 0]/Extend[true true]"
        "/Function<</FunctionType 2/Domain[0 1]/C0[1]/C1[1]/N 1>>>>>>";
    pdf.objects = PdfStream(6,
                            "/Type/XObject/Subtype/Image/Width 1/Height 1"
                            "/BitsPerComponent 8/ColorSpace/DeviceGray",
                            "\xFF");
    ExpectUnseen(pdf);
  }
  SmallPdf note = PdfOf(Shown(""));
  note.page = "/Annots[6 0 R]";
  note.objects = absl::StrCat(
      "6 0 obj<</Type/Annot/Subtype/Stamp/Rect[138 690 178 720]/F 4"
      "/AP<</N 7 0 R>>>>endobj\n",
      PdfStream(7, "/Type/XObject/Subtype/Form/BBox[0 0 40 30]",
                "1 g 0 0 40 30 re f"));
  ExpectUnseen(note);
}

TEST(PdfDeceitTest, TextWithoutASizeIsNotSure) {
  for (const char* set :
       {"/F 0 Tf", "/F 0.01 Tf", "/F 12 Tf 0 Tz", "/F 12 Tf 0.1 Tz",
        "/F 1 Tf 0.01 0 0 0.01 140 700 Tm", "/F 12 Tf 1 0 0 0 140 700 Tm"}) {
    ExpectUnseen(
        PdfOf(absl::StrCat("BT /F 12 Tf 72 700 Td (55) Tj ET BT 140 700 Td ",
                           set, " (7464) Tj ET")));
  }
}

TEST(PdfDeceitTest, TextOffThePageIsNotSure) {
  for (const char* place : {"-100 700", "700 650", "140 900", "140 -50",
                            // Cut by its edges.
                            "-15 650", "600 650", "140 788", "140 -7"}) {
    ExpectUnseen(
        PdfOf(absl::StrCat("BT /F 12 Tf 72 700 Td (55) Tj ET BT /F 12 "
                           "Tf ",
                           place, " Td (7464) Tj ET")));
  }
  SmallPdf cropped = PdfOf(Shown(""));
  cropped.page = "/CropBox[50 600 130 792]";
  ExpectUnseen(cropped);
  cropped.page = "/CropBox[60 680 300 720]";
  ExpectSeen(cropped);
}

TEST(PdfDeceitTest, WhatIsSwitchedOffIsNotRead) {
  SmallPdf layered = PdfOf(Shown("/OC /L BDC", "EMC"));
  layered.resources = "/Properties<</L 6 0 R>>";
  layered.objects = "6 0 obj<</Type/OCG/Name(L)>>endobj\n";
  layered.catalog = "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>";
  ExpectUnseen(layered);
  layered.catalog = "/OCProperties<</OCGs[6 0 R]/D<</ON[6 0 R]>>>>";
  ExpectSeen(layered);
}

TEST(PdfDeceitTest, FiguresOverEachOtherAreNotSure) {
  const auto two = [](const char* first, const char* second,
                      const char* place) {
    return TextOf(PdfOf(absl::StrCat(
        "BT /F 12 Tf 140 700 Td (", first, ") Tj ET BT /F 12 Tf ", place,
        " Td (", second, ") Tj ET BT /F 12 Tf 72 600 Td (55) Tj ET")));
  };
  for (const char* place :
       {"140 700", "141 700", "143 700", "140 701", "138.5 699"}) {
    for (const auto& [first, second] :
         {std::pair("12", "34"), std::pair("7464", "38"),
          std::pair("38", "7464"), std::pair("8", "3")}) {
      const std::string text = two(first, second, place);
      SCOPED_TRACE(
          absl::StrCat(first, " ", second, " at ", place, ":\n", text));
      EXPECT_THAT(Sure(text), ElementsAre("55"));
    }
  }
}

// As text editors strike out: from the begin of a figure to its end, no
// further.
TEST(PdfDeceitTest, FiguresOfOneDigitThatAreStruckOutAreNotSure) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    for (double aside : {0.0, 0.2, 0.4, 0.6}) {
      const double left = 140 + aside;
      ExpectUnseen(
          PdfOf(absl::StrFormat("BT /F 12 Tf 72 700 Td (55) Tj ET BT /F 7.5 Tf "
                                "%.2f 700 Td (%c) Tj ET "
                                "0.5 w %.2f 702.5 m %.2f 702.5 l S",
                                left, digit, left, left + 7.5 * 0.556)));
    }
  }
}

// Of a font that shows one digit and says another, in the figure 55 and so on.
TEST(PdfDeceitTest, FontsThatSayAnotherDigitThanTheyShowAreNotSure) {
  for (char shown = '0'; shown <= '9'; ++shown) {
    for (char said = '0'; said <= '9'; ++said) {
      SmallPdf pdf;
      pdf.font = "/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R";
      pdf.content = absl::StrCat("BT /F 10.5 Tf 72.3 700.2 Td (",
                                 std::string(2, shown), ") Tj ET");
      pdf.objects = PdfStream(
          6, "",
          absl::StrFormat("/CIDInit/ProcSet findresource begin begincmap "
                          "1 begincodespacerange <00><FF> endcodespacerange "
                          "1 beginbfchar <%02X><00%02X> endbfchar endcmap end",
                          shown, said));
      const std::string text = TextOf(pdf);
      SCOPED_TRACE(absl::StrCat("shows ", std::string(1, shown), ", says ",
                                std::string(1, said), ": ", text));
      EXPECT_THAT(text, HasSubstr(std::string(2, said)));
      EXPECT_EQ(text.find("(?)") == std::string::npos, shown == said);
    }
  }
}

TEST(PdfDeceitTest, TurnedPagesAreLookedAtAsTheyAreShown) {
  for (int turn : {90, 180, 270}) {
    // All over the page, and upright on it as it is shown.
    for (const char* place :
         {"30 30", "300 400", "560 760", "30 760", "560 30"}) {
      const char* matrix = turn == 90    ? "0 1 -1 0"
                           : turn == 180 ? "-1 0 0 -1"
                                         : "0 -1 1 0";
      for (const char* colour : {"0 g", "1 g"}) {
        SmallPdf pdf = PdfOf(absl::StrCat(
            "BT /F 12 Tf ", matrix, " 306 300 Tm (55) Tj ET ", colour,
            " BT /F 12 Tf ", matrix, " ", place, " Tm (7464) Tj ET"));
        pdf.page = absl::StrCat("/Rotate ", turn);
        SCOPED_TRACE(absl::StrCat(turn, " ", place));
        if (colour[0] == '0') {
          ExpectSeen(pdf);
        } else {
          ExpectUnseen(pdf);
        }
      }
    }
  }
}

}  // namespace
}  // namespace annals::client
