// UTF-8 text by code points, as far as the reading of Chinese reports needs it.

#ifndef ANNALS_CLIENT_IMPORT_UNICODE_H_
#define ANNALS_CLIENT_IMPORT_UNICODE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// A code point and the number of bytes it takes in the text.
struct CodePoint {
  char32_t value = 0;
  size_t size = 0;
};

// The first code point of `text`, which is not empty. A byte that begins no
// well-formed sequence is U+FFFD of size 1.
CodePoint DecodeFirst(absl::string_view text);

// The offset of the first byte that is not well-formed UTF-8, or npos.
size_t FindInvalidUtf8(absl::string_view text);

// The share of the bytes from 0x80 on, from `offset`, that pair up as GB18030
// double bytes, in percent; 0 if there are none.
int Gb18030Percent(absl::string_view text, size_t offset);

void AppendUtf8(char32_t code, std::string* text);
std::string ToUtf8(const std::u32string& text);

bool IsHan(char32_t code);
bool IsAsciiDigit(char32_t code);
bool IsAsciiLetter(char32_t code);
bool IsBlank(char32_t code);

// Columns it takes in a fixed-width print: two for Han and full-width forms.
int DisplayWidth(char32_t code);

// One form for characters that reports use alike: full-width forms become
// ASCII, Kangxi radicals that PDF fonts leave behind become the Han characters,
// dashes become '-', every blank becomes ' '.
char32_t Fold(char32_t code);

// `text` without the blanks, full-width ones included, at both ends.
absl::string_view TrimBlanks(absl::string_view text);

// The folded text, for comparing with ASCII patterns.
std::u32string FoldText(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_UNICODE_H_
