// Colours as style sheets and office files write them, as far as they tell
// whether a text can be seen on what is behind it.

#ifndef ANNALS_CLIENT_IMPORT_COLOUR_H_
#define ANNALS_CLIENT_IMPORT_COLOUR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

struct Colour {
  // Else only `words` tell it from others: var(--text), theme 5.
  bool is_known = false;
  int red = 0;
  int green = 0;
  int blue = 0;
  // Lets what is behind it through.
  bool is_clear = false;
  std::string words;

  bool operator==(const Colour&) const = default;
};

Colour ColourOfRgb(int red, int green, int blue);
inline Colour White() { return ColourOfRgb(255, 255, 255); }
inline Colour Black() { return ColourOfRgb(0, 0, 0); }
// "FFFFFF" or "FFFFFFFF" (with alpha first, which office programs ignore);
// nothing if it is neither.
std::optional<Colour> ColourOfHex(absl::string_view digits);
// Lighter (from 0 to 1) or darker (to -1), as office files say it.
Colour Tinted(const Colour& colour, double tint);

// The value of `color`, in lower case; nothing if it is as that around it.
std::optional<Colour> ParseCssColour(absl::string_view value);
// The colour in the value of `background`; nothing if it shows what is behind.
std::optional<Colour> ParseCssBackground(absl::string_view value);

// Whether a text of one colour can't be told, or hardly, from the other, or
// nobody can say.
bool IsHardToSee(const Colour& text, const Colour& behind);

// As above, if it is so for any of each. No text colour is black, nothing
// behind it white.
bool IsHardToSee(const std::vector<Colour>& text,
                 const std::vector<Colour>& behind);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_COLOUR_H_
