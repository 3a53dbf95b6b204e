#include "client/import/html_style.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/import/html_tree.h"

namespace annals::client {
namespace {

// Rules for one class, id or tag; with more, each may match.
constexpr size_t kRulesPerKeyMax = 64;
// Ancestors that are tried for a selector; beyond, it is taken to match.
constexpr int kAncestorsMax = 32;
// A first line set so far to the left is off the page.
constexpr double kIndentOffPage = -100;

absl::string_view AttributeOf(const GumboNode* node, const char* name) {
  if (node == nullptr || node->type != GUMBO_NODE_ELEMENT) return {};
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name);
  return attribute == nullptr ? absl::string_view() : attribute->value;
}

std::string TagName(const GumboNode* node) {
  return gumbo_normalized_tagname(node->v.element.tag);
}

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

// The number that the value begins with, or nothing.
std::optional<double> LeadingNumber(absl::string_view value) {
  const size_t end =
      std::min(value.find_first_not_of("+-.0123456789"), value.size());
  double number = 0;
  if (!absl::SimpleAtod(value.substr(0, end), &number)) return std::nullopt;
  return number;
}

bool IsZero(absl::string_view value) {
  const auto number = LeadingNumber(value);
  return number.has_value() && *number == 0;
}

bool IsWhite(absl::string_view value) {
  return value == "white" || value == "#fff" || value == "#ffffff" ||
         value == "transparent" || absl::StartsWith(value, "rgb(255,255,255") ||
         absl::StartsWith(value, "rgb(255, 255, 255");
}

bool IsRaising(absl::string_view value) {
  const auto number = LeadingNumber(value);
  return value == "super" || value == "top" || value == "text-top" ||
         (number.has_value() && *number > 0);
}

bool IsText(absl::string_view content) {
  return content != "none" && content != "normal" &&
         content.find_first_not_of("\"' ") != absl::string_view::npos;
}

bool IsMoving(const Declaration& declaration) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "position") return value == "absolute" || value == "fixed";
  if (property == "clip" || property == "clip-path") return value != "auto";
  if (property == "transform") return value != "none";
  if (property == "flex-direction" || property == "flex-flow") {
    return absl::StrContains(value, "reverse");
  }
  if (property == "width" || property == "height" || property == "max-width" ||
      property == "max-height") {
    return IsZero(value);
  }
  return property == "text-indent" &&
         LeadingNumber(value).value_or(0) < kIndentOffPage;
}

void ApplyVisibility(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  if (property == "display") {
    effects->Set(StyleEffect::kNotDisplayed, value == "none");
  } else if (property == "visibility") {
    effects->Set(StyleEffect::kInvisible,
                 value == "hidden" || value == "collapse");
  } else if (property == "opacity") {
    effects->Set(StyleEffect::kTransparent, IsZero(value));
  } else if (property == "font-size") {
    effects->Set(StyleEffect::kSizeZero, IsZero(value));
  } else if (property == "color") {
    effects->Set(StyleEffect::kWhite, IsWhite(value));
  } else if (property == "background" || property == "background-color" ||
             property == "background-image") {
    if (!IsWhite(value) && value != "none") {
      effects->Set(StyleEffect::kBackground, true);
    }
  }
}

void Apply(const Declaration& declaration, StyleEffects* effects) {
  const std::string& property = declaration.property;
  const std::string& value = declaration.value;
  ApplyVisibility(declaration, effects);
  if (property == "text-decoration" || property == "text-decoration-line") {
    effects->Set(StyleEffect::kStruck,
                 absl::StrContains(value, "line-through"));
  } else if (property == "unicode-bidi") {
    effects->Set(StyleEffect::kReordered, absl::StrContains(value, "override"));
  } else if (property == "vertical-align") {
    effects->Set(StyleEffect::kRaised, IsRaising(value));
  } else if (property == "mso-hide") {
    effects->Set(StyleEffect::kNotDisplayed, value == "all");
  } else if (IsMoving(declaration)) {
    effects->Set(StyleEffect::kMoved, true);
  }
}

// Changes no more than the shape of a character and the space round it.
bool IsOfShapeOnly(absl::string_view property) {
  return absl::StartsWith(property, "mso-") || property == "font-family" ||
         property == "letter-spacing" || property == "line-height" ||
         property == "layout-grid-mode" || property == "text-autospace";
}

std::string WithoutComments(absl::string_view sheet) {
  std::string text;
  while (true) {
    const size_t begin = sheet.find("/*");
    absl::StrAppend(&text, sheet.substr(0, begin));
    if (begin == absl::string_view::npos) break;
    const size_t end = sheet.find("*/", begin + 2);
    if (end == absl::string_view::npos) break;
    sheet.remove_prefix(end + 2);
  }
  return text;
}

// The end of the block that begins before `at`: that of its closing brace.
size_t EndOfBlock(absl::string_view text, size_t at) {
  int depth = 1;
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote || c == '\n') quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return at;
    }
  }
  return at;
}

// Whether rules in such a block are for a screen of common width.
bool HoldsRulesForScreen(absl::string_view at_rule) {
  const std::string name = absl::AsciiStrToLower(at_rule);
  if (absl::StartsWith(name, "@supports") || absl::StartsWith(name, "@layer")) {
    return true;
  }
  if (!absl::StartsWith(name, "@media")) return false;
  const bool print =
      absl::StrContains(name, "print") && !absl::StrContains(name, "screen");
  return !print && !absl::StrContains(name, "max-width") &&
         !absl::StrContains(name, "max-device-width");
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_' || c == '\\' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string TakeName(absl::string_view* text) {
  size_t size = 0;
  while (size < text->size() && IsNameCharacter((*text)[size])) ++size;
  std::string name = absl::AsciiStrToLower(text->substr(0, size));
  text->remove_prefix(size);
  return name;
}

void SkipBracketed(absl::string_view* text, char close) {
  const size_t end = text->find(close);
  text->remove_prefix(end == absl::string_view::npos ? text->size() : end + 1);
}

// A state that a page has only under the hand of its reader.
bool IsPassingState(absl::string_view pseudo) {
  return pseudo == "hover" || pseudo == "active" || pseudo == "focus" ||
         pseudo == "visited" || pseudo == "target" || pseudo == "selection";
}

bool IsStyleLink(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT &&
         node->v.element.tag == GUMBO_TAG_LINK &&
         absl::StrContains(absl::AsciiStrToLower(AttributeOf(node, "rel")),
                           "stylesheet");
}

}  // namespace

void StyleEffects::Add(const StyleEffects& other) {
  for (size_t i = 0; i < kSize; ++i) {
    if (other.values_[i].has_value() && !values_[i].value_or(false)) {
      values_[i] = other.values_[i];
    }
  }
}

void StyleEffects::Override(const StyleEffects& other) {
  for (size_t i = 0; i < kSize; ++i) {
    if (other.values_[i].has_value()) values_[i] = other.values_[i];
  }
}

bool StyleEffects::HasAny() const {
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

StyleSheets::StyleSheets(const GumboNode* root) {
  for (const GumboNode* node = root; node != nullptr;
       node = NextNode(node, root, true, [](const GumboNode*) {})) {
    has_external_ = has_external_ || IsStyleLink(node);
    if (node->type == GUMBO_NODE_ELEMENT || node->parent == nullptr ||
        node->parent->type != GUMBO_NODE_ELEMENT ||
        node->parent->v.element.tag != GUMBO_TAG_STYLE) {
      continue;
    }
    ReadSheet(node->v.text.text);
  }
}

void StyleSheets::ReadSheet(absl::string_view sheet) {
  const std::string text = WithoutComments(sheet);
  absl::string_view rest = text;
  while (!rest.empty()) {
    const size_t at = rest.find_first_of("{};");
    if (at == absl::string_view::npos) return;
    absl::string_view prelude = absl::StripAsciiWhitespace(rest.substr(0, at));
    while (absl::ConsumePrefix(&prelude, "<!--") ||
           absl::ConsumePrefix(&prelude, "-->")) {
      prelude = absl::StripAsciiWhitespace(prelude);
    }
    const bool block = rest[at] == '{';
    rest.remove_prefix(at + 1);
    if (!block || HoldsRulesForScreen(prelude)) continue;
    const size_t end = EndOfBlock(rest, 0);
    if (!absl::StartsWith(prelude, "@")) {
      AddRules(prelude, rest.substr(0, end));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void StyleSheets::AddRules(absl::string_view selectors,
                           absl::string_view declarations) {
  StyleEffects effects = EffectsOf(declarations);
  StyleEffects generated;
  for (const Declaration& declaration : DeclarationsOf(declarations)) {
    if (declaration.property == "content" && IsText(declaration.value)) {
      generated.Set(StyleEffect::kGeneratedText, true);
    }
  }
  for (absl::string_view selector : absl::StrSplit(selectors, ',')) {
    const std::string lower = absl::AsciiStrToLower(selector);
    const bool beside = absl::StrContains(lower, ":before") ||
                        absl::StrContains(lower, ":after");
    const StyleEffects& own = beside ? generated : effects;
    if (own.HasAny()) AddRule(absl::StripAsciiWhitespace(selector), own);
  }
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
      compound.classes.push_back(TakeName(&selector));
    } else if (c == '#') {
      compound.id = TakeName(&selector);
    } else if (c == '[') {
      SkipBracketed(&selector, ']');
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
  }
}

bool StyleSheets::Compound::Matches(const GumboNode* node) const {
  if (node->type != GUMBO_NODE_ELEMENT) return false;
  if (!tag.empty() && tag != TagName(node)) return false;
  if (!id.empty() && !absl::EqualsIgnoreCase(id, AttributeOf(node, "id"))) {
    return false;
  }
  const std::vector<absl::string_view> own =
      absl::StrSplit(AttributeOf(node, "class"), absl::ByAnyChar(" \t\r\n\f"),
                     absl::SkipEmpty());
  return std::all_of(
      classes.begin(), classes.end(), [&own](const std::string& name) {
        return std::any_of(own.begin(), own.end(),
                           [&name](absl::string_view word) {
                             return absl::EqualsIgnoreCase(word, name);
                           });
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
    for (absl::string_view name :
         absl::StrSplit(AttributeOf(element, "class"),
                        absl::ByAnyChar(" \t\r\n\f"), absl::SkipEmpty())) {
      AddMatching(absl::StrCat(".", absl::AsciiStrToLower(name)), element,
                  &effects);
    }
  }
  const absl::string_view color = AttributeOf(element, "color");
  if (!color.empty()) {
    effects.Set(StyleEffect::kWhite, IsWhite(absl::AsciiStrToLower(color)));
  }
  if (!AttributeOf(element, "bgcolor").empty()) {
    effects.Set(StyleEffect::kBackground, true);
  }
  const absl::string_view style = AttributeOf(element, "style");
  if (!style.empty()) effects.Override(client::EffectsOf(style));
  return effects;
}

}  // namespace annals::client
