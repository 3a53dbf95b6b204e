#include "client/import/unicode.h"

#include <cstdint>
#include <optional>

#include "ledger/utf8.h"

namespace annals::client {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

uint8_t ByteAt(absl::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

struct Radical {
  char32_t radical;
  char32_t han;
};

// Those that stand in the words of the form.
constexpr Radical kRadicals[] = {
    {0x2F00, U'一'}, {0x2F06, U'二'}, {0x2F08, U'人'}, {0x2F0A, U'入'},
    {0x2F0B, U'八'}, {0x2F12, U'力'}, {0x2F17, U'十'}, {0x2F1D, U'口'},
    {0x2F24, U'大'}, {0x2F27, U'子'}, {0x2F29, U'小'}, {0x2F2F, U'工'},
    {0x2F31, U'巾'}, {0x2F42, U'文'}, {0x2F45, U'方'}, {0x2F46, U'无'},
    {0x2F47, U'日'}, {0x2F49, U'月'}, {0x2F4C, U'止'}, {0x2F64, U'用'},
    {0x2F63, U'生'}, {0x2F6C, U'目'}, {0x2F70, U'示'}, {0x2F74, U'立'},
    {0x2F7C, U'老'}, {0x2F83, U'自'}, {0x2F84, U'至'}, {0x2F8F, U'行'},
    {0x2F94, U'言'}, {0x2F9D, U'身'}, {0x2FA6, U'金'}, {0x2ED1, U'长'},
    {0x2EC5, U'见'}, {0x2FAE, U'非'}};

char32_t FoldRadical(char32_t code) {
  for (const Radical& pair : kRadicals) {
    if (pair.radical == code) return pair.han;
  }
  return code;
}

bool IsDash(char32_t code) {
  return (code >= 0x2010 && code <= 0x2015) || code == 0x2212 ||
         code == 0x2500 || code == 0xFE63;
}

}  // namespace

CodePoint DecodeFirst(absl::string_view text) {
  absl::string_view rest = text;
  const std::optional<char32_t> code = ledger::ConsumeUtf8(&rest);
  if (!code.has_value()) return {kReplacement, 1};
  return {*code, text.size() - rest.size()};
}

size_t FindInvalidUtf8(absl::string_view text) {
  size_t offset = 0;
  while (offset < text.size()) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    if (point.value == kReplacement && point.size == 1) return offset;
    offset += point.size;
  }
  return absl::string_view::npos;
}

int Gb18030Percent(absl::string_view text, size_t offset) {
  size_t high = 0;
  size_t paired = 0;
  for (size_t i = offset; i < text.size(); ++i) {
    if (ByteAt(text, i) < 0x80) continue;
    ++high;
    if (i + 1 == text.size()) break;
    const uint8_t lead = ByteAt(text, i);
    const uint8_t trail = ByteAt(text, i + 1);
    if (lead >= 0x81 && lead <= 0xFE && trail >= 0x40 && trail <= 0xFE &&
        trail != 0x7F) {
      ++paired;
      ++i;
    }
  }
  return high == 0 ? 0 : static_cast<int>(paired * 100 / high);
}

void AppendUtf8(char32_t code, std::string* text) {
  const auto append = [text](char32_t byte) {
    text->push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    append(code);
  } else if (code < 0x800) {
    append(0xC0 | (code >> 6));
    append(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    append(0xE0 | (code >> 12));
    append(0x80 | ((code >> 6) & 0x3F));
    append(0x80 | (code & 0x3F));
  } else {
    append(0xF0 | (code >> 18));
    append(0x80 | ((code >> 12) & 0x3F));
    append(0x80 | ((code >> 6) & 0x3F));
    append(0x80 | (code & 0x3F));
  }
}

std::string ToUtf8(const std::u32string& text) {
  std::string result;
  for (char32_t code : text) AppendUtf8(code, &result);
  return result;
}

bool IsHan(char32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) ||
         (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x20000 && code <= 0x3134F);
}

bool IsAsciiDigit(char32_t code) { return code >= '0' && code <= '9'; }

bool IsAsciiLetter(char32_t code) {
  return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

bool IsBlank(char32_t code) {
  return code == ' ' || code == '\t' || code == 0xA0 || code == 0x3000 ||
         code == 0xFEFF || (code >= 0x2000 && code <= 0x200B) || code == 0x202F;
}

int DisplayWidth(char32_t code) {
  if (code < 0x1100 || code == 0x200B || code == 0xFEFF) return 1;
  const bool wide = code <= 0x115F || (code >= 0x2E80 && code <= 0xA4CF) ||
                    (code >= 0xAC00 && code <= 0xD7A3) ||
                    (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFE30 && code <= 0xFE6F) ||
                    (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0xFFE0 && code <= 0xFFE6) || code >= 0x20000;
  return wide ? 2 : 1;
}

char32_t Fold(char32_t code) {
  if (code < 0x80) return code == '\t' ? U' ' : code;
  if (IsBlank(code)) return U' ';
  if (code >= 0xFF01 && code <= 0xFF5E) {
    return code - 0xFF01 + U'!';
  }
  if (IsDash(code)) return U'-';
  if (code >= 0x2E80 && code <= 0x2FD5) return FoldRadical(code);
  return code;
}

absl::string_view TrimBlanks(absl::string_view text) {
  size_t begin = text.size();
  size_t end = 0;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    if (!IsBlank(point.value)) {
      if (begin == text.size()) begin = offset;
      end = offset + point.size;
    }
    offset += point.size;
  }
  return begin >= end ? absl::string_view() : text.substr(begin, end - begin);
}

std::u32string FoldText(absl::string_view text) {
  std::u32string result;
  result.reserve(text.size() / 2);
  while (!text.empty()) {
    const CodePoint point = DecodeFirst(text);
    result.push_back(Fold(point.value));
    text.remove_prefix(point.size);
  }
  return result;
}

}  // namespace annals::client
