// Writes a report as the text that a publisher's system might print, in each of
// the layouts that real reports come in.

#ifndef ANNALS_TESTS_IMPORT_REPORT_TEXT_H_
#define ANNALS_TESTS_IMPORT_REPORT_TEXT_H_

#include <functional>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "tests/import/expected_figures.h"

namespace annals::client {

enum class Layout {
  kTabs,            // Heads, label and figures tabbed, with fillers.
  kShiftedTabs,     // The same without leading tabs.
  kBars,            // | a | b |
  kOpenBars,        // a | b |
  kMarkdown,        // With rules under the heads.
  kCellPerLine,     // Each cell on a line.
  kBlankSeparated,  // Each cell on a line, blank lines between.
  kColumns,         // Laid out in columns, labels wrapped round their figures.
  kSpaced,          // One space between all words, as in pdftotext -raw.
};

struct TextStyle {
  Layout layout = Layout::kTabs;
  v1::Edition table2 = v1::EDITION_2021;
  v1::Edition table3 = v1::EDITION_2021;
  bool half_width = false;   // (一) for （一）
  bool list_commas = false;  // 1、 for 1.
  bool full_width_digits = false;
  bool thousands = false;       // 1,234
  bool narrow_columns = false;  // A Han character counts as one column.
  // Rewrites the figures of a row before they are printed; the row is named by
  // its id, such as "t3.granted".
  std::function<void(const std::string& row, std::vector<std::string>* cells)>
      change_row;
};

// Figures for each cell of the editions, from a seed; rows add up.
Figures RandomFigures(unsigned seed, const TextStyle& style);

std::string RenderReport(const Figures& figures, const TextStyle& style);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_REPORT_TEXT_H_
