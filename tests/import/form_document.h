// A report as a document in the official layout, with its merged cells, for
// writing it in each file format.

#ifndef ANNALS_TESTS_IMPORT_FORM_DOCUMENT_H_
#define ANNALS_TESTS_IMPORT_FORM_DOCUMENT_H_

#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "tests/import/expected_figures.h"

namespace annals::client {

struct DocumentCell {
  std::string text;
  int columns = 1;  // That it spans.
  int rows = 1;     // That it spans.
};

using DocumentRow = std::vector<DocumentCell>;

// A paragraph, or a table.
struct DocumentBlock {
  std::string paragraph;
  bool heading = false;
  std::vector<DocumentRow> table;
};

// Title, six sections, and the three tables as the form prints them.
std::vector<DocumentBlock> OfficialDocument(
    const Figures& figures, v1::Edition table2 = v1::EDITION_2021,
    v1::Edition table3 = v1::EDITION_2021);

// How a publisher's system writes HTML.
struct HtmlStyle {
  bool split_spans = false;       // Word: each character in a span of its own.
  bool layout_table = false;      // All of it in a table of tables.
  bool fragment = false;          // No html, head and body.
  bool unclosed = false;          // No end tags of rows, cells and paragraphs.
  std::string charset = "utf-8";  // Declared only; the text is UTF-8.
};

std::string HtmlOf(const std::vector<DocumentBlock>& document,
                   const HtmlStyle& style = {});

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_FORM_DOCUMENT_H_
