#include "client/import/xlsx_styles.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/import/xlsx_number_format.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

// Points.
constexpr double kFontSizeMin = 4;
// So light a tint of any colour is nearly white.
constexpr double kWhiteTint = 0.9;

struct FontLook {
  // Neither struck out nor tiny.
  bool is_plain = true;
  // Black if empty.
  std::vector<Colour> colours;
};

bool IsStruck(pugi::xml_node font) {
  const pugi::xml_node strike = Child(font, "strike");
  const absl::string_view value = AttributeOf(strike, "val");
  return strike && value != "0" && value != "false";
}

FontLook LookOf(pugi::xml_node font) {
  FontLook look;
  look.is_plain = !IsStruck(font) && !IsTinyXlsxFont(font);
  const auto colour = XlsxColour(Child(font, "color"));
  if (colour.has_value()) look.colours = {*colour};
  return look;
}

// Known by nothing but what it is called.
Colour Called(absl::string_view words) {
  Colour colour;
  colour.words = std::string(words);
  return colour;
}

std::vector<Colour> BehindOf(pugi::xml_node fill) {
  if (Child(fill, "gradientFill")) return {Called("gradient")};
  const pugi::xml_node pattern = Child(fill, "patternFill");
  const absl::string_view type = AttributeOf(pattern, "patternType");
  if (type.empty() || type == "none") return {};
  if (type != "solid") return {Called("pattern")};
  return {XlsxColour(Child(pattern, "fgColor")).value_or(Called("solid"))};
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
  if (Child(difference, "numFmt") || Child(font, "color") || IsStruck(font)) {
    return true;
  }
  // A solid fill of a difference has its colour as that of the background.
  const pugi::xml_node fill = Child(Child(difference, "fill"), "patternFill");
  return IsHardToSee(Black(),
                     XlsxColour(Child(fill, "bgColor")).value_or(White()));
}

}  // namespace

// The colours that are numbered from 8 on repeat those from 0; the first four
// of a theme are hardly ever others than Office's own.
std::optional<Colour> XlsxColour(pugi::xml_node node) {
  const auto rgb = ColourOfHex(AttributeOf(node, "rgb"));
  if (rgb.has_value()) return rgb;
  const absl::string_view index = AttributeOf(node, "indexed");
  if (index == "0" || index == "8" || index == "64") return Black();
  if (index == "1" || index == "9" || index == "65") return White();
  if (!index.empty()) return Called(absl::StrCat("index ", index));
  const absl::string_view theme = AttributeOf(node, "theme");
  if (theme.empty()) return std::nullopt;
  double tint = 0;
  if (!absl::SimpleAtod(AttributeOf(node, "tint"), &tint)) tint = 0;
  if (theme == "0") return Tinted(White(), tint);
  if (theme == "1") return Tinted(Black(), tint);
  if (theme == "2") return Tinted(ColourOfRgb(0xE7, 0xE6, 0xE6), tint);
  if (theme == "3") return Tinted(ColourOfRgb(0x44, 0x54, 0x6A), tint);
  if (tint >= kWhiteTint) return Tinted(Black(), tint);
  return Called(absl::StrCat("theme ", theme, " ", tint));
}

bool IsTinyXlsxFont(pugi::xml_node font) {
  double size = 0;
  return absl::SimpleAtod(AttributeOf(Child(font, "sz"), "val"), &size) &&
         size < kFontSizeMin;
}

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
  std::vector<std::vector<Colour>> fills;
  for (pugi::xml_node node : Child(stylesheet, "fills").children()) {
    if (LocalName(node) == "fill") fills.push_back(BehindOf(node));
  }
  for (pugi::xml_node node : Child(stylesheet, "cellXfs").children()) {
    if (LocalName(node) != "xf") continue;
    CellStyle style;
    const int id = NumberOf(AttributeOf(node, "numFmtId"), 0);
    const auto format = formats.find(id);
    style.number_format = format == formats.end()
                              ? std::string(BuiltInFormat(id))
                              : format->second;
    const FontLook font = Named(fonts, node, "fontId", FontLook());
    style.behind = Named(fills, node, "fillId", std::vector<Colour>());
    style.readable = font.is_plain && !IsHardToSee(font.colours, style.behind);
    styles_.push_back(std::move(style));
  }
  for (pugi::xml_node node : Child(stylesheet, "dxfs").children()) {
    if (LocalName(node) == "dxf") differences_.push_back(MayChangeFigure(node));
  }
}

bool XlsxStyles::Shows(absl::string_view style,
                       const std::vector<Colour>& colours) const {
  if (colours.empty()) return true;
  const CellStyle* found = Find(style);
  return !IsHardToSee(colours,
                      found == nullptr ? std::vector<Colour>() : found->behind);
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
