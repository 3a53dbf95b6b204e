// The seam between file formats and the reading of a report.
//
// Each format is turned into one text, which the importer reads as it reads
// published plain text, so that tolerance and doubt are the same for all:
//   - a paragraph is a line;
//   - a row of a table is one barred line, `| a | b |`, with one cell for each
//     cell of the print, whatever columns it spans, and a blank one where a
//     cell from a row above reaches in. So the figures of a row follow each
//     other, and a merged cell can't be told from its neighbour's column by
//     miscounting: the count is then wrong, and the row is doubtful;
//   - a row that is one cell over the whole table is no row of figures: it is
//     set as paragraphs, as publishers lay whole pages out in such tables;
//   - a new page is a form feed.
// For each line the text knows its place in the file.

#ifndef ANNALS_CLIENT_IMPORT_SOURCE_TEXT_H_
#define ANNALS_CLIENT_IMPORT_SOURCE_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"
#include "client/import/source_place.h"

namespace annals::client {

// Limits of what is read. No report comes near them: the server takes 1 MiB of
// text.
struct ImportLimits {
  // The file.
  size_t file_bytes = 16 << 20;
  // The text that is in it.
  size_t text_bytes = 1 << 20;
  // All parts of a DOCX or XLSX file that are read, unpacked.
  size_t unpacked_bytes = 32 << 20;
  size_t archive_entries = 2000;
  size_t pdf_pages = 100;
  // Of CPU, for one file.
  int parse_seconds = 6;
  // What a parser may take besides the file and its text.
  size_t parse_bytes = 160 << 20;
};

// Where a line of the text stands in the file.
struct SourceLine {
  int page = 0;
  int line = 0;
  int paragraph = 0;  // Counted by the writer.
  int table = 0;
  int row = 0;
  // XLSX: index into SourceText::sheets; -1 for other formats.
  int sheet = -1;
  // XLSX: the column of each cell of the line, from 0.
  std::vector<int> columns;
  // HTML: its text leads to another page.
  bool is_link = false;
};

struct SourceText {
  FileFormat format = FileFormat::kText;
  // Valid UTF-8.
  std::string text;
  // One per line; empty for plain text, where a line is its own place.
  std::vector<SourceLine> lines;
  std::vector<std::string> sheets;
  // Why all of it is in doubt; empty if it is not.
  ErrorText doubt;
  // HTML: a style sheet elsewhere, which is not read, may change what is shown.
  bool has_external_styles = false;
  // HTML: what the page states for its title, elsewhere than in its text too.
  std::vector<std::string> stated_titles;

  // `line` from 1, 0 for no place; `cell` from 1, 0 for the whole line.
  SourcePlace PlaceOf(int line, int cell) const;
};

// "AB" for 27.
std::string ColumnName(int column);

// Writes a SourceText line by line.
class SourceTextWriter {
 public:
  SourceTextWriter(FileFormat format, const ImportLimits& limits);

  // Text without a line end; ignored if it is blank.
  void AddParagraph(absl::string_view text, const SourceLine& place);
  // A row with its cells; ignored if all are blank.
  void AddRow(const std::vector<std::string>& cells, const SourceLine& place);
  // The following lines are on a new page.
  void AddPageBreak();
  // A line as it is, blank or not.
  void AddPrintedLine(absl::string_view text, const SourceLine& place);
  // The number that a SourceLine has as `sheet`.
  int AddSheet(std::string name);

  // What was written so far.
  const std::string& text() const { return source_.text; }
  size_t line_count() const { return source_.lines.size(); }
  // Drops the lines from the one with this index on.
  void KeepLines(size_t count);

  // Lets the text end right after the last figure, as it does in a file that is
  // cut off there: the last line is left without its end.
  void EndInsideCell();

  // True once the text is larger than the limit; what is added then is lost.
  bool IsFull() const { return full_; }

  // FILE_TOO_LARGE if it was full, or NO_TEXT_IN_FILE if no text was added.
  absl::StatusOr<SourceText> Finish();

 private:
  bool Fits(size_t bytes);

  const size_t text_bytes_max_;
  bool full_ = false;
  int paragraphs_ = 0;
  SourceText source_;
};

// One line for the content of a cell: blanks and line ends joined, marks
// without width dropped, bars replaced by one that sets no cells apart, other
// control characters by blanks. Direction overrides stay, so that a figure
// that is not shown as it is stored is none.
std::string CellLine(absl::string_view text);

// The same for a paragraph; it keeps bars and tabs.
std::string ParagraphLine(absl::string_view text);

// Joins pieces that the print sets on lines of their own: nothing between two
// Han characters, else a blank, so that two numbers never make one.
void JoinPrinted(absl::string_view next, std::string* text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_SOURCE_TEXT_H_
