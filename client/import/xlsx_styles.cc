#include "client/import/xlsx_styles.h"

#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "client/import/xlsx_number_format.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

enum class FontLook { kPlain, kStruck, kWhite };

// Excel's first theme colour is the background.
bool IsWhite(pugi::xml_node colour) {
  const absl::string_view rgb = AttributeOf(colour, "rgb");
  const absl::string_view indexed = AttributeOf(colour, "indexed");
  return absl::EqualsIgnoreCase(rgb, "FFFFFFFF") ||
         absl::EqualsIgnoreCase(rgb, "00FFFFFF") ||
         absl::EqualsIgnoreCase(rgb, "FFFFFF") || indexed == "1" ||
         indexed == "9" ||
         (AttributeOf(colour, "theme") == "0" &&
          AttributeOf(colour, "tint").empty());
}

FontLook LookOf(pugi::xml_node font) {
  const pugi::xml_node strike = Child(font, "strike");
  const absl::string_view value = AttributeOf(strike, "val");
  if (strike && value != "0" && value != "false") return FontLook::kStruck;
  return IsWhite(Child(font, "color")) ? FontLook::kWhite : FontLook::kPlain;
}

bool IsFilled(pugi::xml_node fill) {
  const absl::string_view pattern =
      AttributeOf(Child(fill, "patternFill"), "patternType");
  return Child(fill, "gradientFill") || (!pattern.empty() && pattern != "none");
}

// The element that an attribute of a cell style names by its index.
template <typename T>
T Named(const std::vector<T>& all, pugi::xml_node style, const char* attribute,
        T otherwise) {
  const auto index =
      static_cast<size_t>(NumberOf(AttributeOf(style, attribute), 0));
  return index < all.size() ? all[index] : otherwise;
}

// `difference`: what a format changes of the cell's own.
bool MayChangeFigure(pugi::xml_node difference) {
  const pugi::xml_node font = Child(difference, "font");
  return Child(difference, "numFmt") || Child(font, "color") ||
         LookOf(font) == FontLook::kStruck;
}

}  // namespace

XlsxStyles::XlsxStyles(pugi::xml_node stylesheet) : exists_(true) {
  std::map<int, std::string> formats;
  for (pugi::xml_node node : Child(stylesheet, "numFmts").children()) {
    formats[NumberOf(AttributeOf(node, "numFmtId"), -1)] =
        std::string(AttributeOf(node, "formatCode"));
  }
  std::vector<FontLook> fonts;
  for (pugi::xml_node node : Child(stylesheet, "fonts").children()) {
    if (LocalName(node) == "font") fonts.push_back(LookOf(node));
  }
  std::vector<bool> fills;
  for (pugi::xml_node node : Child(stylesheet, "fills").children()) {
    if (LocalName(node) == "fill") fills.push_back(IsFilled(node));
  }
  for (pugi::xml_node node : Child(stylesheet, "cellXfs").children()) {
    if (LocalName(node) != "xf") continue;
    CellStyle style;
    const int id = NumberOf(AttributeOf(node, "numFmtId"), 0);
    const auto format = formats.find(id);
    style.number_format = format == formats.end()
                              ? std::string(BuiltInFormat(id))
                              : format->second;
    const FontLook font = Named(fonts, node, "fontId", FontLook::kPlain);
    const bool filled = Named<bool>(fills, node, "fillId", false);
    style.readable =
        font == FontLook::kPlain || (font == FontLook::kWhite && filled);
    styles_.push_back(std::move(style));
  }
  for (pugi::xml_node node : Child(stylesheet, "dxfs").children()) {
    if (LocalName(node) == "dxf") differences_.push_back(MayChangeFigure(node));
  }
}

bool XlsxStyles::ChangesFigures(pugi::xml_node rule) const {
  for (const char* graphic : {"dataBar", "iconSet"}) {
    const absl::string_view shows =
        AttributeOf(Child(rule, graphic), "showValue");
    if (shows == "0" || shows == "false") return true;
  }
  const auto index =
      static_cast<size_t>(NumberOf(AttributeOf(rule, "dxfId"), -1));
  if (index < differences_.size()) return differences_[index];
  // Rules that later versions have added hold their format themselves.
  return MayChangeFigure(Child(rule, "dxf"));
}

const XlsxStyles::CellStyle* XlsxStyles::Find(absl::string_view style) const {
  const auto index =
      static_cast<size_t>(NumberOf(style, style.empty() ? 0 : -1));
  return index < styles_.size() ? &styles_[index] : nullptr;
}

bool XlsxStyles::PrintsNumber(absl::string_view style,
                              absl::string_view decimal) const {
  if (!exists_) return PrintsNumberAsStored("General", decimal);
  const CellStyle* found = Find(style);
  if (found == nullptr) {
    return styles_.empty() && PrintsNumberAsStored("General", decimal);
  }
  return found->readable && PrintsNumberAsStored(found->number_format, decimal);
}

bool XlsxStyles::PrintsText(absl::string_view style) const {
  const CellStyle* found = Find(style);
  if (found == nullptr) return !exists_ || styles_.empty();
  return found->readable && PrintsTextAsStored(found->number_format);
}

}  // namespace annals::client
