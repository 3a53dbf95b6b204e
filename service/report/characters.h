// The characters of a text: what is blank, what is not printable, and how to
// quote what a person put in.

#ifndef ANNALS_SERVICE_REPORT_CHARACTERS_H_
#define ANNALS_SERVICE_REPORT_CHARACTERS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::report {

// The offset of the first byte that is not valid UTF-8; the size if all is.
size_t ValidUtf8Prefix(absl::string_view text);

// The offset of the first byte that may not stand in a text of a report: one
// that is not valid UTF-8, or begins a control character other than tab and
// newline. The size if there is none.
size_t PrintablePrefix(absl::string_view text);

// How many characters. REQUIRES: `text` is valid UTF-8.
size_t CharacterCount(absl::string_view text);

// True for a character without a shape (general category Cc).
bool IsControl(char32_t code_point);

// True for what counts as white space in a printed text, the ideographic space
// and the no-break space included.
bool IsWhiteSpace(char32_t code_point);

// True for a character that changes the order in which others are shown.
bool IsBidiControl(char32_t code_point);

// True for white space, and for what leaves no mark in print at all: format
// characters and fillers.
bool IsInvisible(char32_t code_point);

// True for a format character (general category Cf), and for one that is not
// drawn but at most changes how others are, such as a variation selector.
bool IsFormat(char32_t code_point);

// True if there is nothing but what is invisible.
bool IsBlank(absl::string_view text);

// Where `word` begins in the text; npos if it does not stand there. As find,
// but quick in Chinese, where a word's first byte begins every third character.
// REQUIRES: `word` is not empty.
size_t FindWord(absl::string_view text, absl::string_view word);

// What a person put in, fit to stand in an error message: in quotation marks,
// escaped where it is not printable, and cut if it is long.
std::string Quoted(absl::string_view text);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CHARACTERS_H_
