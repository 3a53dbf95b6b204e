// Which cells of an Excel sheet are in sight.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_SIGHT_H_
#define ANNALS_CLIENT_IMPORT_XLSX_SIGHT_H_

#include <cstddef>
#include <pugixml.hpp>
#include <vector>

#include "client/import/xlsx_workbook.h"

namespace annals::client {

// Columns that are hidden, or too narrow to show a digit.
class XlsxHiddenColumns {
 public:
  XlsxHiddenColumns() = default;
  // `columns`: the element `cols` of a sheet.
  explicit XlsxHiddenColumns(pugi::xml_node columns);

  // By column from 0.
  bool Has(int column) const {
    return static_cast<size_t>(column) < hidden_.size() &&
           hidden_[static_cast<size_t>(column)];
  }

 private:
  std::vector<bool> hidden_;
};

// Whether a row is hidden, or too low to show a digit.
bool IsXlsxRowHidden(pugi::xml_node row);

// Merged cells, met row by row. Only the first cell of each is shown.
class XlsxMergedCells {
 public:
  // `cells`: the element `mergeCells`. False if it is damaged.
  bool Read(pugi::xml_node cells);

  std::vector<XlsxRange>& ranges() { return ranges_; }
  // To be called once they are as they shall be.
  void Sort();

  // Leaves in open() those that the row meets; rows in their order. False if
  // they are too many.
  bool MoveTo(int row);
  const std::vector<XlsxRange>& open() const { return open_; }

  // Whether a cell of the row lies under one that begins before it.
  bool Covers(const XlsxCellPlace& place) const;
  // Whether a cell of the row is merged with some below it.
  bool ReachesDownFrom(const XlsxCellPlace& place) const;

 private:
  std::vector<XlsxRange> ranges_;
  size_t next_ = 0;
  std::vector<XlsxRange> open_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_SIGHT_H_
