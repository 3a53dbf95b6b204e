#include "client/import/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/input_check.h"
#include "client/import/unicode.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"

namespace annals::client {
namespace {

constexpr absl::string_view kUtf8Mark = "\xEF\xBB\xBF";
// From this share on, characters above ASCII are Chinese by no accident.
constexpr size_t kChinesePercent = 70;
// A line with so many bytes above ASCII is UTF-8 by no accident.
constexpr size_t kTellingBytes = 12;
// HTML declares its encoding within its first 1,024 bytes; some pages do later.
constexpr size_t kDeclarationBytes = 4096;

class Converter {
 public:
  explicit Converter(const char* encoding)
      : handle_(iconv_open("UTF-8", encoding)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (IsOpen()) iconv_close(handle_);
  }

  bool IsOpen() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Nothing if a byte does not fit the encoding; then `*valid` is how many
  // bytes before it do.
  std::optional<std::string> Convert(absl::string_view bytes, size_t* valid) {
    std::string text;
    char* in = const_cast<char*>(bytes.data());
    size_t in_left = bytes.size();
    char buffer[1 << 14];
    while (in_left > 0) {
      char* out = buffer;
      size_t out_left = sizeof(buffer);
      const size_t result = iconv(handle_, &in, &in_left, &out, &out_left);
      text.append(buffer, sizeof(buffer) - out_left);
      if (result != static_cast<size_t>(-1) || errno == E2BIG) continue;
      *valid = bytes.size() - in_left;
      return std::nullopt;
    }
    return text;
  }

 private:
  iconv_t handle_;
};

std::optional<std::string> ConvertFrom(const char* encoding,
                                       absl::string_view bytes, size_t* valid) {
  Converter converter(encoding);
  if (!converter.IsOpen()) return std::nullopt;
  return converter.Convert(bytes, valid);
}

bool IsHigh(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// Whether one line is UTF-8 by no accident, in a text that is not.
bool HasUtf8Line(absl::string_view bytes, size_t* number) {
  *number = 0;
  while (!bytes.empty()) {
    ++*number;
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const absl::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    const auto high = std::count_if(line.begin(), line.end(), IsHigh);
    if (static_cast<size_t>(high) >= kTellingBytes &&
        ledger::IsValidUtf8(line)) {
      return true;
    }
  }
  return false;
}

// Whether text above ASCII is Han characters and their punctuation.
bool IsMostlyChinese(absl::string_view text) {
  size_t high = 0;
  size_t chinese = 0;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    offset += point.size;
    const char32_t code = point.value;
    if (code < 0x80) continue;
    ++high;
    const bool punctuation = (code >= 0x2010 && code <= 0x2026) ||
                             (code >= 0x3000 && code <= 0x303F) ||
                             (code >= 0xFF01 && code <= 0xFF5E) || code == 0xB7;
    if (punctuation || (code >= 0x4E00 && code <= 0x9FFF)) ++chinese;
  }
  return chinese * 100 >= high * kChinesePercent;
}

bool DeclaresBig5(absl::string_view bytes) {
  const std::string head =
      absl::AsciiStrToLower(bytes.substr(0, kDeclarationBytes));
  const size_t at = head.find("charset=");
  if (at == std::string::npos) return false;
  absl::string_view name = absl::string_view(head).substr(at + 8);
  while (!name.empty() && (name[0] == '"' || name[0] == '\''))
    name.remove_prefix(1);
  return absl::StartsWith(name, "big5");
}

absl::StatusOr<std::string> DecodeUtf16(absl::string_view bytes) {
  const bool little = bytes[0] == '\xFF';
  size_t valid = 0;
  auto text =
      ConvertFrom(little ? "UTF-16LE" : "UTF-16BE", bytes.substr(2), &valid);
  if (text.has_value()) return *std::move(text);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_UTF16",
      {absl::StrCat("The file begins as UTF-16, but the bytes at ", valid + 2,
                    " are no character; it may be cut off. Save it as UTF-8 "
                    "and import again."),
       absl::StrCat("文件以 UTF-16 编码开头，但偏移 ", valid + 2,
                    " 处的字节无效，文件可能不完整；请另存为 UTF-8 "
                    "后再导入。")});
}

absl::Status MixedEncodings(size_t utf8_line, size_t offset, size_t bad_line) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "MIXED_ENCODINGS",
      {absl::StrCat("Line ", utf8_line, " is UTF-8, but line ", bad_line,
                    " is not (byte ", offset,
                    "). Save the whole text in one encoding, UTF-8 or GB18030, "
                    "and import again."),
       absl::StrCat("第 ", utf8_line, " 行是 UTF-8 编码，而第 ", bad_line,
                    " 行不是（偏移 ", offset,
                    "）。请将全文统一保存为 UTF-8 或 GB18030 后再导入。")});
}

constexpr char kReplacementCharacter[] = "\xEF\xBF\xBD";
// More is no text with a stray byte here and there.
constexpr int kStrayBytesMax = 100;

std::string ReplaceInvalidUtf8(absl::string_view bytes) {
  std::string text;
  for (int strays = 0; strays <= kStrayBytesMax; ++strays) {
    const size_t invalid = std::min(FindInvalidUtf8(bytes), bytes.size());
    absl::StrAppend(&text, bytes.substr(0, invalid));
    if (invalid == bytes.size()) return text;
    text += kReplacementCharacter;
    bytes.remove_prefix(invalid + 1);
  }
  return "";
}

std::string ReplaceInvalidGb18030(absl::string_view bytes) {
  std::string text;
  for (int strays = 0; strays <= kStrayBytesMax; ++strays) {
    size_t valid = bytes.size();
    const auto whole = ConvertFrom("GB18030", bytes, &valid);
    if (whole.has_value()) return absl::StrCat(text, *whole);
    size_t ignored = 0;
    absl::StrAppend(
        &text,
        ConvertFrom("GB18030", bytes.substr(0, valid), &ignored).value_or(""),
        kReplacementCharacter);
    bytes.remove_prefix(std::min(valid + 1, bytes.size()));
  }
  return "";
}

}  // namespace

std::string DecodeReplacing(absl::string_view bytes) {
  size_t line = 0;
  return HasUtf8Line(bytes, &line) ? ReplaceInvalidUtf8(bytes)
                                   : ReplaceInvalidGb18030(bytes);
}

bool HasUtf16Mark(absl::string_view bytes) {
  return absl::StartsWith(bytes, "\xFF\xFE") ||
         absl::StartsWith(bytes, "\xFE\xFF");
}

absl::StatusOr<std::string> DecodeText(absl::string_view bytes) {
  if (HasUtf16Mark(bytes)) return DecodeUtf16(bytes);
  if (absl::StartsWith(bytes, kUtf8Mark)) {
    bytes.remove_prefix(kUtf8Mark.size());
  }
  const size_t invalid = FindInvalidUtf8(bytes);
  if (invalid == absl::string_view::npos) return std::string(bytes);
  size_t line = 0;
  if (HasUtf8Line(bytes, &line)) {
    const auto bad = std::count(bytes.begin(), bytes.begin() + invalid, '\n');
    return MixedEncodings(line, invalid, static_cast<size_t>(bad) + 1);
  }
  size_t valid = 0;
  const char* encoding = DeclaresBig5(bytes) ? "BIG5-HKSCS" : "GB18030";
  auto text = ConvertFrom(encoding, bytes, &valid);
  if (text.has_value() && IsMostlyChinese(*text)) return *std::move(text);
  return InvalidUtf8(bytes, invalid);
}

}  // namespace annals::client
