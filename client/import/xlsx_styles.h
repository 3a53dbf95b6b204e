// The looks of cells in an Excel workbook.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_STYLES_H_
#define ANNALS_CLIENT_IMPORT_XLSX_STYLES_H_

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/colour.h"

namespace annals::client {

// A colour of a font or a fill; nothing if it is automatic.
std::optional<Colour> XlsxColour(pugi::xml_node colour);

// Whether nobody reads letters of the size in the properties of a font.
bool IsTinyXlsxFont(pugi::xml_node font);

class XlsxStyles {
 public:
  // A workbook without styles.
  XlsxStyles() = default;
  // `stylesheet`: the root of the part of styles.
  explicit XlsxStyles(pugi::xml_node stylesheet);

  // Whether a cell of a style, its attribute `s`, surely prints a number or a
  // text as it is stored: not struck out, not scaled or rounded, and in a size
  // and colour that can be seen.
  bool PrintsNumber(absl::string_view style, absl::string_view decimal) const;
  bool PrintsText(absl::string_view style) const;

  // Whether text of such colours can be seen in a cell of a style.
  bool Shows(absl::string_view style, const std::vector<Colour>& colours) const;

  // Whether a rule of conditional formatting may change the figure that a cell
  // shows, or hide it: by a number format, a stroke or the font's colour, or by
  // a bar or an icon in its place.
  bool ChangesFigures(pugi::xml_node rule) const;

 private:
  struct CellStyle {
    std::string number_format;
    bool readable = true;
    // What is behind its text; white if empty.
    std::vector<Colour> behind;
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
