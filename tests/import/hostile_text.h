// Reports in prints that nobody has seen before: random combinations of what
// publishers, scans and conversions do to the form, with the figures that a
// careful person would read from them.

#ifndef ANNALS_TESTS_IMPORT_HOSTILE_TEXT_H_
#define ANNALS_TESTS_IMPORT_HOSTILE_TEXT_H_

#include <string>

#include "tests/import/expected_figures.h"

namespace annals::client {

// What is done to the tables' shape, beyond the wording and the layout.
enum class Twist {
  kNone,
  kRowDropped,
  kRowAdded,     // A local row that the form does not have.
  kColumnAdded,  // A column of remarks or of last year's totals.
  kColumnsSwapped,
  kTotalFirst,
  kColumnsMerged,     // Organisations in one column.
  kTransposed,        // A row for each kind of applicant.
  kPrintedTwice,      // Summary and annex.
  kPrintedOtherwise,  // The same with other figures.
  kLastYearBelow,     // Last year's report in the same text.
  kLastYearTables,    // Last year's table before this year's.
  kYearsCompared,     // Two figures and a change for each row.
  kHeadingsMissing,
  kHeadingsTwice,  // Numbered parts before the six sections.
  kTablesFirst,
  kProseLikeHeadings,
  kHeadMissing,   // Table three without its columns' head.
  kTorn,          // Lines lost, doubled, moved, joined or cut; page numbers.
  kDigitsBroken,  // Long figures go on on the next line.
  kGlued,         // Labels run into their figures.
  kYearsBeside,   // Last year's columns beside this year's.
  kSubtotals,     // A row of sums for each group of rows.
  kCount,
};

const char* TwistName(Twist twist);

struct HostileText {
  std::string text;
  Figures truth;
  std::string recipe;  // What was done, to name in a failure.
};

HostileText MakeHostileText(unsigned seed, Twist twist);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_HOSTILE_TEXT_H_
