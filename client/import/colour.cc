#include "client/import/colour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

// In the channel that differs most: less is hardly seen on paper.
constexpr int kContrastMin = 32;
// A text or a shade that covers less is as good as not there.
constexpr double kAlphaMin = 0.1;
constexpr double kFull = 255;

struct NamedColour {
  absl::string_view name;
  uint32_t rgb;
};

// CSS Color 4, in the order of their names; with the system's, as Word writes.
constexpr NamedColour kNamedColours[] = {
    {"aliceblue", 0xF0F8FF},
    {"antiquewhite", 0xFAEBD7},
    {"aqua", 0x00FFFF},
    {"aquamarine", 0x7FFFD4},
    {"azure", 0xF0FFFF},
    {"beige", 0xF5F5DC},
    {"bisque", 0xFFE4C4},
    {"black", 0x000000},
    {"blanchedalmond", 0xFFEBCD},
    {"blue", 0x0000FF},
    {"blueviolet", 0x8A2BE2},
    {"brown", 0xA52A2A},
    {"burlywood", 0xDEB887},
    {"buttontext", 0x000000},
    {"cadetblue", 0x5F9EA0},
    {"canvas", 0xFFFFFF},
    {"canvastext", 0x000000},
    {"chartreuse", 0x7FFF00},
    {"chocolate", 0xD2691E},
    {"coral", 0xFF7F50},
    {"cornflowerblue", 0x6495ED},
    {"cornsilk", 0xFFF8DC},
    {"crimson", 0xDC143C},
    {"cyan", 0x00FFFF},
    {"darkblue", 0x00008B},
    {"darkcyan", 0x008B8B},
    {"darkgoldenrod", 0xB8860B},
    {"darkgray", 0xA9A9A9},
    {"darkgreen", 0x006400},
    {"darkgrey", 0xA9A9A9},
    {"darkkhaki", 0xBDB76B},
    {"darkmagenta", 0x8B008B},
    {"darkolivegreen", 0x556B2F},
    {"darkorange", 0xFF8C00},
    {"darkorchid", 0x9932CC},
    {"darkred", 0x8B0000},
    {"darksalmon", 0xE9967A},
    {"darkseagreen", 0x8FBC8F},
    {"darkslateblue", 0x483D8B},
    {"darkslategray", 0x2F4F4F},
    {"darkslategrey", 0x2F4F4F},
    {"darkturquoise", 0x00CED1},
    {"darkviolet", 0x9400D3},
    {"deeppink", 0xFF1493},
    {"deepskyblue", 0x00BFFF},
    {"dimgray", 0x696969},
    {"dimgrey", 0x696969},
    {"dodgerblue", 0x1E90FF},
    {"firebrick", 0xB22222},
    {"floralwhite", 0xFFFAF0},
    {"forestgreen", 0x228B22},
    {"fuchsia", 0xFF00FF},
    {"gainsboro", 0xDCDCDC},
    {"ghostwhite", 0xF8F8FF},
    {"gold", 0xFFD700},
    {"goldenrod", 0xDAA520},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"greenyellow", 0xADFF2F},
    {"grey", 0x808080},
    {"honeydew", 0xF0FFF0},
    {"hotpink", 0xFF69B4},
    {"indianred", 0xCD5C5C},
    {"indigo", 0x4B0082},
    {"ivory", 0xFFFFF0},
    {"khaki", 0xF0E68C},
    {"lavender", 0xE6E6FA},
    {"lavenderblush", 0xFFF0F5},
    {"lawngreen", 0x7CFC00},
    {"lemonchiffon", 0xFFFACD},
    {"lightblue", 0xADD8E6},
    {"lightcoral", 0xF08080},
    {"lightcyan", 0xE0FFFF},
    {"lightgoldenrodyellow", 0xFAFAD2},
    {"lightgray", 0xD3D3D3},
    {"lightgreen", 0x90EE90},
    {"lightgrey", 0xD3D3D3},
    {"lightpink", 0xFFB6C1},
    {"lightsalmon", 0xFFA07A},
    {"lightseagreen", 0x20B2AA},
    {"lightskyblue", 0x87CEFA},
    {"lightslategray", 0x778899},
    {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xB0C4DE},
    {"lightyellow", 0xFFFFE0},
    {"lime", 0x00FF00},
    {"limegreen", 0x32CD32},
    {"linen", 0xFAF0E6},
    {"magenta", 0xFF00FF},
    {"maroon", 0x800000},
    {"mediumaquamarine", 0x66CDAA},
    {"mediumblue", 0x0000CD},
    {"mediumorchid", 0xBA55D3},
    {"mediumpurple", 0x9370DB},
    {"mediumseagreen", 0x3CB371},
    {"mediumslateblue", 0x7B68EE},
    {"mediumspringgreen", 0x00FA9A},
    {"mediumturquoise", 0x48D1CC},
    {"mediumvioletred", 0xC71585},
    {"midnightblue", 0x191970},
    {"mintcream", 0xF5FFFA},
    {"mistyrose", 0xFFE4E1},
    {"moccasin", 0xFFE4B5},
    {"navajowhite", 0xFFDEAD},
    {"navy", 0x000080},
    {"oldlace", 0xFDF5E6},
    {"olive", 0x808000},
    {"olivedrab", 0x6B8E23},
    {"orange", 0xFFA500},
    {"orangered", 0xFF4500},
    {"orchid", 0xDA70D6},
    {"palegoldenrod", 0xEEE8AA},
    {"palegreen", 0x98FB98},
    {"paleturquoise", 0xAFEEEE},
    {"palevioletred", 0xDB7093},
    {"papayawhip", 0xFFEFD5},
    {"peachpuff", 0xFFDAB9},
    {"peru", 0xCD853F},
    {"pink", 0xFFC0CB},
    {"plum", 0xDDA0DD},
    {"powderblue", 0xB0E0E6},
    {"purple", 0x800080},
    {"rebeccapurple", 0x663399},
    {"red", 0xFF0000},
    {"rosybrown", 0xBC8F8F},
    {"royalblue", 0x4169E1},
    {"saddlebrown", 0x8B4513},
    {"salmon", 0xFA8072},
    {"sandybrown", 0xF4A460},
    {"seagreen", 0x2E8B57},
    {"seashell", 0xFFF5EE},
    {"sienna", 0xA0522D},
    {"silver", 0xC0C0C0},
    {"skyblue", 0x87CEEB},
    {"slateblue", 0x6A5ACD},
    {"slategray", 0x708090},
    {"slategrey", 0x708090},
    {"snow", 0xFFFAFA},
    {"springgreen", 0x00FF7F},
    {"steelblue", 0x4682B4},
    {"tan", 0xD2B48C},
    {"teal", 0x008080},
    {"thistle", 0xD8BFD8},
    {"tomato", 0xFF6347},
    {"turquoise", 0x40E0D0},
    {"violet", 0xEE82EE},
    {"wheat", 0xF5DEB3},
    {"white", 0xFFFFFF},
    {"whitesmoke", 0xF5F5F5},
    {"window", 0xFFFFFF},
    {"windowtext", 0x000000},
    {"yellow", 0xFFFF00},
    {"yellowgreen", 0x9ACD32},
};

std::optional<Colour> ColourOfName(absl::string_view name) {
  const auto* const found =
      std::lower_bound(std::begin(kNamedColours), std::end(kNamedColours), name,
                       [](const NamedColour& named, absl::string_view wanted) {
                         return named.name < wanted;
                       });
  if (found == std::end(kNamedColours) || found->name != name) {
    return std::nullopt;
  }
  const auto channel = [found](int shift) {
    return static_cast<int>((found->rgb >> shift) & 0xFF);
  };
  return ColourOfRgb(channel(16), channel(8), channel(0));
}

Colour Unknown(absl::string_view words) {
  Colour colour;
  colour.words = std::string(words);
  return colour;
}

// What shows of a colour over white.
Colour Blended(double red, double green, double blue, double alpha) {
  const auto over_white = [alpha](double channel) {
    const double full = std::clamp(channel, 0.0, kFull);
    return static_cast<int>(std::lround(full * alpha + kFull * (1 - alpha)));
  };
  Colour colour =
      ColourOfRgb(over_white(red), over_white(green), over_white(blue));
  colour.is_clear = alpha < kAlphaMin;
  return colour;
}

// #rgb, #rgba, #rrggbb or #rrggbbaa.
std::optional<Colour> ColourOfHash(absl::string_view digits) {
  const bool is_short = digits.size() == 3 || digits.size() == 4;
  if (!is_short && digits.size() != 6 && digits.size() != 8) {
    return std::nullopt;
  }
  std::array<double, 4> channels = {0, 0, 0, kFull};
  const size_t width = is_short ? 1 : 2;
  for (size_t i = 0; i * width < digits.size(); ++i) {
    uint32_t channel = 0;
    if (!absl::SimpleHexAtoi(digits.substr(i * width, width), &channel)) {
      return std::nullopt;
    }
    channels[i] = is_short ? channel * 17 : channel;
  }
  return Blended(channels[0], channels[1], channels[2], channels[3] / kFull);
}

// A number, of which 100% is `whole`.
bool ParsePart(absl::string_view text, double whole, double* number) {
  const bool percent = absl::ConsumeSuffix(&text, "%");
  absl::ConsumeSuffix(&text, "deg");
  if (!absl::SimpleAtod(text, number)) return false;
  if (percent) *number *= whole / 100;
  return true;
}

Colour ColourOfHsl(double hue, double saturation, double lightness,
                   double alpha) {
  const auto channel = [&](double n) {
    double k = std::fmod(n + hue / 30, 12);
    if (k < 0) k += 12;
    const double a = saturation * std::min(lightness, 1 - lightness);
    return kFull *
           (lightness - a * std::clamp(std::min(k - 3, 9 - k), -1., 1.));
  };
  return Blended(channel(0), channel(8), channel(4), alpha);
}

// rgb(…) or hsl(…), with commas or without.
std::optional<Colour> ColourOfFunction(absl::string_view value) {
  const size_t open = value.find('(');
  absl::string_view inside = value.substr(open + 1);
  if (!absl::ConsumeSuffix(&inside, ")")) return std::nullopt;
  const std::vector<absl::string_view> parts =
      absl::StrSplit(inside, absl::ByAnyChar(", /"), absl::SkipEmpty());
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  const bool is_rgb = absl::StartsWith(value, "rgb");
  if (!is_rgb && !absl::StartsWith(value, "hsl")) return std::nullopt;
  std::array<double, 4> numbers = {0, 0, 0, 1};
  for (size_t i = 0; i < parts.size(); ++i) {
    const double whole = is_rgb && i < 3 ? kFull : 1;
    if (!ParsePart(parts[i], whole, &numbers[i])) return std::nullopt;
  }
  return is_rgb ? Blended(numbers[0], numbers[1], numbers[2], numbers[3])
                : ColourOfHsl(numbers[0], numbers[1], numbers[2], numbers[3]);
}

// The pieces between blanks, those in brackets not divided.
std::vector<absl::string_view> PiecesOf(absl::string_view value) {
  std::vector<absl::string_view> pieces;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= value.size(); ++i) {
    const char c = i < value.size() ? value[i] : ' ';
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (i < value.size() && (c != ' ' || depth > 0)) continue;
    if (i > begin) pieces.push_back(value.substr(begin, i - begin));
    begin = i + 1;
  }
  return pieces;
}

}  // namespace

Colour ColourOfRgb(int red, int green, int blue) {
  Colour colour;
  colour.is_known = true;
  colour.red = red;
  colour.green = green;
  colour.blue = blue;
  return colour;
}

std::optional<Colour> ColourOfHex(absl::string_view digits) {
  if (digits.size() == 8) digits.remove_prefix(2);
  return digits.size() == 6 ? ColourOfHash(digits) : std::nullopt;
}

Colour Tinted(const Colour& colour, double tint) {
  const auto tinted = [tint](int channel) {
    const double full = channel;
    return static_cast<int>(std::lround(
        tint < 0 ? full * (1 + tint) : full + (kFull - full) * tint));
  };
  return ColourOfRgb(tinted(colour.red), tinted(colour.green),
                     tinted(colour.blue));
}

std::optional<Colour> ParseCssColour(absl::string_view value) {
  if (value == "transparent") return Blended(0, 0, 0, 0);
  if (absl::ConsumePrefix(&value, "#")) return ColourOfHash(value);
  if (!absl::StrContains(value, "(")) return ColourOfName(value);
  const std::optional<Colour> colour = ColourOfFunction(value);
  return colour.has_value() ? colour : Unknown(value);
}

std::optional<Colour> ParseCssBackground(absl::string_view value) {
  std::optional<Colour> background;
  for (absl::string_view piece : PiecesOf(value)) {
    std::optional<Colour> colour = ParseCssColour(piece);
    if (!colour.has_value() || colour->is_clear) continue;
    if (!colour->is_known) return colour;
    background = std::move(colour);
  }
  return background;
}

bool IsHardToSee(const Colour& text, const Colour& behind) {
  if (text.is_clear) return true;
  if (!text.is_known || !behind.is_known) return text.words == behind.words;
  return std::abs(text.red - behind.red) < kContrastMin &&
         std::abs(text.green - behind.green) < kContrastMin &&
         std::abs(text.blue - behind.blue) < kContrastMin;
}

bool IsHardToSee(const std::vector<Colour>& text,
                 const std::vector<Colour>& behind) {
  const std::vector<Colour> texts = text.empty() ? std::vector{Black()} : text;
  const std::vector<Colour> grounds =
      behind.empty() ? std::vector{White()} : behind;
  return std::any_of(texts.begin(), texts.end(), [&](const Colour& colour) {
    return std::any_of(
        grounds.begin(), grounds.end(),
        [&](const Colour& ground) { return IsHardToSee(colour, ground); });
  });
}

}  // namespace annals::client
