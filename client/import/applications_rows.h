// Tells which run of figures is which row of table three.

#ifndef ANNALS_CLIENT_IMPORT_APPLICATIONS_ROWS_H_
#define ANNALS_CLIENT_IMPORT_APPLICATIONS_ROWS_H_

#include <cstddef>
#include <vector>

#include "client/import/document.h"
#include "client/import/label_match.h"
#include "client/import/reading.h"
#include "client/import/runs.h"
#include "client/import/sections.h"

namespace annals::client {

inline constexpr size_t kApplicantColumns = 7;

// How a run was told to be a row, from surest to least sure.
enum class RowBasis {
  kLabel,      // By its own label alone.
  kNearLabel,  // By a label that is not quite that of the form.
  kPlace,      // By its place between labelled rows.
  kDisorder,   // By its label, but out of the form's order.
  kNone,
};

// A run of figures as a row of the table.
struct TableRow {
  size_t run = 0;
  // Index into the form's rows; -1 if unknown.
  int row = -1;
  RowBasis basis = RowBasis::kNone;
  // The figures stand on the line of the label.
  bool beside = false;
};

// The rows that the runs are, one for each run, in their order. `edition` says
// which rows the table has; it is found by the labels.
struct RowAssignment {
  std::vector<TableRow> rows;
  v1::Edition edition = v1::EDITION_UNSPECIFIED;
  // False if the labels do not tell the edition, and the year had to.
  bool edition_printed = false;
};

// Knows the labels of the rows, and the heads over several of them.
LabelMatcher ApplicationsMatcher(const std::vector<FormRow>& form);

RowAssignment AssignRows(const std::vector<Line>& lines, LineRange range,
                         const std::vector<Run>& runs,
                         const std::vector<FormRow>& form, int year);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_APPLICATIONS_ROWS_H_
