#include "client/import/web_fonts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"
#include "client/import/font_families.h"

namespace annals::client {
namespace {

// Custom properties of a page, and how often they are looked through for those
// that name each other.
constexpr size_t kPropertiesMax = 10000;
constexpr int kRoundsMax = 8;
// Declarations of a rule; more are taken to move the element.
constexpr int64_t kDeclarationsMax = 1000;

template <size_t kSize>
bool IsOneOf(absl::string_view word, const absl::string_view (&words)[kSize]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool IsAsAround(absl::string_view value) {
  constexpr absl::string_view kWords[] = {"inherit", "unset", "revert",
                                          "revert-layer"};
  return IsOneOf(value, kWords);
}

// Installed wherever pages are read, with all digits: no font that is named
// after one is looked up for them.
bool IsGeneric(const FontFamily& family) {
  constexpr absl::string_view kWords[] = {"serif", "sans-serif", "monospace"};
  return family.strings == 0 && family.words.size() == 1 &&
         IsOneOf(family.name, kWords);
}

bool IsBeforeSize(absl::string_view word) {
  constexpr absl::string_view kWords[] = {
      "normal", "italic", "oblique", "bold",      "bolder", "lighter",
      "100",    "200",    "300",     "400",       "500",    "600",
      "700",    "800",    "900",     "small-caps"};
  return IsOneOf(word, kWords);
}

bool IsSize(absl::string_view word) {
  constexpr absl::string_view kWords[] = {"xx-small", "x-small", "small",
                                          "medium",   "large",   "x-large",
                                          "xx-large", "larger",  "smaller"};
  return IsOneOf(word, kWords) ||
         (!word.empty() && (absl::ascii_isdigit(word[0]) || word[0] == '.'));
}

// Whether the first family of `font` has the size and a name after it.
bool IsShorthand(const FontFamily& first) {
  size_t at = 0;
  while (at < first.words.size() && IsBeforeSize(first.Word(at))) ++at;
  if (at >= first.words.size() || !IsSize(first.Word(at))) return false;
  ++at;
  // The height of a line.
  if (at < first.words.size() && IsSize(first.Word(at))) ++at;
  return first.IsNameFrom(at);
}

bool IsSystemFont(absl::string_view value) {
  constexpr absl::string_view kWords[] = {
      "caption", "icon", "menu", "message-box", "small-caption", "status-bar"};
  return IsOneOf(value, kWords);
}

// Without the marks by which old browsers were kept from reading a sheet.
absl::string_view HeadOf(absl::string_view piece) {
  piece = absl::StripAsciiWhitespace(piece);
  while (absl::ConsumePrefix(&piece, "<!--") ||
         absl::ConsumePrefix(&piece, "-->")) {
    piece = absl::StripLeadingAsciiWhitespace(piece);
  }
  return piece;
}

}  // namespace

void WebFonts::AddSheet(absl::string_view sheet, const CpuDeadline& deadline) {
  const std::string plain = WithoutCssComments(sheet);
  absl::string_view text = plain;
  while (!text.empty() && !deadline.IsOver()) {
    const size_t at = EndOfCssPiece(text);
    const absl::string_view piece = HeadOf(text.substr(0, at));
    const bool opens = at < text.size() && text[at] == '{';
    text.remove_prefix(std::min(at + 1, text.size()));
    if (!opens) {
      TakeProperty(piece);
    } else if (absl::EqualsIgnoreCase(WithoutCssEscapes(piece), "@font-face")) {
      const size_t end = EndOfCssBlock(text);
      TakeFace(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
}

void WebFonts::TakeFace(absl::string_view declarations) {
  std::vector<std::string> names;
  bool is_of_page = false;
  while (const auto declaration = TakeCssDeclaration(&declarations)) {
    if (declaration->property == "font-family") {
      ReadFontFamilies(declaration->value, [&names](const FontFamily& family) {
        if (!family.name.empty()) names.push_back(family.name);
      });
    } else if (declaration->property == "src") {
      is_of_page = is_of_page || !AreLocalSources(declaration->value);
    }
  }
  if (is_of_page) names_.insert(names.begin(), names.end());
}

void WebFonts::TakeProperty(absl::string_view declaration) {
  if (declaration.empty() ||
      (declaration[0] != '-' && declaration[0] != '\\')) {
    return;
  }
  const auto property = TakeCssDeclaration(&declaration);
  if (!property.has_value() || !absl::StartsWith(property->property, "--")) {
    return;
  }
  if (properties_.size() < kPropertiesMax) {
    properties_.emplace_back(ComparableFontName(property->property),
                             property->value);
  } else {
    any_property_ = true;
  }
}

void WebFonts::Resolve(const CpuDeadline& deadline) {
  const auto properties = std::exchange(properties_, {});
  if (names_.empty()) return;
  bool is_new = true;
  for (int round = 0; is_new && round < kRoundsMax; ++round) {
    is_new = false;
    for (const auto& [name, value] : properties) {
      if (deadline.IsOver()) return;
      if (MayName(value)) is_new = names_.insert(name).second || is_new;
    }
  }
  any_property_ = any_property_ || is_new;
}

bool WebFonts::MayName(absl::string_view value) const {
  bool names = false;
  const bool has_function =
      ReadFontFamilies(value, [this, &names](const FontFamily& family) {
        names = names || family.IsTooLong();
        for (size_t i = 0; i < family.words.size() && !names; ++i) {
          names = names_.count(std::string(family.NameFrom(i))) > 0 ||
                  (absl::StartsWith(family.Word(i), "--") &&
                   names_.count(std::string(family.Word(i))) > 0);
        }
      });
  return names || (has_function && any_property_);
}

void WebFonts::Claim(absl::string_view value, bool is_shorthand, int64_t rank,
                     FontClaims* claims) const {
  bool names = false;
  bool is_over = false;  // No family that follows is looked up.
  bool is_valid = true;
  size_t families = 0;
  std::string last;
  const bool has_function =
      ReadFontFamilies(value, [&](const FontFamily& family) {
        const bool is_first_of_shorthand = is_shorthand && families == 0;
        is_valid = is_valid && (is_first_of_shorthand ? IsShorthand(family)
                                                      : family.IsNameFrom(0));
        if (!is_over && names_.count(family.name) > 0) names = true;
        is_over = is_over || (!is_first_of_shorthand && IsGeneric(family));
        ++families;
        last = family.strings == 0 ? family.name : "";
      });
  const bool is_word = families == 1 && !has_function;
  if (has_function || is_shorthand) names = names || MayName(value);
  if (names) claims->web = rank;
  if (has_function || (is_word && IsAsAround(last))) {
    claims->inherits = rank;
  } else if (!names &&
             (is_valid || (is_word && is_shorthand &&
                           (IsSystemFont(last) || last == "initial")))) {
    claims->other = rank;
  }
}

FontClaims WebFonts::ClaimsOf(absl::string_view declarations) const {
  FontClaims claims;
  if (empty()) return claims;
  const std::string plain = WithoutCssComments(declarations);
  absl::string_view text = plain;
  for (int64_t order = 1; order <= kDeclarationsMax; ++order) {
    const auto declaration = TakeCssDeclaration(&text);
    if (!declaration.has_value()) break;
    FontClaims own;
    const int64_t rank =
        order + (declaration->is_important ? FontClaims::kImportant : 0);
    if (declaration->property == "font-family") {
      Claim(declaration->value, /*is_shorthand=*/false, rank, &own);
    } else if (declaration->property == "font") {
      Claim(declaration->value, /*is_shorthand=*/true, rank, &own);
    } else if (declaration->property == "all") {
      own.inherits = rank;
    }
    claims.Add(own);
  }
  return claims;
}

FontClaims WebFonts::ClaimsOfFace(absl::string_view face) const {
  FontClaims claims;
  Claim(face, /*is_shorthand=*/false, FontClaims::kFaceAttribute, &claims);
  return claims;
}

}  // namespace annals::client
