#include "ledger/utf8.h"

#include <cstddef>
#include <cstdint>

namespace annals::ledger {
namespace {

// The forms of RFC 3629, section 3: by the first byte, how many bytes there
// are, which of its bits count, and the least code point that needs so many.
struct Form {
  uint8_t mask;
  uint8_t lead;
  size_t length;
  char32_t least;
};

constexpr Form kForms[] = {
    {0x80, 0x00, 1, 0x0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
};

constexpr char32_t kSurrogateFirst = 0xD800;
constexpr char32_t kSurrogateLast = 0xDFFF;
constexpr char32_t kCodePointMax = 0x10FFFF;

const Form* FormOf(uint8_t first) {
  for (const Form& form : kForms) {
    if ((first & form.mask) == form.lead) return &form;
  }
  return nullptr;
}

bool IsCodePoint(char32_t code, const Form& form) {
  return code >= form.least && code <= kCodePointMax &&
         (code < kSurrogateFirst || code > kSurrogateLast);
}

}  // namespace

std::optional<char32_t> ConsumeUtf8(absl::string_view* text) {
  if (text->empty()) return std::nullopt;
  const uint8_t first = static_cast<uint8_t>(text->front());
  const Form* const form = FormOf(first);
  if (form == nullptr || text->size() < form->length) return std::nullopt;
  char32_t code = static_cast<uint8_t>(first & ~form->mask);
  for (size_t i = 1; i < form->length; ++i) {
    const uint8_t next = static_cast<uint8_t>((*text)[i]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    code = (code << 6) | (next & 0x3F);
  }
  if (!IsCodePoint(code, *form)) return std::nullopt;
  text->remove_prefix(form->length);
  return code;
}

bool IsValidUtf8(absl::string_view text) {
  while (ConsumeUtf8(&text).has_value()) {
  }
  return text.empty();
}

}  // namespace annals::ledger
