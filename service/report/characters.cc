#include "service/report/characters.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/utf8.h"

namespace annals::report {
namespace {

constexpr size_t kQuotedBytesMax = 80;

uint8_t ByteAt(absl::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

// Four bytes, the first lowest.
uint32_t LoadLittleEndian(const char* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return std::endian::native == std::endian::little ? word
                                                    : __builtin_bswap32(word);
}

bool IsPrintableAscii(uint8_t byte) { return byte >= 0x20 && byte < 0x7F; }

// Whether three bytes, the first of them lowest in `word`, are a character
// whose lead byte allows any continuation: nearly all of a Chinese text.
bool IsPlainTriple(uint32_t word) {
  constexpr uint32_t kShapeMask = 0xC0C0F0;
  constexpr uint32_t kShape = 0x8080E0;
  const uint32_t lead = word & 0xFF;
  // Some continuations of E0 are overlong, some of ED are surrogates.
  return (word & kShapeMask) == kShape && lead != 0xE0 && lead != 0xED;
}

// The offset of the first character at or after `offset` that is neither
// printable ASCII nor a plain triple, and so is left to the full decoder, which
// is slower.
size_t SkipPlain(absl::string_view text, size_t offset) {
  const size_t size = text.size();
  while (size - offset >= sizeof(uint32_t)) {
    const uint32_t word = LoadLittleEndian(text.data() + offset);
    if (IsPlainTriple(word)) {
      offset += 3;
    } else if (IsPrintableAscii(word & 0xFF)) {
      ++offset;
    } else {
      return offset;
    }
  }
  while (offset < size && IsPrintableAscii(ByteAt(text, offset))) ++offset;
  return offset;
}

}  // namespace

size_t ValidUtf8Prefix(absl::string_view text) {
  size_t offset = 0;
  while ((offset = SkipPlain(text, offset)) < text.size()) {
    absl::string_view rest = text.substr(offset);
    if (!ledger::ConsumeUtf8(&rest).has_value()) break;
    offset = text.size() - rest.size();
  }
  return offset;
}

size_t PrintablePrefix(absl::string_view text) {
  size_t offset = 0;
  while ((offset = SkipPlain(text, offset)) < text.size()) {
    absl::string_view rest = text.substr(offset);
    const auto code_point = ledger::ConsumeUtf8(&rest);
    const bool is_printable =
        code_point.has_value() &&
        (!IsControl(*code_point) || *code_point == '\t' || *code_point == '\n');
    if (!is_printable) break;
    offset = text.size() - rest.size();
  }
  return offset;
}

size_t CharacterCount(absl::string_view text) {
  size_t count = 0;
  for (char c : text) {
    if ((static_cast<uint8_t>(c) & 0xC0) != 0x80) ++count;
  }
  return count;
}

bool IsControl(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

bool IsWhiteSpace(char32_t code_point) {
  return code_point == ' ' || (code_point >= '\t' && code_point <= '\r') ||
         code_point == 0xA0 || (code_point >= 0x2000 && code_point <= 0x200B) ||
         code_point == 0x3000 || code_point == 0xFEFF;
}

bool IsBidiControl(char32_t code_point) {
  return (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

bool IsInvisible(char32_t code_point) {
  return IsWhiteSpace(code_point) || code_point == 0xAD ||
         code_point == 0x115F || code_point == 0x1160 ||  // Hangul fillers.
         code_point == 0x1680 || code_point == 0x180E ||
         (code_point >= 0x2000 && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202F) ||
         (code_point >= 0x205F && code_point <= 0x206F) ||
         code_point == 0x2800 ||                        // Braille blank.
         code_point == 0x3164 || code_point == 0xFFA0;  // Hangul fillers.
}

bool IsFormat(char32_t code_point) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  // Unicode 14: Cf, and what else is default-ignorable.
  static constexpr Range kRanges[] = {
      {0xAD, 0xAD},       {0x34F, 0x34F},     {0x600, 0x605},
      {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},
      {0x890, 0x891},     {0x8E2, 0x8E2},     {0x115F, 0x1160},
      {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
      {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
      {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
      {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
      {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
      {0xE0000, 0xE0FFF}};
  return std::any_of(
      std::begin(kRanges), std::end(kRanges), [code_point](const Range& range) {
        return range.first <= code_point && code_point <= range.last;
      });
}

bool IsBlank(absl::string_view text) {
  while (const auto code_point = ledger::ConsumeUtf8(&text)) {
    if (!IsInvisible(*code_point)) return false;
  }
  return text.empty();
}

size_t FindWord(absl::string_view text, absl::string_view word) {
  if (text.size() < word.size()) return absl::string_view::npos;
  const void* const found =
      memmem(text.data(), text.size(), word.data(), word.size());
  if (found == nullptr) return absl::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

std::string Quoted(absl::string_view text) {
  const absl::string_view head = text.substr(0, kQuotedBytesMax);
  const absl::string_view valid = head.substr(0, ValidUtf8Prefix(head));
  const bool is_cut = valid.size() < text.size();
  // Where the input itself is not UTF-8, escaping byte by byte keeps the
  // message readable by whoever gets it.
  const bool is_utf8 = ledger::IsValidUtf8(text);
  return absl::StrCat(
      "\"", is_utf8 ? absl::Utf8SafeCEscape(valid) : absl::CHexEscape(head),
      is_cut && text.size() > kQuotedBytesMax ? "…" : "", "\"");
}

}  // namespace annals::report
