// A PDF with its streams unpacked says what it said before.

#include "client/import/pdf_unpacked.h"

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/import/pdf_streams.h"
#include "gtest/gtest.h"
#include "tests/import/expected_figures.h"

namespace annals::client {
namespace {

constexpr char kPlain[] = "/Filter /FlateDecode/Length 6/Length1 8";
constexpr char kCopy[] =
    "7 0 obj<</Length1 8/Length 8>>stream\nunpacked\nendstream endobj\n";

std::string Object(const std::string& dictionary) {
  return absl::StrCat("7 0 obj\n<<", dictionary,
                      ">>\nstream\r\nPACKED\nendstream\nendobj\n");
}

// What unpacking finds wherever PACKED stands.
std::vector<FlateStream> Streams(const std::string& pdf) {
  std::vector<FlateStream> streams;
  for (size_t at = pdf.find("PACKED"); at != std::string::npos;
       at = pdf.find("PACKED", at + 1)) {
    streams.push_back({at, at + 6, "unpacked"});
  }
  return streams;
}

std::string Table(size_t offset, const std::string& trailer) {
  return absl::StrFormat(
      "xref\n0 1\n0000000000 65535 f \n7 1\n%010d 00000 n \ntrailer<</Size 8"
      "/Root 1 0 R%s>>\n",
      offset, trailer);
}

std::string Ended(const std::string& pdf, size_t table) {
  return absl::StrCat(pdf, "startxref\n", table, "\n%%EOF\n");
}

// A file with these objects, of which the table points at the one at `offset`.
std::string File(const std::string& objects, size_t offset) {
  const std::string begin = absl::StrCat("%PDF-1.5\n", objects);
  return Ended(absl::StrCat(begin, Table(9 + offset, "")), begin.size());
}

std::string Unpacked(const std::string& pdf) {
  return UnpackedPdf(pdf, Streams(pdf));
}

// What the table that the file ends with points at.
std::string Shown(const std::string& pdf) {
  const size_t table = std::strtoul(
      pdf.c_str() + pdf.rfind("startxref") + sizeof("startxref"), nullptr, 10);
  const size_t entry = pdf.find("\n7 1\n", table) + 5;
  return pdf.substr(std::strtoul(pdf.substr(entry, 10).c_str(), nullptr, 10));
}

TEST(PdfUnpackedTest, TheTablePointsAtTheCopies) {
  const std::string pdf = Unpacked(File(Object(kPlain), 0));
  EXPECT_TRUE(absl::StartsWith(Shown(pdf), kCopy)) << pdf;
  EXPECT_TRUE(absl::EndsWith(pdf, "%%EOF\n"));
}

TEST(PdfUnpackedTest, WhatMayBeReadInAnotherWayStays) {
  for (const char* dictionary :
       {"/Filter/FlateDecode/Length 6/DecodeParms[null]",
        "/Filter/FlateDecode/Length 6/DP/X", "/Filter/FlateDecode/Length 6/F/X",
        "/Filter[/FlateDecode/FlateDecode]/Length 6", "/Length 6",
        "/Filter/LZWDecode/Length 6", "/Filter/FlateDecode/Length 5",
        "/Filter/FlateDecode/Length 9", "/Filter/FlateDecode/Length 99999",
        "/Filter/FlateDecode/Length 6 0 R", "/Filter/FlateDecode/Length 6%\n",
        "/Filter/FlateDecode/Length 6/Filter/AHx",
        "/Filter/FlateDecode/Length 6/#46ilter/AHx",
        "/Filter/FlateDecode/Length 6/D<</F/X>>",
        "/Filter/FlateDecode/Length 6/S(/Length 7)"}) {
    const std::string object = Object(dictionary);
    const std::string pdf = Unpacked(File(object, 0));
    EXPECT_TRUE(absl::StartsWith(Shown(pdf), object)) << pdf;
  }
}

TEST(PdfUnpackedTest, AnObjectThatNoEntryPointsAtIsNotTaken) {
  const std::string real =
      "7 0 obj<</Length 4>>stream\nreal\nendstream endobj\n";
  const std::string decoy = Object(kPlain);
  EXPECT_TRUE(absl::StartsWith(Shown(Unpacked(File(real + decoy, 0))), real));
  EXPECT_TRUE(absl::StartsWith(
      Shown(Unpacked(File(decoy + real, decoy.size()))), real));
}

TEST(PdfUnpackedTest, OlderTablesPointAtTheCopiesToo) {
  const std::string begin = absl::StrCat("%PDF-1.5\n", Object(kPlain));
  const std::string old = absl::StrCat(begin, Table(9, ""));
  const std::string pdf = Unpacked(Ended(
      absl::StrCat(old, "xref\n0 0\ntrailer<</Prev ", begin.size(), ">>\n"),
      old.size()));
  EXPECT_TRUE(absl::StartsWith(Shown(Ended(pdf, begin.size())), kCopy)) << pdf;
}

TEST(PdfUnpackedTest, StreamsOfReferencesPointAtTheCopies) {
  const std::string begin = absl::StrCat("%PDF-1.5\n", Object(kPlain));
  const std::string pdf =
      Ended(absl::StrCat(begin,
                         "8 0 obj<</Type/XRef/W[1 2 1]/ID[<a\nb> <c>]/Filter"
                         "/FlateDecode/Length 6>>stream\nPACKED\nendstream\n"),
            begin.size());
  std::vector<FlateStream> streams = Streams(pdf);
  ASSERT_EQ(streams.size(), 2u);
  // Free, in the file at 9, in the stream of objects 9.
  streams[1].bytes = std::string("\0\0\x9\0\1\0\x9\0\2\0\x9\0", 12);
  const std::string unpacked = UnpackedPdf(pdf, streams);
  const size_t copy = unpacked.find(kCopy);
  ASSERT_NE(copy, std::string::npos) << unpacked;
  const std::string table = absl::StrCat(
      "8 0 obj<</ID [<a\nb> <c>]/Type /XRef/W [1 2 1]/Length 12>>stream\n",
      absl::string_view("\0\0\x9\0\1", 5),
      std::string({static_cast<char>(copy >> 8), static_cast<char>(copy)}),
      absl::string_view("\0\2\0\x9\0", 5), "\nendstream endobj\n");
  const size_t at = unpacked.find(table);
  ASSERT_NE(at, std::string::npos) << unpacked;
  EXPECT_TRUE(
      absl::EndsWith(unpacked, absl::StrCat("startxref\n", at, "\n%%EOF\n")));
}

TEST(PdfUnpackedTest, BrokenTablesAreLeftAlone) {
  for (const char* end :
       {"startxref\n99999999\n%%EOF", "startxref\n-1\n%%EOF", "startxref", "",
        "xref\nstartxref\n9\n%%EOF", "xref 7 9 startxref\n9\n%%EOF",
        "xref 7 1 0000000009 00000 startxref\n9\n%%EOF",
        "xref 7 1 0000099999 00000 n \ntrailer<</Prev "
        "9>>startxref\n9\n%%EOF"}) {
    const std::string pdf = absl::StrCat("%PDF-1.5\n", end, "PACKED");
    EXPECT_TRUE(absl::StartsWith(Unpacked(pdf), pdf)) << pdf;
  }
}

// Their fonts are most of them.
TEST(PdfUnpackedTest, SamplesAreUnpacked) {
  for (const char* name : {"hongze-2023", "hongze-2024", "huaian-2024"}) {
    const std::string pdf = SampleFile(absl::StrCat(name, ".pdf"));
    std::vector<FlateStream> streams;
    ASSERT_TRUE(FlateStreamsAreSound(pdf, &streams));
    const std::string unpacked = UnpackedPdf(pdf, streams);
    for (const FlateStream& stream : streams) {
      if (stream.end + 100 > pdf.size()) continue;  // That of references.
      EXPECT_TRUE(absl::StrContains(unpacked, stream.bytes)) << stream.begin;
    }
  }
}

}  // namespace
}  // namespace annals::client
