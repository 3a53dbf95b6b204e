#include "service/report/json_reader.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/report/characters.h"

namespace annals::report {
namespace {

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsHighSurrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLowSurrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void AppendUtf8(char32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
    return;
  }
  int continuation_bytes = code_point < 0x800     ? 1
                           : code_point < 0x10000 ? 2
                                                  : 3;
  const char32_t lead_mark[] = {0, 0xC0, 0xE0, 0xF0};
  out->push_back(static_cast<char>(lead_mark[continuation_bytes] |
                                   (code_point >> (6 * continuation_bytes))));
  while (continuation_bytes-- > 0) {
    out->push_back(static_cast<char>(
        0x80 | ((code_point >> (6 * continuation_bytes)) & 0x3F)));
  }
}

// What stands for itself, or for a control character, after a backslash; 0 if
// nothing does.
char SimpleEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

char JsonReader::Peek() {
  while (offset_ < json_.size() &&
         absl::string_view(" \t\r\n").find(json_[offset_]) !=
             absl::string_view::npos) {
    ++offset_;
  }
  return offset_ < json_.size() ? json_[offset_] : '\0';
}

bool JsonReader::AtEnd() {
  Peek();
  return offset_ == json_.size();
}

bool JsonReader::Consume(char c) {
  if (AtEnd() || json_[offset_] != c) return false;
  ++offset_;
  return true;
}

absl::Status JsonReader::Expect(char c) {
  if (Consume(c)) return absl::OkStatus();
  const std::string expected(1, c);
  return SyntaxError(absl::StrCat("expected '", expected, "'"),
                     absl::StrCat("此处应为“", expected, "”"));
}

absl::Status JsonReader::ErrorAt(size_t offset, absl::string_view reason,
                                 const ErrorText& text) const {
  const absl::string_view before = json_.substr(0, offset);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0.
  size_t line = 1;
  for (char c : before) line += c == '\n' ? 1 : 0;
  const size_t column = CharacterCount(before.substr(line_begin)) + 1;
  absl::Status status = MakeError(
      absl::StatusCode::kInvalidArgument, reason,
      {absl::StrCat("line ", line, ", column ", column, ": ", text.en),
       absl::StrCat("第 ", line, " 行第 ", column, " 列：", text.zh)});
  AddErrorMetadata("line", absl::StrCat(line), &status);
  AddErrorMetadata("column", absl::StrCat(column), &status);
  return status;
}

absl::Status JsonReader::SyntaxError(absl::string_view en,
                                     absl::string_view zh) const {
  if (offset_ >= json_.size()) {
    return ErrorAt(json_.size(), "INVALID_JSON",
                   {absl::StrCat("the text ends too early: ", en),
                    absl::StrCat("文本提前结束：", zh)});
  }
  return ErrorAt(offset_, "INVALID_JSON", {std::string(en), std::string(zh)});
}

absl::StatusOr<std::string> JsonReader::ReadString() {
  if (!Consume('"')) {
    return SyntaxError("expected a string in double quotes",
                       "此处应为双引号括起的字符串");
  }
  std::string value;
  while (offset_ < json_.size()) {
    const char c = json_[offset_];
    if (c == '"') {
      ++offset_;
      return value;
    }
    if (static_cast<uint8_t>(c) < 0x20) {
      return SyntaxError(
          "a control character or line break inside a string; write it as an "
          "escape such as \\n",
          "字符串内有控制字符或换行，请写成 \\n 等转义形式");
    }
    if (c != '\\') {
      value.push_back(c);
      ++offset_;
    } else if (absl::Status escape = ReadEscape(&value); !escape.ok()) {
      return escape;
    }
  }
  return SyntaxError("a string is not closed", "字符串没有结束引号");
}

absl::Status JsonReader::ReadEscape(std::string* value) {
  const char kind = offset_ + 1 < json_.size() ? json_[offset_ + 1] : '\0';
  if (const char meaning = SimpleEscape(kind); meaning != 0) {
    offset_ += 2;
    value->push_back(meaning);
    return absl::OkStatus();
  }
  if (kind != 'u') return SyntaxError("an unknown escape", "未知的转义");
  auto code_point = ReadUnicodeEscape();
  if (!code_point.ok()) return code_point.status();
  AppendUtf8(*code_point, value);
  return absl::OkStatus();
}

absl::StatusOr<char32_t> JsonReader::ReadUnicodeEscape() {
  const size_t begin = offset_;
  auto first = ReadHexQuad();
  if (!first.ok()) return first;
  if (IsHighSurrogate(*first) &&
      absl::StartsWith(json_.substr(offset_), "\\u")) {
    auto second = ReadHexQuad();
    if (!second.ok()) return second;
    if (IsLowSurrogate(*second)) {
      return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
    }
  }
  if (IsHighSurrogate(*first) || IsLowSurrogate(*first)) {
    return ErrorAt(begin, "INVALID_UTF8",
                   {"half of a surrogate pair is no character",
                    "代理对不完整，不是有效字符"});
  }
  return *first;
}

absl::StatusOr<char32_t> JsonReader::ReadHexQuad() {
  const absl::string_view digits =
      json_.substr(std::min(offset_ + 2, json_.size()), 4);
  char32_t unit = 0;
  for (char c : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return SyntaxError("\\u needs four hex digits",
                         "\\u 后应为四位十六进制数");
    }
    unit =
        unit * 16 + (IsDigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10);
  }
  if (digits.size() < 4) {
    return SyntaxError("\\u needs four hex digits", "\\u 后应为四位十六进制数");
  }
  offset_ += 6;
  return unit;
}

bool JsonReader::ConsumeDigits() {
  const size_t begin = offset_;
  while (offset_ < json_.size() && IsDigit(json_[offset_])) ++offset_;
  return offset_ > begin;
}

absl::StatusOr<absl::string_view> JsonReader::ReadNumber() {
  Peek();
  const size_t begin = offset_;
  const auto next = [this] {
    return offset_ < json_.size() ? json_[offset_] : '\0';
  };
  if (next() == '-') ++offset_;
  const size_t whole = offset_;
  bool is_number =
      ConsumeDigits() && (json_[whole] != '0' || offset_ == whole + 1);
  if (is_number && next() == '.') {
    ++offset_;
    is_number = ConsumeDigits();
  }
  if (is_number && (next() == 'e' || next() == 'E')) {
    ++offset_;
    if (next() == '+' || next() == '-') ++offset_;
    is_number = ConsumeDigits();
  }
  if (!is_number) {
    offset_ = begin;
    return SyntaxError("expected a value", "此处应为一个值");
  }
  return json_.substr(begin, offset_ - begin);
}

absl::StatusOr<absl::string_view> JsonReader::ReadWord() {
  Peek();
  for (absl::string_view word : {"true", "false", "null"}) {
    if (absl::StartsWith(json_.substr(offset_), word)) {
      offset_ += word.size();
      return word;
    }
  }
  return SyntaxError("expected a value", "此处应为一个值");
}

}  // namespace annals::report
