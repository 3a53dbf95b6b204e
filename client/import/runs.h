// Runs of figures in a table, and the words that may label them.

#ifndef ANNALS_CLIENT_IMPORT_RUNS_H_
#define ANNALS_CLIENT_IMPORT_RUNS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/import/document.h"
#include "client/import/label_match.h"
#include "client/import/sections.h"
#include "ledger/error.h"

namespace annals::client {

// Figures that follow each other with no text between them: on one line, or one
// to a line.
struct Run {
  size_t first_line = 0;  // Indexes of lines.
  size_t last_line = 0;
  bool delimited = false;
  bool vertical = false;
  // A blank line stands before one of its figures, and before few others.
  bool has_odd_gap = false;
  // The texts before the figures on their line.
  std::vector<const Atom*> texts;
  // Figures and blank cells after the last text.
  std::vector<const Atom*> cells;

  size_t FigureCount() const;
  // The number of its first line.
  int LineNumber() const { return cells.front()->line; }
  // The figures as printed, for a person to compare; cut if there are many.
  std::string Printed() const;
};

// The runs of figures in the lines. They point into `lines`.
std::vector<Run> FindRuns(const std::vector<Line>& lines, LineRange range);

// A run laid out over the columns of a table.
struct Alignment {
  // One per column; null where the cell is blank. Empty if the figures can't be
  // told to columns.
  std::vector<const Atom*> cells;
  bool certain = false;
};

// `has_filler`: rows of this table have blank cells before or after their
// figures that are no columns.
Alignment AlignRun(const Run& run, size_t columns, bool has_filler);

// Whether figures stand alone on the line after runs[index]: long figures may
// have been broken over two lines, and so may a row of cells.
bool MayGoOnBelow(const std::vector<Line>& lines, const std::vector<Run>& runs,
                  size_t index);

// The reason to doubt such a run.
const ErrorText& MaybeBroken();
// The reason to doubt a row with more cells than columns.
const ErrorText& MaybeShifted();

// What may be the label of a run, and how surely which.
struct RunLabel {
  LabelMatch match;
  // Part of the label stands on the line of the figures, or the label goes
  // round them: no other run can be meant.
  bool beside = false;
  // Another row's label stands between this label and the run before.
  bool contested = false;
};

// Matches the words around runs[index]: those on its line, continued upwards to
// the run before and downwards to the run after it.
RunLabel LabelOf(const std::vector<Line>& lines, LineRange range,
                 const std::vector<Run>& runs, size_t index,
                 LabelMatcher* matcher);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_RUNS_H_
