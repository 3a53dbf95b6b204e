#include "client/import/css_variables.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"

namespace annals::client {
namespace {

constexpr absl::string_view kVar = "var(";
// Pages have some dozens, which name each other once or twice.
constexpr size_t kVariablesMax = 5000;
constexpr size_t kValueBytesMax = 400;
constexpr int kDepthMax = 4;

bool IsColour(absl::string_view property) {
  return property == "color" || property == "-webkit-text-fill-color" ||
         property == "background" || property == "background-color";
}

// The end of what stands in a bracket that is open before `at`; npos if the
// bracket is not closed.
size_t EndOfBracket(absl::string_view text, size_t at) {
  int depth = 1;
  for (; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at;
  }
  return absl::string_view::npos;
}

}  // namespace

void CssVariables::AddSheet(absl::string_view sheet,
                            const CpuDeadline& deadline) {
  if (!absl::StrContains(sheet, "--")) return;
  const std::string plain = WithoutCssComments(sheet);
  absl::string_view text = plain;
  while (!text.empty() && !deadline.IsOver()) {
    const size_t at = EndOfCssPiece(text);
    const bool opens = at < text.size() && text[at] == '{';
    if (!opens) TakeProperty(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
}

void CssVariables::TakeProperty(absl::string_view declaration) {
  declaration = absl::StripLeadingAsciiWhitespace(declaration);
  if (!absl::StartsWith(declaration, "--")) return;
  const auto property = TakeCssDeclaration(&declaration);
  if (!property.has_value() || values_.size() >= kVariablesMax) return;
  std::string value = absl::AsciiStrToLower(property->value);
  const auto [known, is_new] = values_.emplace(property->property, value);
  if (!is_new && known->second != value) known->second = std::nullopt;
}

std::optional<std::string> CssVariables::ResolvedValue(absl::string_view value,
                                                       int depth) const {
  const std::string as_written(value);
  if (value.size() > kValueBytesMax || depth > kDepthMax) return as_written;
  std::string resolved;
  for (size_t at = value.find(kVar); at != absl::string_view::npos;
       at = value.find(kVar)) {
    const size_t begin = at + kVar.size();
    const size_t end = EndOfBracket(value, begin);
    if (end == absl::string_view::npos) return as_written;
    const absl::string_view inside = value.substr(begin, end - begin);
    const size_t comma = std::min(inside.find(','), inside.size());
    const auto found = values_.find(absl::AsciiStrToLower(
        absl::StripAsciiWhitespace(inside.substr(0, comma))));
    std::optional<std::string> one;
    if (found != values_.end()) {
      if (!found->second.has_value()) return as_written;
      one = ResolvedValue(*found->second, depth + 1);
    } else if (comma < inside.size()) {
      one = ResolvedValue(absl::StripAsciiWhitespace(inside.substr(comma + 1)),
                          depth + 1);
    }
    if (!one.has_value()) return std::nullopt;
    absl::StrAppend(&resolved, value.substr(0, at), *one);
    value.remove_prefix(end + 1);
  }
  return absl::StrCat(resolved, value);
}

std::string CssVariables::Resolved(absl::string_view declarations,
                                   bool has_external) const {
  if (!absl::StrContains(absl::AsciiStrToLower(declarations), kVar)) {
    return std::string(declarations);
  }
  const std::string plain = WithoutCssComments(declarations);
  absl::string_view text = plain;
  std::string result;
  while (const auto declaration = TakeCssDeclaration(&text)) {
    std::optional<std::string> value = declaration->value;
    if (IsColour(declaration->property)) {
      value = ResolvedValue(absl::AsciiStrToLower(declaration->value), 0);
    }
    if (!value.has_value() && has_external) continue;
    absl::StrAppend(&result, declaration->property, ":",
                    value.value_or(declaration->value),
                    declaration->is_important ? " !important;" : ";");
  }
  return result;
}

}  // namespace annals::client
