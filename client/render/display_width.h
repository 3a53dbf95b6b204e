// How many columns of a terminal a text takes (UAX #11). The C library's
// wcwidth depends on the locale and knows nothing of Chinese fonts.

#ifndef ANNALS_CLIENT_RENDER_DISPLAY_WIDTH_H_
#define ANNALS_CLIENT_RENDER_DISPLAY_WIDTH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// How wide characters of the class Ambiguous are drawn, such as “ ” … · and the
// box-drawing lines: terminals differ.
enum class AmbiguousWidth { kNarrow = 1, kWide = 2 };

// The columns of one character: 2 if it is wide or fullwidth, 0 if it combines
// with the one before or is a control character.
int CodePointWidth(char32_t code_point, AmbiguousWidth ambiguous);

// The columns of UTF-8 text. A byte that is no UTF-8 counts as one column.
size_t DisplayWidth(absl::string_view text,
                    AmbiguousWidth ambiguous = AmbiguousWidth::kNarrow);

enum class Align { kLeft, kRight, kCenter };

// `text` filled up with spaces to `width` columns; unchanged if it is wider.
std::string Pad(absl::string_view text, size_t width, Align align,
                AmbiguousWidth ambiguous = AmbiguousWidth::kNarrow);

// `text` if it takes at most `width` columns, else as much of it as leaves room
// for an ellipsis.
std::string CutToWidth(absl::string_view text, size_t width,
                       AmbiguousWidth ambiguous = AmbiguousWidth::kNarrow);

// Breaks `text` into lines of at most `width` columns (at least 2): at spaces
// if there are any, else anywhere between characters, but never so that a
// closing mark begins a line or an opening one ends it. A word wider than
// `width` is cut. Line breaks of the text stay. At least one line.
std::vector<std::string> Wrap(
    absl::string_view text, size_t width,
    AmbiguousWidth ambiguous = AmbiguousWidth::kNarrow);

// As Wrap, with lines of about equal width: for heads of columns.
std::vector<std::string> WrapBalanced(
    absl::string_view text, size_t width,
    AmbiguousWidth ambiguous = AmbiguousWidth::kNarrow);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_DISPLAY_WIDTH_H_
