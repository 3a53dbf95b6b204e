#include "client/import/html_style.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"
#include "client/import/font_claims.h"
#include "client/import/html_tree.h"

namespace annals::client {
namespace {

// Rules for one class, id or tag; with more, each may match.
constexpr size_t kRulesPerKeyMax = 64;
// Classes and attributes that one element is asked for; beyond, it is taken to
// have them.
constexpr size_t kAskedMax = 16;
// Ancestors that are tried for a selector; beyond, it is taken to match.
constexpr int kAncestorsMax = 32;

absl::string_view AttributeOf(const GumboNode* node, const char* name) {
  if (node == nullptr || node->type != GUMBO_NODE_ELEMENT) return {};
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name);
  return attribute == nullptr ? absl::string_view() : attribute->value;
}

// To be walked through once: a page may name millions.
auto ClassesOf(const GumboNode* node) {
  return absl::StrSplit(AttributeOf(node, "class"),
                        absl::ByAnyChar(" \t\r\n\f"), absl::SkipEmpty());
}

std::string TagName(const GumboNode* node) {
  return gumbo_normalized_tagname(node->v.element.tag);
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_' || c == '\\' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// With its escapes as what they stand for.
std::string TakeName(absl::string_view* text) {
  std::string name;
  while (!text->empty() && IsNameCharacter(text->front())) {
    if (text->front() == '\\') {
      absl::StrAppend(&name, TakeCssEscape(text));
    } else {
      name.push_back(text->front());
      text->remove_prefix(1);
    }
  }
  return absl::AsciiStrToLower(name);
}

void SkipBracketed(absl::string_view* text, char close) {
  const size_t end = text->find(close);
  text->remove_prefix(end == absl::string_view::npos ? text->size() : end + 1);
}

template <typename T>
void AddAsked(T asked, std::vector<T>* all) {
  if (all->size() < kAskedMax) all->push_back(std::move(asked));
}

// A state that a page has only under the hand of its reader.
bool IsPassingState(absl::string_view pseudo) {
  return pseudo == "hover" || pseudo == "active" || pseudo == "focus" ||
         pseudo == "visited" || pseudo == "target" || pseudo == "selection";
}

bool IsTextOfSheet(const GumboNode* node) {
  return node->type != GUMBO_NODE_ELEMENT && node->parent != nullptr &&
         node->parent->type == GUMBO_NODE_ELEMENT &&
         node->parent->v.element.tag == GUMBO_TAG_STYLE;
}

bool IsStyleLink(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT &&
         node->v.element.tag == GUMBO_TAG_LINK &&
         absl::StrContains(absl::AsciiStrToLower(AttributeOf(node, "rel")),
                           "stylesheet");
}

// Whether what the text node of a <style> says holds on any screen.
bool HoldsAlways(const GumboNode* text) {
  const GumboNode* style = text->parent;
  const absl::string_view type = AttributeOf(style, "type");
  if (!AttributeOf(style, "media").empty() ||
      !AttributeOf(style, "title").empty() ||
      (!type.empty() && !absl::EqualsIgnoreCase(type, "text/css"))) {
    return false;
  }
  int budget = kAncestorsMax;
  for (const GumboNode* node = style; node != nullptr; node = node->parent) {
    if (node->type == GUMBO_NODE_TEMPLATE || --budget == 0) return false;
  }
  return true;
}

// The rank of a rule with such a selector, but for its order; nothing if the
// elements that it is about are not surely known.
std::optional<int64_t> SpecificityOf(absl::string_view selector) {
  constexpr int64_t kMax = 255;
  int64_t ids = 0;
  int64_t classes = 0;
  int64_t tags = 0;
  char before = ' ';
  for (const char c : selector) {
    const bool is_blank = absl::ascii_isspace(static_cast<unsigned char>(c));
    const bool is_name = IsNameCharacter(c) && c != '\\';
    const bool is_mark = c == '.' || c == '#' || c == '*';
    if (!is_name && !is_blank && !is_mark) return std::nullopt;
    if (c == '#') ++ids;
    if (c == '.') ++classes;
    if (is_name && before == ' ') ++tags;
    before = is_blank ? ' ' : c;
  }
  if (selector.empty()) return std::nullopt;
  return FontClaims::kSpecificity *
         ((std::min(ids, kMax) << 16) + (std::min(classes, kMax) << 8) +
          std::min(tags, kMax));
}

// Elements that browsers set in a font of their own.
bool IsTypewritten(const GumboNode* element) {
  switch (element->v.element.tag) {
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_SAMP:
      return true;
    default:
      return false;
  }
}

}  // namespace

StyleSheets::StyleSheets(const GumboNode* root, const CpuDeadline& deadline)
    : deadline_(deadline) {
  ReadWhatRulesName(root);
  for (const GumboNode* node = root; node != nullptr;
       node = NextNode(node, root, true, [](const GumboNode*) {})) {
    if (IsTextOfSheet(node)) ReadSheet(node->v.text.text, HoldsAlways(node));
  }
}

// Before the rules, which may come before the fonts and variables that they
// name.
void StyleSheets::ReadWhatRulesName(const GumboNode* root) {
  const auto add = [this](absl::string_view text) {
    fonts_.AddSheet(text, deadline_);
    variables_.AddSheet(text, deadline_);
  };
  for (const GumboNode* node = root; node != nullptr;
       node = NextNode(node, root, true, [](const GumboNode*) {})) {
    has_external_ = has_external_ || IsStyleLink(node);
    if (IsTextOfSheet(node)) add(node->v.text.text);
    const absl::string_view style = AttributeOf(node, "style");
    if (absl::StrContains(style, "--")) add(style);
  }
  fonts_.Resolve(deadline_);
}

void StyleSheets::ReadSheet(absl::string_view sheet, bool always) {
  const bool imports = ReadStyleSheet(
      sheet, deadline_,
      [this, always](const CssRule& css) { AddRules(css, always); });
  has_external_ = has_external_ || imports;
}

void StyleSheets::AddRules(const CssRule& css, bool always) {
  const StyleEffects effects =
      EffectsOf(variables_.Resolved(css.declarations, has_external_));
  const StyleEffects generated = EffectsOfGenerated(css.declarations);
  const FontClaims fonts = fonts_.ClaimsOf(css.declarations);
  const int64_t order = FontClaims::kRule * ++rule_count_;
  // One that a browser does not know would undo the whole rule.
  const bool is_sure = always && css.is_plain && fonts.SayAnything() &&
                       std::all_of(css.selectors.begin(), css.selectors.end(),
                                   [](const std::string& selector) {
                                     return SpecificityOf(selector).has_value();
                                   });
  for (const std::string& selector : css.selectors) {
    const std::string lower = absl::AsciiStrToLower(selector);
    const bool beside = absl::StrContains(lower, ":before") ||
                        absl::StrContains(lower, ":after");
    StyleEffects own = beside ? generated : effects;
    if (is_sure) {
      own.AddFonts(fonts.Raised(order + *SpecificityOf(selector)));
    } else if (!beside) {
      own.AddFonts(fonts.Unsure());
    }
    if (own.HasAny()) AddRule(selector, own);
  }
}

StyleSheets::Asked StyleSheets::TakeAsked(absl::string_view* text) {
  absl::string_view inside = text->substr(0, text->find(']'));
  SkipBracketed(text, ']');
  inside = absl::StripLeadingAsciiWhitespace(inside);
  Asked asked;
  asked.name = TakeName(&inside);
  inside = absl::StripAsciiWhitespace(inside);
  if (inside.empty()) return asked;
  asked.how = inside[0];
  const bool has_mark = absl::StrContains("^$*~|", inside.substr(0, 1));
  if (has_mark) inside.remove_prefix(1);
  // What is asked for can't be told: that it is there.
  if (!absl::ConsumePrefix(&inside, "=")) return asked;
  inside = absl::StripAsciiWhitespace(inside);
  size_t end = inside.find_first_of(" \t\r\n\f");  // Before the flag of cases.
  if (!inside.empty() && (inside[0] == '"' || inside[0] == '\'')) {
    end = inside.find(inside[0], 1);
    if (end == absl::string_view::npos) return asked;
    inside = inside.substr(1, end - 1);
  } else {
    inside = inside.substr(0, end);
  }
  asked.value = WithoutCssEscapes(inside);
  return asked;
}

// Empty if it asks for a passing state.
std::vector<StyleSheets::Compound> StyleSheets::CompoundsOf(
    absl::string_view selector) {
  std::vector<Compound> compounds(1);
  bool begun = false;
  while (!selector.empty()) {
    const char c = selector[0];
    Compound& compound = compounds.back();
    if (IsNameCharacter(c)) {
      compound.tag = TakeName(&selector);
      begun = true;
      continue;
    }
    selector.remove_prefix(1);
    if (c == '.') {
      AddAsked(TakeName(&selector), &compound.classes);
    } else if (c == '#') {
      compound.id = TakeName(&selector);
    } else if (c == '[') {
      AddAsked(TakeAsked(&selector), &compound.attributes);
    } else if (c == '(') {
      SkipBracketed(&selector, ')');
    } else if (c == ':') {
      if (IsPassingState(TakeName(&selector))) return {};
    } else if (c == '+' || c == '~') {
      // After a blank, the compound before has ended.
      const size_t before = compounds.size() - (begun ? 1 : 2);
      if (before < compounds.size()) compounds[before].beside = true;
      if (begun) compounds.emplace_back();
      begun = false;
      continue;
    } else if (c != '*') {
      if (begun) compounds.emplace_back();
      begun = false;
      continue;
    }
    begun = true;
  }
  return compounds;
}

void StyleSheets::AddRule(absl::string_view selector,
                          const StyleEffects& effects) {
  Rule rule;
  rule.effects = effects;
  rule.compounds = CompoundsOf(selector);
  if (rule.compounds.empty()) return;
  const Compound& last = rule.compounds.back();
  std::string key = "*";
  if (!last.id.empty()) {
    key = "#" + last.id;
  } else if (!last.classes.empty()) {
    key = "." + last.classes[0];
  } else if (!last.tag.empty()) {
    key = last.tag;
  }
  std::vector<Rule>& rules = rules_[key];
  if (rules.size() < kRulesPerKeyMax) {
    rules.push_back(std::move(rule));
  } else {
    rules.back().compounds.clear();
    rules.back().effects.Add(effects);
    rules.back().effects.DoubtFonts();
  }
}

// In either case, as some attributes and selectors do not tell them apart.
bool StyleSheets::Asked::Holds(const GumboNode* node) const {
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name.c_str());
  if (attribute == nullptr) return false;
  if (value.empty()) return true;
  const absl::string_view has = attribute->value;
  switch (how) {
    case '=':
      return absl::EqualsIgnoreCase(has, value);
    case '^':
    case '|':  // And then a dash, or nothing.
      return absl::StartsWithIgnoreCase(has, value);
    case '$':
      return absl::EndsWithIgnoreCase(has, value);
    default:  // '*', and '~' for one of its words.
      return absl::StrContains(absl::AsciiStrToLower(has),
                               absl::AsciiStrToLower(value));
  }
}

bool StyleSheets::Compound::Matches(const GumboNode* node) const {
  if (node->type != GUMBO_NODE_ELEMENT) return false;
  if (!tag.empty() && tag != TagName(node)) return false;
  if (!id.empty() && !absl::EqualsIgnoreCase(id, AttributeOf(node, "id"))) {
    return false;
  }
  for (const Asked& asked : attributes) {
    if (!asked.Holds(node)) return false;
  }
  return std::all_of(classes.begin(), classes.end(),
                     [node](const std::string& name) {
                       for (absl::string_view word : ClassesOf(node)) {
                         if (absl::EqualsIgnoreCase(word, name)) return true;
                       }
                       return false;
                     });
}

bool StyleSheets::Rule::Matches(const GumboNode* node) const {
  if (compounds.empty()) return true;
  if (!compounds.back().Matches(node)) return false;
  const GumboNode* ancestor = node->parent;
  int budget = kAncestorsMax;
  for (size_t i = compounds.size() - 1; i > 0; --i) {
    const Compound& compound = compounds[i - 1];
    if (compound.beside) continue;
    while (ancestor != nullptr && !compound.Matches(ancestor)) {
      if (--budget == 0) return true;
      ancestor = ancestor->parent;
    }
    if (ancestor == nullptr) return false;
    ancestor = ancestor->parent;
  }
  return true;
}

void StyleSheets::AddMatching(const std::string& key, const GumboNode* node,
                              StyleEffects* effects) const {
  const auto found = rules_.find(key);
  if (found == rules_.end()) return;
  for (const Rule& rule : found->second) {
    if (deadline_.IsOver()) return;
    if (rule.Matches(node)) effects->Add(rule.effects);
  }
}

StyleEffects StyleSheets::EffectsOn(const GumboNode* element) const {
  StyleEffects effects;
  if (!rules_.empty()) {
    AddMatching("*", element, &effects);
    AddMatching(TagName(element), element, &effects);
    const absl::string_view id = AttributeOf(element, "id");
    if (!id.empty()) {
      AddMatching(absl::StrCat("#", absl::AsciiStrToLower(id)), element,
                  &effects);
    }
    for (absl::string_view name : ClassesOf(element)) {
      AddMatching(absl::StrCat(".", absl::AsciiStrToLower(name)), element,
                  &effects);
    }
  }
  const auto colour_of = [element](const char* name) {
    std::string value = absl::AsciiStrToLower(AttributeOf(element, name));
    std::optional<Colour> colour = ParseCssColour(value);
    return colour.has_value() ? colour : ColourOfHex(value);
  };
  std::optional<Colour> colour = colour_of("color");
  if (colour.has_value()) effects.SetColour(*std::move(colour));
  colour = colour_of("bgcolor");
  if (colour.has_value()) effects.SetBackground(*std::move(colour));
  const absl::string_view style = AttributeOf(element, "style");
  if (!style.empty()) {
    effects.Override(
        client::EffectsOf(variables_.Resolved(style, has_external_)));
  }
  if (has_web_fonts()) effects.AddFonts(OwnFonts(element));
  return effects;
}

// What the element itself says.
FontClaims StyleSheets::OwnFonts(const GumboNode* element) const {
  FontClaims claims = fonts_.ClaimsOf(AttributeOf(element, "style"))
                          .Raised(FontClaims::kStyleAttribute);
  const absl::string_view face = AttributeOf(element, "face");
  if (element->v.element.tag == GUMBO_TAG_FONT && !face.empty()) {
    claims.Add(fonts_.ClaimsOfFace(face));
  }
  if (IsTypewritten(element)) {
    claims.other = std::max(claims.other, FontClaims::kBrowser);
  }
  return claims;
}

bool StyleSheets::IsInWebFont(const GumboNode* element) const {
  for (const GumboNode* node = element; node != nullptr && has_web_fonts();
       node = node->parent) {
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const FontClaims fonts = EffectsOn(node).fonts();
    if (fonts.IsWeb(false)) return true;
    if (!fonts.IsWeb(true)) return false;
    if (deadline_.IsOver()) return true;
  }
  return false;
}

}  // namespace annals::client
