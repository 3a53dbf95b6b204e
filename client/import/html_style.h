// The style sheets of a page, and what they and its style attributes do to an
// element.
//
// Style sheets in the page itself are read, those in other files are not. A
// selector is taken to match if its tags, classes, ids and attributes do: what
// else it asks for may then only cast doubt on a figure too many.

#ifndef ANNALS_CLIENT_IMPORT_HTML_STYLE_H_
#define ANNALS_CLIENT_IMPORT_HTML_STYLE_H_

#include <gumbo.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/cpu_deadline.h"
#include "client/import/css_variables.h"
#include "client/import/html_effects.h"
#include "client/import/style_sheet.h"
#include "client/import/web_fonts.h"

namespace annals::client {

// The style sheets of a page.
class StyleSheets {
 public:
  // Of the tree below `root`.
  StyleSheets(const GumboNode* root, const CpuDeadline& deadline);

  // What the rules and its own style attribute do to the element; no rules are
  // looked at once the time is over.
  StyleEffects EffectsOn(const GumboNode* element) const;

  // The page has a sheet elsewhere, which is not read.
  bool has_external() const { return has_external_; }

  // The page brings fonts along.
  bool has_web_fonts() const { return !fonts_.empty(); }
  // Whether the text of the element may be in one of them.
  bool IsInWebFont(const GumboNode* element) const;

 private:
  // What a selector asks of an attribute.
  struct Asked {
    std::string name;
    char how = 0;       // '^' for `^=` and so on; '=' for `=`.
    std::string value;  // If it is empty, the attribute need only be there.
    bool Holds(const GumboNode* node) const;
  };
  // Part of a selector that is about one element.
  struct Compound {
    std::string tag;
    std::string id;
    std::vector<std::string> classes;
    std::vector<Asked> attributes;
    bool beside = false;  // The next one is about a sibling of its element.
    bool Matches(const GumboNode* node) const;
  };
  struct Rule {
    std::vector<Compound> compounds;
    StyleEffects effects;
    bool Matches(const GumboNode* node) const;
  };

  // What stands between brackets that have been opened before `text`, past
  // which it goes.
  static Asked TakeAsked(absl::string_view* text);
  static std::vector<Compound> CompoundsOf(absl::string_view selector);
  void ReadWhatRulesName(const GumboNode* root);
  // `always`: whatever the page is shown on.
  void ReadSheet(absl::string_view sheet, bool always);
  void AddRules(const CssRule& css, bool always);
  FontClaims OwnFonts(const GumboNode* element) const;
  void AddRule(absl::string_view selector, const StyleEffects& effects);
  void AddMatching(const std::string& key, const GumboNode* node,
                   StyleEffects* effects) const;

  const CpuDeadline deadline_;
  bool has_external_ = false;
  WebFonts fonts_;
  CssVariables variables_;
  int64_t rule_count_ = 0;
  // By what the last compound asks for: "#id", ".class", "tag" or "*".
  std::map<std::string, std::vector<Rule>> rules_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_STYLE_H_
