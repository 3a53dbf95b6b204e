// Lines that print the title of an annual report, and what they name.

#ifndef ANNALS_CLIENT_IMPORT_TITLE_LINES_H_
#define ANNALS_CLIENT_IMPORT_TITLE_LINES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

struct TitleLines {
  LineRange lines;
  std::string text;
  int year = 0;        // 0 if it names none.
  std::string agency;  // Empty if it names none.

  // More for one that names more; a year counts for more than an agency.
  int Named() const;
};

// The titles among the first `limit` lines, in the order of the text. Menus and
// paths have titles, too.
std::vector<TitleLines> FindTitles(const std::vector<Line>& lines,
                                   size_t limit);

// The text folded and without blanks.
std::u32string WithoutBlanks(absl::string_view text);

// The year that stands in a text at `at`, or that it begins with: 2024年,
// 二〇二四年; 0 if there is none.
int YearAtPlace(const std::u32string& text, size_t at);
int YearAtStart(const std::u32string& text);

// The year of a line that is, or ends, the title of a report; 0 if it is none
// or names no year.
int TitleYear(const Line& line);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TITLE_LINES_H_
