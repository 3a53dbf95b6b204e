#include "client/import/html_effects.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"

namespace annals::client {
namespace {

// Pixels. A first line set so far to the left or to the right is off the page.
constexpr double kIndentOffLeft = -100;
constexpr double kIndentOffRight = 1000;
// Tables that Word indents begin less far to the left.
constexpr double kMarginOffPage = -300;
// So far from its place, it stands at another cell's.
constexpr double kOffsetMin = 20;
// Pixels or points that pull an element over what is beside or above it. Word
// sets some by less.
constexpr double kPulledAside = -20;
constexpr double kPulledUp = -4;
// Boxes of fewer pixels or points may cut a figure off.
constexpr double kWidthMin = 60;
constexpr double kHeightMin = 15;
// Pixels or points of a font, and parts of its usual size, that nobody reads.
constexpr double kFontSizeMin = 4;
constexpr double kSeenPartMin = 0.3;
// Pixels and ems by which digits overlap.
constexpr double kOverlapPixels = -4;
constexpr double kOverlapEms = -0.3;
// No more are read; the rest is taken to move the element.
constexpr size_t kDeclarationsMax = 1000;
// Colours of several rules for one element.
constexpr size_t kColoursMax = 16;

struct Declaration {
  std::string property;
  std::string value;
};

// In lower case, blanks at the ends and `!important` dropped.
std::vector<Declaration> DeclarationsOf(absl::string_view text) {
  std::vector<Declaration> declarations;
  const std::string plain = WithoutCssComments(text);
  absl::string_view rest = plain;
  while (auto declaration = TakeCssDeclaration(&rest)) {
    declarations.push_back(
        {std::move(declaration->property),
         absl::AsciiStrToLower(WithoutCssEscapes(declaration->value))});
    if (declarations.size() < kDeclarationsMax) continue;
    declarations.push_back({"position", "absolute"});
    break;
  }
  return declarations;
}

// A number and what follows it: 12 px.
struct Measure {
  double number = 0;
  std::string unit;
};

// What the value begins with, or nothing.
std::optional<Measure> MeasureOf(absl::string_view value) {
  const size_t end =
      std::min(value.find_first_not_of("+-.0123456789"), value.size());
  Measure measure;
  if (!absl::SimpleAtod(value.substr(0, end), &measure.number)) {
    return std::nullopt;
  }
  const absl::string_view rest = value.substr(end);
  measure.unit = std::string(rest.substr(0, rest.find(' ')));
  return measure;
}

double LeadingNumber(absl::string_view value) {
  return MeasureOf(value).value_or(Measure()).number;
}

bool IsZero(absl::string_view value) {
  const auto measure = MeasureOf(value);
  return measure.has_value() && measure->number == 0;
}

bool IsRelative(const std::string& unit) {
  return unit == "em" || unit == "rem" || unit == "ex" || unit == "ch";
}

// Less than so much of the whole: 0.01 or 1%.
bool IsHardlyThere(absl::string_view value) {
  const auto measure = MeasureOf(value);
  if (!measure.has_value()) return false;
  const double whole = measure->unit == "%" ? 100 : 1;
  return measure->number < kSeenPartMin * whole;
}

bool IsTinyFont(absl::string_view value) {
  const auto measure = MeasureOf(value);
  if (!measure.has_value()) return absl::StrContains(value, "(");
  if (measure->unit == "%" || IsRelative(measure->unit)) {
    return IsHardlyThere(value);
  }
  return measure->number < kFontSizeMin;
}

bool IsRaising(absl::string_view value) {
  return value == "super" || value == "top" || value == "text-top" ||
         LeadingNumber(value) > 0;
}

bool IsText(absl::string_view content) {
  return content != "none" && content != "normal" &&
         content.find_first_not_of("\"' ") != absl::string_view::npos;
}

// About as many pixels; parts of the width as if it were a thousand.
double PixelsOf(const Measure& measure) {
  static const auto* const factors = new std::map<std::string, double>{
      {"em", 16},  {"rem", 16},  {"ex", 8},  {"ch", 8}, {"in", 96}, {"cm", 38},
      {"mm", 3.8}, {"pt", 1.33}, {"pc", 16}, {"%", 10}, {"vw", 10}, {"vh", 10}};
  const auto found = factors->find(measure.unit);
  return measure.number * (found == factors->end() ? 1 : found->second);
}

double LeadingPixels(absl::string_view value) {
  return PixelsOf(MeasureOf(value).value_or(Measure()));
}

// A value that the page computes is not known.
bool IsComputed(absl::string_view value) {
  return absl::StrContains(value, "(");
}

bool IsOffPage(absl::string_view indent) {
  const double pixels = LeadingPixels(indent);
  return pixels < kIndentOffLeft || pixels >= kIndentOffRight ||
         IsComputed(indent);
}

bool IsAnyOffset(absl::string_view value) {
  for (absl::string_view piece : absl::StrSplit(value, ' ')) {
    if (std::abs(LeadingPixels(piece)) > kOffsetMin || IsComputed(piece)) {
      return true;
    }
  }
  return false;
}

// The size is the first piece of `font` that is a length: 0/0 a, bold 12px b.
bool IsTinyFontShorthand(absl::string_view value) {
  for (absl::string_view piece : absl::StrSplit(value, ' ')) {
    const absl::string_view size = piece.substr(0, piece.find('/'));
    const auto measure = MeasureOf(size);
    if (!measure.has_value()) continue;
    if (!measure->unit.empty() || measure->number == 0) return IsTinyFont(size);
  }
  return false;
}

absl::string_view WithoutPrefix(absl::string_view property) {
  for (const char* prefix : {"-webkit-", "-moz-", "-ms-", "-o-"}) {
    if (absl::ConsumePrefix(&property, prefix)) break;
  }
  return property;
}

// A transformation by nothing: translateZ(0), which lets browsers draw faster.
bool MovesNothing(absl::string_view value) {
  const size_t open = value.find('(');
  return open == absl::string_view::npos
             ? value == "none" || value == "initial" || value == "unset"
             : absl::StartsWith(value, "translate") &&
                   value.find_first_of("123456789(", open + 1) ==
                       absl::string_view::npos;
}

bool IsSize(absl::string_view property) {
  return property == "width" || property == "height" ||
         property == "max-width" || property == "max-height";
}

// Pages that a browser has saved name all that is usual.
bool NamesAnimation(absl::string_view value) {
  static const auto* const usual = new std::set<absl::string_view>{
      "none",   "auto",    "initial",   "inherit",  "unset",
      "ease",   "ease-in", "ease-out",  "linear",   "ease-in-out",
      "normal", "running", "paused",    "forwards", "backwards",
      "both",   "reverse", "alternate", "infinite", "replace"};
  for (absl::string_view piece : absl::StrSplit(value, ' ')) {
    if (!MeasureOf(piece).has_value() && usual->count(piece) == 0) return true;
  }
  return false;
}

bool IsAnyPieceBelow(absl::string_view value, double pixels) {
  const std::vector<absl::string_view> pieces = absl::StrSplit(value, ' ');
  return std::any_of(pieces.begin(), pieces.end(),
                     [pixels](absl::string_view piece) {
                       return LeadingPixels(piece) < pixels;
                     });
}

// Sets its place among others in a box that arranges what is in it.
bool IsRearranging(absl::string_view property, absl::string_view value) {
  if (absl::StartsWith(property, "flex-") || property == "box-direction") {
    return absl::StrContains(value, "reverse");
  }
  if (property == "order" || property == "flex-order") return !IsZero(value);
  if (property == "box-ordinal-group") return value != "1";
  if (!absl::StartsWith(property, "grid-row") &&
      !absl::StartsWith(property, "grid-column") && property != "grid-area") {
    return false;
  }
  return !absl::EndsWith(property, "-gap") &&
         value.find_first_not_of("auto /") != absl::string_view::npos;
}

bool IsMoving(const Declaration& declaration) {
  const absl::string_view property = WithoutPrefix(declaration.property);
  const std::string& value = declaration.value;
  if (property == "position") return value == "absolute" || value == "fixed";
  if (property == "transform" || property == "scale" ||
      property == "translate" || property == "rotate" || property == "offset" ||
      property == "offset-path") {
    return !MovesNothing(value);
  }
  if (property == "animation" || property == "animation-name") {
    return NamesAnimation(value);
  }
  if (property == "zoom") return IsHardlyThere(value) || IsComputed(value);
  if (property == "text-indent") return IsOffPage(value);
  if (absl::StartsWith(property, "margin")) {
    return IsAnyPieceBelow(value, kMarginOffPage);
  }
  return IsRearranging(property, value);
}

bool IsPulling(const Declaration& declaration) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "margin-left" || property == "margin-right") {
    return LeadingNumber(value) < kPulledAside;
  }
  return (property == "margin" || property == "margin-top") &&
         LeadingNumber(value) < kPulledUp;
}

// Pages in mourning are grey.
bool IsHidingFilter(absl::string_view value) {
  for (const char* filter :
       {"opacity", "brightness", "contrast", "blur", "invert", "url", "var"}) {
    if (absl::StrContains(value, filter)) return true;
  }
  return false;
}

bool IsClipping(const Declaration& declaration) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "clip") return value != "auto";
  if (property == "clip-path" || property == "mask" ||
      property == "mask-image" || property == "-webkit-mask" ||
      property == "-webkit-mask-image" || property == "-webkit-text-security") {
    return value != "none";
  }
  if (property == "mix-blend-mode") return value != "normal";
  if (property == "content-visibility") return value == "hidden";
  if (property == "background-clip" || property == "-webkit-background-clip") {
    return value == "text";
  }
  return property == "filter" && IsHidingFilter(value);
}

// Whether a box of that size may not hold a figure.
bool IsTightSize(const Declaration& declaration) {
  const auto measure = MeasureOf(declaration.value);
  if (!measure.has_value() || measure->unit == "%") return false;
  if (IsRelative(measure->unit)) return true;
  const bool is_width = absl::EndsWith(declaration.property, "width");
  return measure->number < (is_width ? kWidthMin : kHeightMin);
}

bool IsSide(absl::string_view property) {
  return property == "left" || property == "right" || property == "top" ||
         property == "bottom" || absl::StartsWith(property, "inset");
}

bool IsFlat(absl::string_view line_height) {
  const auto measure = MeasureOf(line_height);
  if (!measure.has_value()) return false;
  if (measure->unit.empty() || measure->unit == "%" ||
      IsRelative(measure->unit)) {
    return IsHardlyThere(line_height);
  }
  return measure->number < kFontSizeMin;
}

bool IsOverlapping(absl::string_view spacing) {
  const auto measure = MeasureOf(spacing);
  if (!measure.has_value()) return false;
  return measure->number <=
         (IsRelative(measure->unit) ? kOverlapEms : kOverlapPixels);
}

void ApplyDisplay(const std::string& value, StyleEffects* effects) {
  const bool arranges = absl::StrContains(value, "flex") ||
                        absl::StrContains(value, "grid") ||
                        absl::StrContains(value, "-box");
  effects->Set(StyleEffect::kNotDisplayed,
               value == "none" || IsComputed(value));
  effects->Set(StyleEffect::kArranged, arranges);
  effects->Set(StyleEffect::kUntabled, !absl::StrContains(value, "table"));
}

void ApplyVisibility(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "display") {
    ApplyDisplay(value, effects);
  } else if (property == "visibility") {
    effects->Set(StyleEffect::kInvisible,
                 value == "hidden" || value == "collapse" || IsComputed(value));
    effects->Set(StyleEffect::kCollapsed, value == "collapse");
  } else if (property == "opacity") {
    effects->Set(StyleEffect::kTransparent,
                 IsHardlyThere(value) || IsComputed(value));
  } else if (property == "font-size") {
    effects->Set(StyleEffect::kSizeZero, IsTinyFont(value));
  } else if (property == "font") {
    effects->Set(StyleEffect::kSizeZero, IsTinyFontShorthand(value));
  } else if (property == "mso-hide") {
    effects->Set(StyleEffect::kNotDisplayed, value == "all");
  }
}

void ApplyColours(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  std::optional<Colour> colour;
  if (property == "color" || property == "-webkit-text-fill-color") {
    colour = ParseCssColour(declaration.value);
    if (colour.has_value()) effects->SetColour(*std::move(colour));
  } else if (property == "background" || property == "background-color" ||
             property == "background-image") {
    colour = ParseCssBackground(declaration.value);
    if (colour.has_value()) effects->SetBackground(*std::move(colour));
  }
}

void ApplyBox(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (IsMoving(declaration)) {
    effects->Set(StyleEffect::kMoved, true);
  } else if (IsClipping(declaration)) {
    effects->Set(StyleEffect::kClipped, true);
  } else if (property == "position") {
    effects->Set(StyleEffect::kPositioned,
                 value == "relative" || value == "sticky");
  } else if (absl::StartsWith(property, "overflow")) {
    effects->Set(StyleEffect::kHidesOverflow,
                 !absl::StartsWith(property, "overflow-wrap") &&
                     !absl::StartsWith(value, "visible"));
  } else if (IsPulling(declaration)) {
    effects->Set(StyleEffect::kPulled, true);
  } else if (IsSize(property) && IsZero(value)) {
    effects->Set(StyleEffect::kNoSize, true);
  } else if (IsSize(property) && IsTightSize(declaration)) {
    effects->Set(StyleEffect::kSized, true);
  } else if (IsSide(property)) {
    if (IsAnyOffset(value)) effects->Set(StyleEffect::kOffset, true);
  } else if (property == "line-height") {
    effects->Set(StyleEffect::kFlat, IsFlat(value));
  } else if (property == "direction") {
    effects->Set(StyleEffect::kRightToLeft, value == "rtl");
  }
}

void Apply(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  ApplyVisibility(declaration, effects);
  ApplyColours(declaration, effects);
  ApplyBox(declaration, effects);
  if (property == "text-decoration" || property == "text-decoration-line") {
    effects->Set(StyleEffect::kStruck,
                 absl::StrContains(value, "line-through"));
  } else if (property == "unicode-bidi") {
    effects->Set(StyleEffect::kReordered, absl::StrContains(value, "override"));
  } else if (property == "letter-spacing" && IsOverlapping(value)) {
    effects->Set(StyleEffect::kReordered, true);
  } else if (property == "float") {
    effects->Set(StyleEffect::kReordered, value == "right");
    effects->Set(StyleEffect::kFloated, value == "left" || value == "right");
  } else if (property == "vertical-align") {
    effects->Set(StyleEffect::kRaised, IsRaising(value));
  }
}

// Changes no more than the shape of a character and the space round it.
bool IsOfShapeOnly(absl::string_view property) {
  return absl::StartsWith(property, "mso-") || property == "font-family" ||
         property == "letter-spacing" || property == "line-height" ||
         property == "layout-grid-mode" || property == "text-autospace";
}

void AddColours(const std::vector<Colour>& from, std::vector<Colour>* to) {
  for (const Colour& colour : from) {
    if (to->size() >= kColoursMax) return;
    if (std::find(to->begin(), to->end(), colour) == to->end()) {
      to->push_back(colour);
    }
  }
}

}  // namespace

void StyleEffects::Add(const StyleEffects& other) {
  for (size_t i = 0; i < kSize; ++i) {
    if (other.values_[i].has_value() && !values_[i].value_or(false)) {
      values_[i] = other.values_[i];
    }
  }
  AddColours(other.colours_, &colours_);
  AddColours(other.backgrounds_, &backgrounds_);
  fonts_.Add(other.fonts_);
}

void StyleEffects::Override(const StyleEffects& other) {
  for (size_t i = 0; i < kSize; ++i) {
    if (other.values_[i].has_value()) values_[i] = other.values_[i];
  }
  if (!other.colours_.empty()) colours_ = other.colours_;
  if (!other.backgrounds_.empty()) backgrounds_ = other.backgrounds_;
}

bool StyleEffects::HasAny() const {
  if (fonts_.SayAnything() || !colours_.empty() || !backgrounds_.empty())
    return true;
  return std::any_of(
      values_.begin(), values_.end(),
      [](const std::optional<bool>& value) { return value.value_or(false); });
}

StyleEffects EffectsOf(absl::string_view declarations) {
  StyleEffects effects;
  for (const Declaration& declaration : DeclarationsOf(declarations)) {
    Apply(declaration, &effects);
  }
  return effects;
}

StyleEffects EffectsOfGenerated(absl::string_view declarations) {
  StyleEffects generated;
  const StyleEffects own = EffectsOf(declarations);
  for (const Declaration& declaration : DeclarationsOf(declarations)) {
    if (declaration.property != "content") continue;
    generated.Set(StyleEffect::kGeneratedText, IsText(declaration.value));
    generated.Set(StyleEffect::kOverlaid, own.Has(StyleEffect::kMoved) ||
                                              own.Has(StyleEffect::kPulled) ||
                                              own.Has(StyleEffect::kNoSize));
  }
  return generated;
}

std::string LookOf(absl::string_view declarations) {
  std::vector<std::string> look;
  for (const Declaration& declaration : DeclarationsOf(declarations)) {
    if (IsOfShapeOnly(declaration.property)) continue;
    look.push_back(absl::StrCat(declaration.property, ":", declaration.value));
  }
  std::sort(look.begin(), look.end());
  std::string text;
  for (const std::string& piece : look) absl::StrAppend(&text, piece, ";");
  return text;
}

}  // namespace annals::client
