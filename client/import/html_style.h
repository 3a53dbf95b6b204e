// What the style of a page does to the text of an element, as far as a figure
// may then not read as it is stored: it is raised, hidden, struck out, turned
// round, or has text set before or after it.
//
// Style sheets in the page itself are read, those in other files are not. A
// selector is taken to match if its tags, classes and ids do: what else it asks
// for may then only cast doubt on a figure too many.

#ifndef ANNALS_CLIENT_IMPORT_HTML_STYLE_H_
#define ANNALS_CLIENT_IMPORT_HTML_STYLE_H_

#include <gumbo.h>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

enum class StyleEffect {
  kNotDisplayed,
  kInvisible,
  kSizeZero,
  kTransparent,
  kMoved,  // Out of the flow of the text, or out of its box.
  kStruck,
  kReordered,
  kRaised,
  kWhite,
  kBackground,
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

 private:
  static constexpr auto kSize = static_cast<size_t>(StyleEffect::kCount);
  std::optional<bool>& at(StyleEffect effect) {
    return values_[static_cast<size_t>(effect)];
  }
  const std::optional<bool>& at(StyleEffect effect) const {
    return values_[static_cast<size_t>(effect)];
  }
  std::array<std::optional<bool>, kSize> values_;
};

// The declarations of a rule or of a style attribute, in lower case.
StyleEffects EffectsOf(absl::string_view declarations);

// The style attribute without what only changes the shape of its characters, to
// tell whether two pieces of text look alike.
std::string LookOf(absl::string_view declarations);

// The style sheets of a page.
class StyleSheets {
 public:
  // Of the tree below `root`.
  explicit StyleSheets(const GumboNode* root);

  // What the rules and its own style attribute do to the element.
  StyleEffects EffectsOn(const GumboNode* element) const;

  // The page has a sheet elsewhere, which is not read.
  bool has_external() const { return has_external_; }

 private:
  // Part of a selector that is about one element.
  struct Compound {
    std::string tag;
    std::string id;
    std::vector<std::string> classes;
    bool beside = false;  // The next one is about a sibling of its element.
    bool Matches(const GumboNode* node) const;
  };
  struct Rule {
    std::vector<Compound> compounds;
    StyleEffects effects;
    bool Matches(const GumboNode* node) const;
  };

  static std::vector<Compound> CompoundsOf(absl::string_view selector);
  void ReadSheet(absl::string_view sheet);
  void AddRules(absl::string_view selectors, absl::string_view declarations);
  void AddRule(absl::string_view selector, const StyleEffects& effects);
  void AddMatching(const std::string& key, const GumboNode* node,
                   StyleEffects* effects) const;

  bool has_external_ = false;
  // By what the last compound asks for: "#id", ".class", "tag" or "*".
  std::map<std::string, std::vector<Rule>> rules_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_STYLE_H_
