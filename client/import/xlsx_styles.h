// The looks of cells in an Excel workbook.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_STYLES_H_
#define ANNALS_CLIENT_IMPORT_XLSX_STYLES_H_

#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

class XlsxStyles {
 public:
  // A workbook without styles.
  XlsxStyles() = default;
  // `stylesheet`: the root of the part of styles.
  explicit XlsxStyles(pugi::xml_node stylesheet);

  // Whether a cell of a style, its attribute `s`, surely prints a number or a
  // text as it is stored: not struck out, not white, not scaled or rounded.
  bool PrintsNumber(absl::string_view style, absl::string_view decimal) const;
  bool PrintsText(absl::string_view style) const;

  // Whether a rule of conditional formatting may change the figure that a cell
  // shows, or hide it: by a number format, a stroke or the font's colour, or by
  // a bar or an icon in its place.
  bool ChangesFigures(pugi::xml_node rule) const;

 private:
  struct CellStyle {
    std::string number_format;
    bool readable = true;
  };

  // Null if there is none.
  const CellStyle* Find(absl::string_view style) const;

  bool exists_ = false;
  std::vector<CellStyle> styles_;
  // By the index of a differential format, whether it may change a figure.
  std::vector<bool> differences_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_STYLES_H_
