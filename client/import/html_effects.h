// What the style of an element does to its text, as far as a figure may then
// not read as it is stored: it is raised, hidden, struck out, turned round, of
// the colour of what is behind it, or has something set before, after or over
// it.

#ifndef ANNALS_CLIENT_IMPORT_HTML_EFFECTS_H_
#define ANNALS_CLIENT_IMPORT_HTML_EFFECTS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/colour.h"
#include "client/import/font_claims.h"

namespace annals::client {

enum class StyleEffect {
  kNotDisplayed,
  kInvisible,
  kCollapsed,  // Invisible, and a row or column takes no room.
  kSizeZero,
  kTransparent,
  kMoved,       // Out of the flow of the text, or out of its box.
  kPulled,      // By its margins, which cells have none of.
  kNoSize,      // Which a cell has only by what is in it.
  kClipped,     // Cut off, filtered or masked, by whatever.
  kPositioned,  // Laid over what stands before it.
  kOffset,      // From there, if it is positioned.
  kArranged,    // What is in it stands in an order of its own.
  kRightToLeft,
  kUntabled,  // A cell or a row is a box like any other.
  kFloated,
  kFlat,  // Its lines have no height.
  kHidesOverflow,
  kSized,     // So that it may not hold its text.
  kOverlaid,  // By something the sheet sets before or after it.
  kStruck,
  kReordered,
  kRaised,
  kGeneratedText,
  kCount,
};

// Whether each effect is set, unset, or not spoken of.
class StyleEffects {
 public:
  bool Has(StyleEffect effect) const { return at(effect).value_or(false); }
  bool Speaks(StyleEffect effect) const { return at(effect).has_value(); }
  void Set(StyleEffect effect, bool value) { at(effect) = value; }
  // Effects that `other` sets; what it unsets stays as it is.
  void Add(const StyleEffects& other);
  // What `other` speaks of is as it says.
  void Override(const StyleEffects& other);
  bool HasAny() const;

  // The colours that the text, or what is behind it, may have; empty if
  // neither is said.
  const std::vector<Colour>& colours() const { return colours_; }
  const std::vector<Colour>& backgrounds() const { return backgrounds_; }
  void SetColour(Colour colour) { colours_ = {std::move(colour)}; }
  void SetBackground(Colour colour) { backgrounds_ = {std::move(colour)}; }

  // Only added up, as each has its rank.
  const FontClaims& fonts() const { return fonts_; }
  void AddFonts(const FontClaims& claims) { fonts_.Add(claims); }
  void DoubtFonts() { fonts_ = fonts_.Unsure(); }

 private:
  static constexpr auto kSize = static_cast<size_t>(StyleEffect::kCount);
  std::optional<bool>& at(StyleEffect effect) {
    return values_[static_cast<size_t>(effect)];
  }
  const std::optional<bool>& at(StyleEffect effect) const {
    return values_[static_cast<size_t>(effect)];
  }
  std::array<std::optional<bool>, kSize> values_;
  std::vector<Colour> colours_;
  std::vector<Colour> backgrounds_;
  FontClaims fonts_;
};

// Of the declarations of a rule or of a style attribute, but for fonts.
StyleEffects EffectsOf(absl::string_view declarations);
// Of those for what the sheet sets before or after an element.
StyleEffects EffectsOfGenerated(absl::string_view declarations);

// The style attribute without what only changes the shape of its characters, to
// tell whether two pieces of text look alike.
std::string LookOf(absl::string_view declarations);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_EFFECTS_H_
