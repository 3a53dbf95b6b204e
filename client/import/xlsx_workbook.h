// An Excel workbook: its sheets, its names, and what its cells print.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_WORKBOOK_H_
#define ANNALS_CLIENT_IMPORT_XLSX_WORKBOOK_H_

#include <map>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/office_package.h"
#include "client/import/xlsx_styles.h"

namespace annals::client {

// ECMA-376: XFD1048576 is the last cell.
inline constexpr int kXlsxColumnsMax = 16384;
inline constexpr int kXlsxRowsMax = 1 << 20;

struct XlsxCellPlace {
  int row = 0;     // From 1.
  int column = 0;  // From 0.
};

struct XlsxRange {
  int first_row = 0;
  int last_row = 0;
  int first_column = 0;
  int last_column = 0;

  bool Contains(const XlsxCellPlace& place) const {
    return place.row >= first_row && place.row <= last_row &&
           place.column >= first_column && place.column <= last_column;
  }
};

// "C12" or "A1:C12".
bool ParseXlsxRange(absl::string_view text, XlsxRange* range);

// Moves `place` to a cell of its row that is written after it; one that has no
// name follows it. False if it is of no column, or of another row.
bool MoveToXlsxCell(pugi::xml_node cell, XlsxCellPlace* place);
// The same for one that may not stand before it.
bool NextXlsxCell(pugi::xml_node cell, XlsxCellPlace* place);

// Whether an attribute says yes.
bool IsXlsxOn(absl::string_view value);

// What a sheet says of how its cells look.
struct XlsxSheetLook {
  bool shows_zeros = true;
  // Where a condition may change what is shown.
  std::vector<XlsxRange> conditional;
};

// A string and the looks of its runs, as far as they differ from the cell's.
struct XlsxString {
  std::string text;
  std::vector<Colour> colours;
  bool has_tiny_run = false;
};

// Marks a figure as one that the file may print otherwise, or not at all.
void DoubtXlsxFigure(std::string* text);

class XlsxWorkbook {
 public:
  struct Sheet {
    std::string name;
    std::string part;
    bool is_hidden = false;
  };
  // A place with a name.
  struct Name {
    std::string sheet;
    XlsxRange range;
  };

  // FILE_DAMAGED; else as OfficePackage::Read().
  static absl::StatusOr<XlsxWorkbook> Read(OfficePackage* package);

  // The worksheets in their order.
  const std::vector<Sheet>& sheets() const { return sheets_; }
  const std::map<std::string, Name>& names() const { return names_; }

  XlsxSheetLook LookOf(pugi::xml_node worksheet) const;

  // What a cell prints; kUnsureFigure follows a figure that it may print
  // otherwise. False if it is damaged.
  bool TextOf(pugi::xml_node cell, const XlsxCellPlace& place,
              const XlsxSheetLook& look, std::string* text) const;

 private:
  absl::Status ReadShared(
      const std::map<std::string, OfficePackage::Relationship>& relationships,
      OfficePackage* package);
  void ReadNames(pugi::xml_node names);
  void AddConditional(pugi::xml_node format, absl::string_view cells,
                      XlsxSheetLook* look) const;
  bool StoredText(pugi::xml_node cell, XlsxString* stored) const;

  std::vector<Sheet> sheets_;
  std::map<std::string, Name> names_;
  std::vector<XlsxString> strings_;
  XlsxStyles styles_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_WORKBOOK_H_
