// The text of style sheets and of style attributes, piece by piece.

#ifndef ANNALS_CLIENT_IMPORT_CSS_TEXT_H_
#define ANNALS_CLIENT_IMPORT_CSS_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

std::string WithoutCssComments(absl::string_view text);

// What an escape stands for that begins with the backslash at the start of
// `text`, past which it goes: `\6e ` is n.
std::string TakeCssEscape(absl::string_view* text);

// With all its escapes as what they stand for.
std::string WithoutCssEscapes(absl::string_view text);

// The first of `{`, `}` and `;` that is not in a string or an address; the end
// if none is.
size_t EndOfCssPiece(absl::string_view text);

// The end of a block that begins before the text: that of its closing brace.
size_t EndOfCssBlock(absl::string_view text);

struct CssDeclaration {
  std::string property;  // In lower case and without escapes.
  std::string value;     // As written, without `!important`.
  bool is_important = false;
};

// The next declaration in `text`, past which it goes; nothing if there is none.
// There are no comments in the text.
std::optional<CssDeclaration> TakeCssDeclaration(absl::string_view* text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CSS_TEXT_H_
