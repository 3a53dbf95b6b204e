#include "tests/import/hostile_lines.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

bool IsFigureLine(const std::string& line) {
  for (char32_t code : FoldText(line)) {
    const bool fits = IsAsciiDigit(code) || code == '.' || code == '-' ||
                      code == ' ' || code == '|' || code == ',' ||
                      code == '/' || code == U'件' || code == U'无';
    if (!fits) return false;
  }
  return true;
}

void TearLine(std::mt19937* random, std::vector<std::string>* lines) {
  const size_t at = (*random)() % (lines->size() - 1);
  std::string& line = (*lines)[at];
  std::string& next = (*lines)[at + 1];
  const size_t space = line.find(' ');
  switch ((*random)() % 6) {
    case 0:  // Among figures alone, this and the next can't be seen.
      if (!IsFigureLine(line) || !IsFigureLine(next)) std::swap(line, next);
      return;
    case 1:
      lines->erase(lines->begin() + at);
      return;
    case 2:
      if (!IsFigureLine(line)) {
        lines->insert(lines->begin() + at, std::string(line));
      }
      return;
    case 3:
      lines->insert(lines->begin() + at, absl::StrCat((*random)() % 30 + 1));
      return;
    case 4:
      absl::StrAppend(&line, " ", next);
      lines->erase(lines->begin() + at + 1);
      return;
    default:
      if (space == std::string::npos) return;
      lines->insert(lines->begin() + at + 1, line.substr(space));
      (*lines)[at].resize(space);
  }
}

// The figures of three and more digits of a line in columns, without their last
// digit; the digits go to `below`. False if there are none.
bool CutFigures(std::string* line, std::string* below) {
  bool cut = false;
  for (size_t at = 0; at < line->size();) {
    if (!absl::ascii_isdigit((*line)[at]) || at == 0 ||
        (*line)[at - 1] != ' ') {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < line->size() && absl::ascii_isdigit((*line)[end])) ++end;
    if (end - at >= 3 && (end == line->size() || (*line)[end] == ' ')) {
      // Bytes of Han characters before it take more than their columns.
      int column = 0;
      for (absl::string_view rest(line->data(), at); !rest.empty();) {
        const CodePoint point = DecodeFirst(rest);
        column += DisplayWidth(point.value);
        rest.remove_prefix(point.size);
      }
      below->resize(column, ' ');
      below->push_back((*line)[end - 1]);
      (*line)[end - 1] = ' ';
      cut = true;
    }
    at = end;
  }
  return cut;
}

}  // namespace

void TearLines(std::mt19937* random, std::string* text) {
  std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  const unsigned accidents = 1 + (*random)() % 3;
  for (unsigned i = 0; i < accidents; ++i) TearLine(random, &lines);
  *text = absl::StrJoin(lines, "\n");
}

void BreakDigits(std::string* text) {
  std::vector<std::string> lines;
  for (absl::string_view whole : absl::StrSplit(*text, '\n')) {
    std::string line(whole);
    const bool in_columns = line.find("   ") != std::string::npos;
    std::string below;
    const bool cut = in_columns && CutFigures(&line, &below);
    lines.push_back(line);
    if (cut) lines.push_back(below);
  }
  *text = absl::StrJoin(lines, "\n");
}

void GlueLabels(std::string* text) {
  std::string glued;
  for (size_t i = 0; i < text->size(); ++i) {
    const bool after_han = i > 2 && ((*text)[i - 1] & 0x80) != 0;
    const bool before_figure =
        i + 1 < text->size() && absl::ascii_isdigit((*text)[i + 1]);
    if ((*text)[i] == ' ' && after_han && before_figure) continue;
    glued.push_back((*text)[i]);
  }
  *text = glued;
}

}  // namespace annals::client
