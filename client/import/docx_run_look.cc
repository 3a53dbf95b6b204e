#include "client/import/docx_run_look.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

constexpr int kStyleChainMax = 20;
// Half points of a font, per cent of its width, and twentieths of a point by
// which its letters overlap, that nobody reads.
constexpr int kFontSizeMin = 8;
constexpr int kWidthMin = 20;
constexpr int kOverlap = -80;
constexpr int kAlphaMax = 70000;

std::optional<bool> Toggle(pugi::xml_node properties, absl::string_view name) {
  if (!Child(properties, name)) return std::nullopt;
  return IsDocxPropertyOn(properties, name);
}

template <typename T>
void SetIfAbsent(const std::optional<T>& base, std::optional<T>* property) {
  if (!property->has_value()) *property = base;
}

// ECMA-376 part 1, 17.7.3: what is set both by the style of the paragraph and
// by that of the run is off; what the run sets itself is so.
bool IsToggled(const std::optional<bool>& own,
               const std::optional<bool>& character,
               const std::optional<bool>& paragraph) {
  return own.value_or(character.value_or(false) != paragraph.value_or(false));
}

std::optional<int> IntegerOf(pugi::xml_node properties,
                             absl::string_view name) {
  int number = 0;
  absl::string_view value = AttributeOf(Child(properties, name), "val");
  absl::ConsumeSuffix(&value, "%");
  if (!absl::SimpleAtoi(value, &number)) return std::nullopt;
  return number;
}

// Nothing if the colour is automatic: black, or white on what is dark.
std::optional<Colour> ColourOf(pugi::xml_node node, const char* attribute,
                               const char* theme) {
  if (AttributeOf(node, theme) == "background1") return White();
  return ColourOfHex(AttributeOf(node, attribute));
}

// Fills of letters that Word 2010 and later draw in place of the colour.
bool IsUnfilled(pugi::xml_node fill) {
  const pugi::xml_node solid = Child(fill, "solidFill");
  if (!solid) return Child(fill, "noFill") || Child(fill, "gradFill");
  int alpha = 0;  // Of a hundred thousand that let all through.
  return absl::SimpleAtoi(
             AttributeOf(Child(solid.first_child(), "alpha"), "val"), &alpha) &&
         alpha > kAlphaMax;
}

std::optional<Colour> ColourOfFill(pugi::xml_node fill) {
  const pugi::xml_node solid = Child(fill, "solidFill");
  const pugi::xml_node theme = Child(solid, "schemeClr");
  const absl::string_view name = AttributeOf(theme, "val");
  // Its children make the colour of a theme another one.
  if ((name == "bg1" || name == "lt1") && !theme.first_child()) return White();
  return ColourOfHex(AttributeOf(Child(solid, "srgbClr"), "val"));
}

// The names of highlights are those of CSS.
std::optional<Colour> HighlightOf(pugi::xml_node properties) {
  const absl::string_view name =
      AttributeOf(Child(properties, "highlight"), "val");
  return ParseCssColour(absl::AsciiStrToLower(name));
}

std::optional<Colour> ShadeOf(pugi::xml_node properties) {
  return ColourOf(Child(properties, "shd"), "fill", "themeFill");
}

// What is behind a paragraph: its own shade, or that of its cell.
std::optional<Colour> ShadeBehind(pugi::xml_node paragraph) {
  std::optional<Colour> shade = ShadeOf(paragraph);
  for (pugi::xml_node node = paragraph.parent(); node && !shade.has_value();
       node = node.parent()) {
    if (LocalName(node) != "tc") continue;
    shade = ShadeOf(Child(node, "tcPr"));
    break;
  }
  return shade;
}

std::string StyleOf(pugi::xml_node properties, absl::string_view name) {
  return std::string(AttributeOf(Child(properties, name), "val"));
}

}  // namespace

bool IsDocxPropertyOn(pugi::xml_node properties, absl::string_view name) {
  const pugi::xml_node property = Child(properties, name);
  if (!property) return false;
  const absl::string_view value = AttributeOf(property, "val");
  return value != "0" && value != "false" && value != "off";
}

RunStyles::Properties RunStyles::Properties::Of(pugi::xml_node node) {
  Properties properties;
  properties.vanish = Toggle(node, "vanish");
  properties.special_vanish = Toggle(node, "specVanish");
  properties.strike = Toggle(node, "strike");
  properties.double_strike = Toggle(node, "dstrike");
  const absl::string_view align = AttributeOf(Child(node, "vertAlign"), "val");
  if (align == "superscript") {
    properties.align = VerticalAlign::kRaised;
  } else if (align == "subscript") {
    properties.align = VerticalAlign::kLowered;
  } else if (!align.empty()) {
    properties.align = VerticalAlign::kBaseline;
  }
  properties.position = IntegerOf(node, "position");
  const pugi::xml_node fill = Child(node, "textFill");
  if (fill) properties.unfilled = IsUnfilled(fill);
  properties.colour = ColourOfFill(fill);
  if (!properties.colour.has_value()) {
    properties.colour = ColourOf(Child(node, "color"), "val", "themeColor");
  }
  properties.shade = ShadeOf(node);
  properties.highlight = HighlightOf(node);
  properties.size = IntegerOf(node, "sz");
  properties.width = IntegerOf(node, "w");
  properties.spacing = IntegerOf(node, "spacing");
  return properties;
}

void RunStyles::Properties::Inherit(const Properties& base) {
  SetIfAbsent(base.vanish, &vanish);
  SetIfAbsent(base.special_vanish, &special_vanish);
  SetIfAbsent(base.strike, &strike);
  SetIfAbsent(base.double_strike, &double_strike);
  SetIfAbsent(base.align, &align);
  SetIfAbsent(base.position, &position);
  SetIfAbsent(base.colour, &colour);
  SetIfAbsent(base.unfilled, &unfilled);
  SetIfAbsent(base.shade, &shade);
  SetIfAbsent(base.highlight, &highlight);
  SetIfAbsent(base.size, &size);
  SetIfAbsent(base.width, &width);
  SetIfAbsent(base.spacing, &spacing);
}

RunStyles::RunStyles(pugi::xml_node styles)
    : defaults_(Properties::Of(
          Child(Child(Child(styles, "docDefaults"), "rPrDefault"), "rPr"))) {
  std::map<std::string, Style> all;
  for (pugi::xml_node node : styles.children()) {
    if (LocalName(node) != "style") continue;
    const std::string id(AttributeOf(node, "styleId"));
    all[id] = {StyleOf(node, "basedOn"), Properties::Of(Child(node, "rPr"))};
    const absl::string_view is_default = AttributeOf(node, "default");
    if (AttributeOf(node, "type") == "paragraph" &&
        (is_default == "1" || is_default == "true")) {
      default_paragraph_style_ = id;
    }
  }
  for (const auto& [id, style] : all) styles_[id] = WithInherited(style, all);
}

RunStyles::Properties RunStyles::WithInherited(
    const Style& style, const std::map<std::string, Style>& all) {
  Properties properties = style.properties;
  std::string base = style.based_on;
  for (int i = 0; i < kStyleChainMax && !base.empty(); ++i) {
    const auto found = all.find(base);
    if (found == all.end()) break;
    properties.Inherit(found->second.properties);
    base = found->second.based_on;
  }
  return properties;
}

RunStyles::Properties RunStyles::OfStyle(const std::string& id) const {
  const auto found = styles_.find(id);
  return found == styles_.end() ? Properties() : found->second;
}

RunLook RunStyles::LookOf(pugi::xml_node run, pugi::xml_node paragraph) const {
  const std::string style = StyleOf(paragraph, "pStyle");
  Properties below = OfStyle(style.empty() ? default_paragraph_style_ : style);
  below.Inherit(defaults_);
  const Properties character = OfStyle(StyleOf(run, "rStyle"));
  Properties own = Properties::Of(run);
  RunLook look;
  look.dropped = Child(run, "del") || Child(run, "moveFrom") ||
                 IsToggled(own.vanish, character.vanish, below.vanish) ||
                 IsToggled(own.strike, character.strike, below.strike) ||
                 IsToggled(own.double_strike, character.double_strike,
                           below.double_strike);
  own.Inherit(character);
  own.Inherit(below);
  look.dropped = look.dropped || own.special_vanish.value_or(false);
  look.align = own.align.value_or(VerticalAlign::kBaseline);
  look.position = own.position.value_or(0);
  look.faint = IsFaint(own, ShadeBehind(paragraph));
  return look;
}

bool RunStyles::IsFaint(const Properties& run,
                        const std::optional<Colour>& behind) {
  if (run.size.value_or(kFontSizeMin) < kFontSizeMin ||
      run.width.value_or(kWidthMin) < kWidthMin ||
      run.spacing.value_or(0) < kOverlap || run.unfilled.value_or(false)) {
    return true;
  }
  // A highlight lies over every shade.
  if (run.highlight.has_value()) {
    return IsHardToSee(run.colour.value_or(Black()), *run.highlight);
  }
  if (!run.colour.has_value()) return false;
  const Colour shade = behind.value_or(White());
  return IsHardToSee(*run.colour, run.shade.value_or(shade));
}

}  // namespace annals::client
