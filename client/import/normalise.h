// One form for wordings that reports print differently: numbering styles,
// brackets, quotes, blanks inside words, full-width forms.

#ifndef ANNALS_CLIENT_IMPORT_NORMALISE_H_
#define ANNALS_CLIENT_IMPORT_NORMALISE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

enum class NumberStyle {
  kNone,
  kHan,      // 一、 or 一.
  kBracket,  // （一） or (一)
  kDigit,    // 1. 1、 1．（1）
};

// A piece of text that a number opens. The core is its Han characters, letters
// and digits only, without what leaves its meaning: the 度 of 本年度, and what
// is counted in brackets, （件）.
struct Segment {
  NumberStyle style = NumberStyle::kNone;
  int number = 0;
  std::u32string core;
};

// The Han characters, letters (lower case) and digits of the text, as in a
// segment.
std::u32string CoreOf(absl::string_view text);

// The text cut before each number that opens a piece:
// `（三）不予公开 1.属于国家秘密` has two segments. The first one has style
// kNone if no number opens the text.
std::vector<Segment> SegmentsOf(absl::string_view text);

// The text without a bracketed addition at its end, such as （单位：万元）; the
// whole text if it has none or nothing else.
absl::string_view WithoutTrailingBracket(absl::string_view text);

// Appends `text` to the last segment, or, where a number opens it, as segments
// of its own.
void AppendSegments(absl::string_view text, std::vector<Segment>* segments);

// The length in bytes of the number and blanks that open the text, Markdown's
// marks for headings included; 0 if there is none.
size_t NumberingLength(absl::string_view text, Segment* numbering);

// Where in `text` the core characters of `core` end if the text begins with
// them, blanks and punctuation between them aside; npos if it does not.
size_t MatchCorePrefix(absl::string_view text, const std::u32string& core);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_NORMALISE_H_
