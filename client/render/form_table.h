// A table of the official form as a grid with merged cells: what the formats
// that can merge cells (HTML, DOCX, XLSX) draw. Everything in it is read from
// the schema.

#ifndef ANNALS_CLIENT_RENDER_FORM_TABLE_H_
#define ANNALS_CLIENT_RENDER_FORM_TABLE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/cell_print.h"
#include "client/text.h"
#include "service/report/schema.h"

namespace annals::client {

enum class FormRole {
  kGroupHead,   // A head across the whole table: 第二十条第（一）项.
  kColumnHead,  // Above a column or several.
  kRowHead,     // Left of a row or several.
  kNote,        // The note that the form prints in the table's corner.
  kFigure,
};

struct FormCell {
  FormRole role = FormRole::kFigure;
  // As printed; empty if the cell is blank.
  std::string text;
  size_t column = 0;  // Where it begins, counted from 0.
  size_t row_span = 1;
  size_t column_span = 1;
  // Of a figure.
  std::optional<report::CellIndex> cell;
  // Of a figure: the text is a remark of the report and not its bare figure.
  bool is_note = false;
};

struct FormTableRow {
  // The cells that begin in the row, from left to right. With those that reach
  // down into it they fill it.
  std::vector<FormCell> cells;
};

struct FormTable {
  int number = 0;  // 2, 3 or 4.
  // How wide the columns are in proportion to each other.
  std::vector<int> widths;
  // The first rows that are heads, to be repeated where a page begins.
  size_t head_rows = 0;
  std::vector<FormTableRow> rows;

  size_t columns() const { return widths.size(); }
};

// The table in the official layout of the edition that it declares. No rows if
// the edition has none of them.
FormTable LayOutFormTable(const v1::Report& report, int table_number,
                          Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_FORM_TABLE_H_
