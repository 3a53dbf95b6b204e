// Writes documents as DOCX and XLSX files.

#ifndef ANNALS_TESTS_IMPORT_OFFICE_FILES_H_
#define ANNALS_TESTS_IMPORT_OFFICE_FILES_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/import/form_document.h"

namespace annals::client {

using ZipParts = std::vector<std::pair<std::string, std::string>>;

std::string ZipOf(const ZipParts& parts);

struct DocxStyle {
  bool split_runs = false;         // Each character in a run of its own.
  bool tracked_changes = false;    // Deleted and inserted text around figures.
  bool numbered_headings = false;  // Section numbers are Word's, not text.
  bool wrapped = false;            // In content controls.
  std::string note_style;          // Unless empty, of a 1 after each figure.
};

// The parts of a file with this content of w:body.
ZipParts DocxParts(const std::string& body);
ZipParts DocxPartsOf(const std::vector<DocumentBlock>& document,
                     const DocxStyle& style);
std::string DocxOf(const std::vector<DocumentBlock>& document,
                   const DocxStyle& style = {});

struct XlsxStyle {
  bool inline_strings = false;
  bool scientific = false;       // 3.5E1 for 35, as some programs write.
  bool sheet_per_table = false;  // Else all in one.
};

// The parts of a file with sheets of these names and contents of sheetData, and
// merged cells.
struct XlsxSheet {
  std::string name;
  std::string rows;
  std::vector<std::string> merged;  // "A1:C1"
};
ZipParts XlsxParts(const std::vector<XlsxSheet>& sheets,
                   const std::vector<std::string>& shared_strings);
ZipParts XlsxPartsOf(const std::vector<DocumentBlock>& document,
                     const XlsxStyle& style);
std::string XlsxOf(const std::vector<DocumentBlock>& document,
                   const XlsxStyle& style = {});

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_OFFICE_FILES_H_
