// A published text as lines, and each line as the cells or words that its
// layout sets apart: by tabs, by bars, or by space.

#ifndef ANNALS_CLIENT_IMPORT_DOCUMENT_H_
#define ANNALS_CLIENT_IMPORT_DOCUMENT_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

enum class AtomKind {
  kText,
  kFigure,  // A number or a mark for none: ParseFigure() reads it.
  kBlank,   // An empty cell between bars or tabs.
};

// A cell or a group of words. The text points into the document.
struct Atom {
  AtomKind kind = AtomKind::kText;
  // It touches the end of the document, which may have been cut there.
  bool at_document_end = false;
  int line = 0;  // Its line's number.
  // Its cell among those of a barred or tabbed line, from 0; -1 in any other.
  int cell = -1;
  // Columns, from the first to one past the last; in a barred or tabbed line
  // they say nothing, and overlap all others.
  int begin = 0;
  int end = 0;
  absl::string_view text;

  bool Overlaps(const Atom& other) const {
    return begin < other.end && other.begin < end;
  }
};

struct Line {
  int number = 0;  // From 1.
  // Cells are set apart by tabs or bars.
  bool delimited = false;
  // Cells are set apart by bars.
  bool barred = false;
  // How many cells a barred or tabbed line has, blank ones included.
  int cells = 0;
  // Nothing of the report: a page number, or a rule under a table head.
  bool decoration = false;
  // The first line of a page.
  bool after_page_break = false;
  absl::string_view text;
  std::vector<Atom> atoms;

  bool IsEmpty() const { return decoration || atoms.empty(); }
  bool HasFigure() const;
};

// Whether the character sets cells apart.
bool IsBar(char32_t code);

// The lines of a valid UTF-8 text, which must outlive them. Columns are counted
// as the program that laid out the text did: some take a Han character for one
// column, some for two; the figures of the tables stand straight in one of
// them.
std::vector<Line> SplitLines(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCUMENT_H_
