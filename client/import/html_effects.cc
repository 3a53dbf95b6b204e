#include "client/import/html_effects.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annals::client {
namespace {

// A first line set so far to the left is off the page.
constexpr double kIndentOffPage = -100;
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
// Colours of several rules for one element.
constexpr size_t kColoursMax = 16;

struct Declaration {
  std::string property;
  std::string value;
};

// In lower case, blanks at the ends and `!important` dropped.
std::vector<Declaration> DeclarationsOf(absl::string_view text) {
  std::vector<Declaration> declarations;
  for (absl::string_view piece : absl::StrSplit(text, ';')) {
    const size_t colon = piece.find(':');
    if (colon == absl::string_view::npos) continue;
    Declaration declaration;
    declaration.property = absl::AsciiStrToLower(
        absl::StripAsciiWhitespace(piece.substr(0, colon)));
    absl::string_view value = piece.substr(colon + 1);
    value = value.substr(0, value.find('!'));
    declaration.value =
        absl::AsciiStrToLower(absl::StripAsciiWhitespace(value));
    declarations.push_back(std::move(declaration));
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

bool IsSize(absl::string_view property) {
  return property == "width" || property == "height" ||
         property == "max-width" || property == "max-height";
}

bool IsMoving(const Declaration& declaration) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "position") return value == "absolute" || value == "fixed";
  if (property == "transform" || property == "scale" ||
      property == "translate" || property == "rotate") {
    return value != "none";
  }
  if (property == "flex-direction" || property == "flex-flow") {
    return absl::StrContains(value, "reverse");
  }
  if (property == "order") return !IsZero(value);
  if (property == "zoom") return IsHardlyThere(value);
  if (IsSize(property)) return IsZero(value);
  if (property == "margin-left" || property == "margin-right") {
    return LeadingNumber(value) < kPulledAside;
  }
  if (property == "margin" || property == "margin-top") {
    return LeadingNumber(value) < kPulledUp;
  }
  return property == "text-indent" && LeadingNumber(value) < kIndentOffPage;
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

bool IsOverlapping(absl::string_view spacing) {
  const auto measure = MeasureOf(spacing);
  if (!measure.has_value()) return false;
  return measure->number <=
         (IsRelative(measure->unit) ? kOverlapEms : kOverlapPixels);
}

void ApplyVisibility(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "display") {
    effects->Set(StyleEffect::kNotDisplayed, value == "none");
  } else if (property == "visibility") {
    effects->Set(StyleEffect::kInvisible,
                 value == "hidden" || value == "collapse");
    effects->Set(StyleEffect::kCollapsed, value == "collapse");
  } else if (property == "opacity") {
    effects->Set(StyleEffect::kTransparent, IsHardlyThere(value));
  } else if (property == "font-size") {
    effects->Set(StyleEffect::kSizeZero, IsTinyFont(value));
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
  } else if (IsSize(property) && IsTightSize(declaration)) {
    effects->Set(StyleEffect::kSized, true);
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
}

void StyleEffects::Override(const StyleEffects& other) {
  for (size_t i = 0; i < kSize; ++i) {
    if (other.values_[i].has_value()) values_[i] = other.values_[i];
  }
  if (!other.colours_.empty()) colours_ = other.colours_;
  if (!other.backgrounds_.empty()) backgrounds_ = other.backgrounds_;
}

bool StyleEffects::HasAny() const {
  if (!colours_.empty() || !backgrounds_.empty()) return true;
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
    generated.Set(StyleEffect::kOverlaid, own.Has(StyleEffect::kMoved));
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
