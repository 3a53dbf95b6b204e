// The names of a form that is a workbook (ISO/IEC 29500-1, 18.2.5): each place
// to fill in has one, and keeps it when rows are inserted or sheets renamed.
//
//   annals.form                    the first cell of the sheet of facts
//   annals.fact.publication.date   one fact, in this and the next columns
//   annals.headings, annals.notes  the heads of lists, on the sheet of facts:
//                                  section and heading as printed; cell,
//                                  figure and print
//   annals.cell.t2.fees.amount_wan_yuan
//                                  the cell of a figure
//   annals.head.s5_problems        the heading of a text
//   annals.text.s5_problems        the rows of a text that the report has
//   annals.period                  the rows of a preface that the form wrote
//   annals.more.3                  a row that goes on with the one above it

#ifndef ANNALS_CLIENT_IMPORT_XLSX_FORM_NAMES_H_
#define ANNALS_CLIENT_IMPORT_XLSX_FORM_NAMES_H_

#include "absl/strings/string_view.h"

namespace annals::client {

inline constexpr absl::string_view kFormName = "annals.form";
inline constexpr absl::string_view kFactPrefix = "annals.fact.";
inline constexpr absl::string_view kHeadingsName = "annals.headings";
inline constexpr absl::string_view kNotesName = "annals.notes";
inline constexpr absl::string_view kCellPrefix = "annals.cell.";
inline constexpr absl::string_view kHeadPrefix = "annals.head.";
inline constexpr absl::string_view kTextPrefix = "annals.text.";
inline constexpr absl::string_view kPeriodName = "annals.period";
inline constexpr absl::string_view kMorePrefix = "annals.more.";

// The sheet of facts. It is no part of the published report.
inline constexpr absl::string_view kFactsSheet = "报告信息（供导入）";

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_FORM_NAMES_H_
