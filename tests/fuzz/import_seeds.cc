#include "tests/fuzz/import_seeds.h"

#include "absl/strings/str_cat.h"
#include "tests/import/expected_figures.h"
#include "tests/import/form_document.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals {
namespace {

using client::DocumentBlock;
using client::Figures;
using client::ZipParts;

std::vector<DocumentBlock> Document() {
  return client::OfficialDocument(
      client::RandomFigures(1, client::TextStyle()));
}

// The headings, and table four: small enough to be looked at often.
std::vector<DocumentBlock> SmallDocument() {
  std::vector<DocumentBlock> small;
  for (const DocumentBlock& block : Document()) {
    if (block.table.size() <= 4) small.push_back(block);
  }
  return small;
}

std::string PartOf(const ZipParts& parts, const std::string& name) {
  for (const auto& [part, content] : parts) {
    if (part == name) return content;
  }
  return "";
}

std::string SmallSheet() {
  return PartOf(
      client::XlsxParts(
          {{"S",
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
            "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>行政许可</t></is>"
            "</c><c r=\"B2\"><v>3.5E1</v></c></row>",
            {"A1:B1"}}},
          {}),
      "xl/worksheets/sheet1.xml");
}

// The words of table four in a PDF of one page, without a cross-reference
// table.
std::string SmallPdf() {
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
         "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
         "/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
         "4 0 obj<</Length 40>>stream\nBT /F 12 Tf 72 700 Td (1 2 3) Tj ET\n"
         "endstream endobj\n"
         "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
         "trailer<</Root 1 0 R/Size 6>>\n%%EOF\n";
}

}  // namespace

std::vector<std::string> ImportSeedsOf(const std::string& target) {
  if (target == "html") {
    client::HtmlStyle split;
    split.split_spans = split.layout_table = true;
    return {client::HtmlOf(SmallDocument()),
            client::HtmlOf(SmallDocument(), split),
            "<table><tr><td rowspan=2>a<td colspan=3>12<sup>1</sup><tr><td>"
            "<ol><li>x</ol><pre>\ty</pre></table>"};
  }
  if (target == "docx") {
    client::DocxStyle style;
    style.numbered_headings = style.tracked_changes = true;
    return {client::SampleFile("official-form-2021.docx"),
            client::DocxOf(SmallDocument(), style),
            PartOf(client::DocxParts("<w:p><w:r><w:t>1</w:t></w:r></w:p>"),
                   "word/document.xml"),
            PartOf(client::DocxParts(""), "word/numbering.xml")};
  }
  if (target == "xlsx") {
    return {client::XlsxOf(SmallDocument()), SmallSheet(), "3.5E1",
            "<sst><si><t>行政许可</t></si></sst>"};
  }
  if (target == "pdf") return {SmallPdf()};
  if (target == "encoding") {
    const std::string text = client::SampleText("xigong-2024").substr(0, 3000);
    return {text, absl::StrCat("\xEF\xBB\xBF", text),
            // 一、总体情况 in GB18030, 二、总体情况 in UTF-16.
            "\xD2\xBB\xA1\xA2\xD7\xDC\xCC\xE5\xC7\xE9\xBF\xF6\n",
            "\xFF\xFE\x8C\x4E\x01\x30\x3B\x60\x53\x4F\xC5\x60\xB5\x51"};
  }
  return {};
}

}  // namespace annals
