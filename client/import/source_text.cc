#include "client/import/source_text.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/import/limit_error.h"
#include "client/import/unicode.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

bool IsBar(char32_t code) {
  return code == '|' || code == 0xFF5C || code == 0x2502 || code == 0x2503;
}

// Marks that take no room and say nothing of the order of the characters.
bool IsInvisible(char32_t code) {
  return code == 0xAD || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2060 && code <= 0x2064);
}

bool IsControl(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
         code == 0x2029;
}

// A bar that no reader takes for the edge of a cell.
constexpr char32_t kBrokenBar = 0xA6;

std::string OneLine(absl::string_view text, bool cell) {
  std::string line;
  line.reserve(text.size());
  bool blank = false;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    offset += point.size;
    char32_t code = point.value;
    if (IsInvisible(code)) continue;
    const bool tab = code == '\t' && !cell;
    const bool full_blank = code == 0x3000 && !cell;
    if (!tab && !full_blank && (IsControl(code) || IsBlank(code))) {
      blank = true;
      continue;
    }
    if (blank && !line.empty()) line.push_back(' ');
    blank = false;
    AppendUtf8(cell && IsBar(code) ? kBrokenBar : code, &line);
  }
  return line;
}

char32_t LastCodePoint(absl::string_view text) {
  size_t begin = text.size() - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
    --begin;
  return DecodeFirst(text.substr(begin)).value;
}

// Han characters and their punctuation: set without blanks between.
bool IsSetSolid(char32_t code) {
  return IsHan(code) || (code >= 0x3001 && code <= 0x303F) ||
         (code >= 0xFF01 && code <= 0xFF0F) ||
         (code >= 0xFF1A && code <= 0xFF20) || code == 0x201C || code == 0x201D;
}

}  // namespace

std::string CellLine(absl::string_view text) { return OneLine(text, true); }

std::string ParagraphLine(absl::string_view text) {
  return OneLine(text, false);
}

void JoinPrinted(absl::string_view next, std::string* text) {
  next = TrimBlanks(next);
  if (next.empty()) return;
  const absl::string_view before = TrimBlanks(*text);
  if (!before.empty() && !(IsSetSolid(LastCodePoint(before)) &&
                           IsSetSolid(DecodeFirst(next).value))) {
    text->push_back(' ');
  }
  absl::StrAppend(text, next);
}

std::string ColumnName(int column) {
  std::string name;
  for (++column; column > 0; column = (column - 1) / 26) {
    name.insert(name.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return name;
}

SourcePlace SourceText::PlaceOf(int line, int cell) const {
  SourcePlace place;
  if (line <= 0) return place;
  if (lines.empty()) {
    place.line = line;
    return place;
  }
  if (static_cast<size_t>(line) > lines.size()) return place;
  const SourceLine& source = lines[line - 1];
  place.page = source.page;
  place.line = source.line;
  place.paragraph = source.paragraph;
  place.table = source.table;
  if (source.sheet >= 0) {
    const auto index = static_cast<size_t>(cell - 1);
    const bool known = cell > 0 && index < source.columns.size();
    place.sheet_cell = absl::StrCat(
        sheets[source.sheet], "!",
        known ? ColumnName(source.columns[index]) : "", source.row);
  } else if (source.table > 0) {
    place.row = source.row;
    place.cell = cell;
  }
  return place;
}

ErrorText DescribePlace(const SourcePlace& place) {
  if (!place.sheet_cell.empty()) return {place.sheet_cell, place.sheet_cell};
  ErrorText text;
  const auto add = [&text](int number, const char* en, const char* zh) {
    if (number == 0) return;
    absl::StrAppend(&text.en, text.en.empty() ? "" : ", ", en, " ", number);
    absl::StrAppend(&text.zh, "第 ", number, " ", zh);
  };
  add(place.page, "page", "页");
  add(place.line, "line", "行");
  add(place.paragraph, "paragraph", "段");
  add(place.table, "table", "个表格");
  add(place.row, "row", "行");
  add(place.cell, "cell", "格");
  return text;
}

SourceTextWriter::SourceTextWriter(FileFormat format,
                                   const ImportLimits& limits)
    : text_bytes_max_(limits.text_bytes) {
  source_.format = format;
}

bool SourceTextWriter::Fits(size_t bytes) {
  if (source_.text.size() + bytes + 1 > text_bytes_max_) full_ = true;
  return !full_;
}

void SourceTextWriter::AddPrintedLine(absl::string_view text,
                                      const SourceLine& place) {
  if (!Fits(text.size())) return;
  absl::StrAppend(&source_.text, text, "\n");
  source_.lines.push_back(place);
  const bool in_text = place.page == 0 && place.table == 0 && place.sheet < 0;
  if (in_text) source_.lines.back().paragraph = ++paragraphs_;
}

void SourceTextWriter::AddParagraph(absl::string_view text,
                                    const SourceLine& place) {
  if (full_) return;
  const std::string line = ParagraphLine(text);
  if (!TrimBlanks(line).empty()) AddPrintedLine(line, place);
}

void SourceTextWriter::AddRow(const std::vector<std::string>& cells,
                              const SourceLine& place) {
  if (full_) return;
  std::string line = "|";
  bool blank = true;
  for (const std::string& cell : cells) {
    const std::string content = CellLine(cell);
    if (!content.empty()) blank = false;
    absl::StrAppend(&line, " ", content, " |");
    if (!Fits(line.size())) return;
  }
  if (!blank) AddPrintedLine(line, place);
}

void SourceTextWriter::AddPageBreak() {
  if (Fits(1)) source_.text.push_back('\f');
}

void SourceTextWriter::KeepLines(size_t count) {
  if (count >= source_.lines.size()) return;
  source_.lines.resize(count);
  size_t end = 0;
  for (size_t i = 0; i < count; ++i) end = source_.text.find('\n', end) + 1;
  source_.text.resize(end);
}

void SourceTextWriter::EndInsideCell() {
  std::string& text = source_.text;
  while (!text.empty() &&
         (text.back() == '\n' || text.back() == ' ' || text.back() == '|')) {
    text.pop_back();
  }
}

int SourceTextWriter::AddSheet(std::string name) {
  source_.sheets.push_back(std::move(name));
  return static_cast<int>(source_.sheets.size()) - 1;
}

absl::StatusOr<SourceText> SourceTextWriter::Finish() {
  if (full_) return TextTooLarge(text_bytes_max_);
  const bool blank = std::all_of(
      source_.text.begin(), source_.text.end(),
      [](char c) { return c == ' ' || c == '\n' || c == '\f' || c == '\t'; });
  if (blank) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "NO_TEXT_IN_FILE",
        {absl::StrCat("The ", FormatName(source_.format),
                      " file holds no text, perhaps only scanned images. Get "
                      "the document it was made from, or run text recognition "
                      "(OCR) on it and check every figure."),
         absl::StrCat("该 ", FormatName(source_.format),
                      " 文件中没有文字，可能只有扫描图片。请取得原始电子文档，"
                      "或先做文字识别（OCR）并逐一核对数字。")});
  }
  return std::move(source_);
}

}  // namespace annals::client
