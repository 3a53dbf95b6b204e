// The layouts of text in which every test of words is to hold.

#ifndef ANNALS_TESTS_IMPORT_TEXT_LAYOUTS_H_
#define ANNALS_TESTS_IMPORT_TEXT_LAYOUTS_H_

#include "tests/import/report_text.h"

namespace annals::client {

inline constexpr Layout kLayouts[] = {
    Layout::kTabs,           Layout::kShiftedTabs, Layout::kBars,
    Layout::kOpenBars,       Layout::kMarkdown,    Layout::kCellPerLine,
    Layout::kBlankSeparated, Layout::kColumns,     Layout::kSpaced};

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_TEXT_LAYOUTS_H_
