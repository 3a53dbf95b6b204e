#include "client/import/document.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// Columns that a barred or tabbed text takes: its place says nothing about the
// column, so it overlaps everything.
constexpr int kAnywhere = 1 << 30;

struct Word {
  absl::string_view text;
  int begin = 0;
  int end = 0;
  bool figure = false;
};

absl::string_view Span(absl::string_view first, absl::string_view last) {
  return absl::string_view(
      first.data(),
      static_cast<size_t>(last.data() + last.size() - first.data()));
}

// How many columns a character takes.
using Metric = int (*)(char32_t);

int OneColumn(char32_t) { return 1; }

std::vector<Word> SplitWords(absl::string_view text, Metric metric) {
  int column = 0;
  std::vector<Word> words;
  Word word;
  size_t word_begin = 0;
  bool inside = false;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    if (IsBlank(point.value)) {
      if (inside) {
        word.text = text.substr(word_begin, offset - word_begin);
        word.end = column;
        words.push_back(word);
      }
      inside = false;
    } else if (!inside) {
      inside = true;
      word_begin = offset;
      word.begin = column;
    }
    column += metric(point.value);
    offset += point.size;
  }
  if (inside) {
    word.text = text.substr(word_begin);
    word.end = column;
    words.push_back(word);
  }
  return words;
}

// Joins a figure and the unit after it: `12 件`.
void JoinUnits(std::vector<Word>* words) {
  size_t kept = 0;
  for (size_t i = 0; i < words->size(); ++i) {
    Word word = (*words)[i];
    if (word.figure && i + 1 < words->size() &&
        IsUnitWord((*words)[i + 1].text) &&
        (*words)[i + 1].begin == word.end + 1) {
      const Word& unit = (*words)[++i];
      word.text = Span(word.text, unit.text);
      word.end = unit.end;
    }
    (*words)[kept++] = word;
  }
  words->resize(kept);
}

// Joins a change in words and its number: `减 8`.
void JoinSigns(std::vector<Word>* words) {
  size_t kept = 0;
  Figure figure;
  for (size_t i = 0; i < words->size(); ++i) {
    Word word = (*words)[i];
    const bool sign = word.text == "增" || word.text == "减" ||
                      word.text == "增加" || word.text == "减少";
    if (sign && i + 1 < words->size() &&
        (*words)[i + 1].begin == word.end + 1 &&
        ParseFigure(Span(word.text, (*words)[i + 1].text), &figure)) {
      const Word& number = (*words)[++i];
      word.text = Span(word.text, number.text);
      word.end = number.end;
    }
    (*words)[kept++] = word;
  }
  words->resize(kept);
}

// A number that text follows at one space belongs to the text: `2024 年`.
void ClassifyWords(std::vector<Word>* words) {
  JoinSigns(words);
  Figure figure;
  for (Word& word : *words) word.figure = ParseFigure(word.text, &figure);
  JoinUnits(words);
  for (size_t i = words->size(); i-- > 1;) {
    const Word& next = (*words)[i];
    Word& word = (*words)[i - 1];
    if (!next.figure && next.begin - word.end == 1) word.figure = false;
  }
}

void AppendAtoms(absl::string_view text, Metric metric,
                 std::vector<Atom>* atoms) {
  std::vector<Word> words = SplitWords(text, metric);
  ClassifyWords(&words);
  int previous_end = -2;
  bool previous_figure = true;
  for (const Word& word : words) {
    if (!word.figure && !previous_figure && word.begin - previous_end == 1) {
      atoms->back().text = Span(atoms->back().text, word.text);
      atoms->back().end = word.end;
    } else {
      Atom atom;
      atom.kind = word.figure ? AtomKind::kFigure : AtomKind::kText;
      atom.begin = word.begin;
      atom.end = word.end;
      atom.text = word.text;
      atoms->push_back(atom);
    }
    previous_end = word.end;
    previous_figure = word.figure;
  }
}

void AppendCell(absl::string_view cell, int index, bool barred,
                std::vector<Atom>* atoms) {
  const absl::string_view content = TrimBlanks(cell);
  Figure figure;
  const size_t first = atoms->size();
  if (content.empty() || ParseFigure(content, &figure) ||
      (barred && IsUnreadableFigure(content))) {
    Atom atom;
    atom.kind = content.empty() ? AtomKind::kBlank : AtomKind::kFigure;
    atom.text = content;
    atoms->push_back(atom);
  } else {
    AppendAtoms(content, OneColumn, atoms);
  }
  for (size_t i = first; i < atoms->size(); ++i) {
    (*atoms)[i].begin = 0;
    (*atoms)[i].end = kAnywhere;
    (*atoms)[i].cell = index;
  }
}

// Returns how many cells there are.
int SplitCells(absl::string_view text, bool barred, std::vector<Atom>* atoms) {
  int cells = 0;
  size_t cell_begin = 0;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    const bool delimiter = barred ? IsBar(point.value) : point.value == U'\t';
    if (delimiter) {
      // Bars enclose a row: what stands before the first is no cell.
      const absl::string_view cell =
          text.substr(cell_begin, offset - cell_begin);
      if (!barred || cell_begin > 0 || !TrimBlanks(cell).empty()) {
        AppendCell(cell, cells++, barred, atoms);
      }
      cell_begin = offset + point.size;
    }
    offset += point.size;
  }
  const absl::string_view last = text.substr(cell_begin);
  if (!barred || !TrimBlanks(last).empty())
    AppendCell(last, cells++, barred, atoms);
  return cells;
}

// Only dashes, bars, colons and the like: a rule drawn in characters.
bool IsRule(absl::string_view text) {
  int dashes = 0;
  bool bar = false;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    const char32_t code = Fold(point.value);
    if (code == '-' || code == '=' || code == '_' || code == '*') {
      ++dashes;
    } else if (IsBar(code)) {
      bar = true;
    } else if (code != ' ' && code != ':' && code != '+') {
      return false;
    }
    offset += point.size;
  }
  return dashes >= 3 || (bar && dashes > 0);
}

// `3/8`, with neither number longer than a page number is.
bool IsPageOfPages(const std::u32string& text) {
  const size_t slash = text.find('/');
  constexpr size_t kDigits = 3;
  if (slash == 0 || slash > kDigits || slash + 1 >= text.size() ||
      text.size() - slash - 1 > kDigits) {
    return false;
  }
  int page = 0;
  int pages = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == slash) continue;
    if (!IsAsciiDigit(text[i])) return false;
    int& number = i < slash ? page : pages;
    number = number * 10 + static_cast<int>(text[i] - '0');
  }
  return page >= 1 && page <= pages;
}

// `-3-`, `— 3 —`, 第3页, 第 3 页 共 5 页, 3/8, Page 3 of 8.
bool IsPageNumber(absl::string_view text) {
  if (text.empty() || text.size() > 40) return false;
  std::u32string folded;
  for (char32_t code : FoldText(text)) {
    if (code != ' ') folded.push_back(code);
  }
  if (folded.size() < 3) return false;
  bool digit = false;
  for (char32_t code : folded) digit = digit || IsAsciiDigit(code);
  if (!digit) return false;
  const auto all_of = [&folded](absl::string_view extra) {
    const std::u32string allowed = FoldText(extra);
    for (char32_t code : folded) {
      if (!IsAsciiDigit(code) && allowed.find(code) == std::u32string::npos) {
        return false;
      }
    }
    return true;
  };
  if (folded.front() == '-' && folded.back() == '-') return all_of("-");
  if (folded.front() == 'P' || folded.front() == 'p')
    return all_of("PpAaGgEeOoFf./");
  if (IsPageOfPages(folded)) return true;
  return folded.front() == U'第' && all_of("第页共,/") &&
         folded.find(U'页') != std::u32string::npos;
}

// A lone short number at the edge of a page is its page number.
void MarkLonePageNumbers(std::vector<Line>* lines) {
  const auto is_lone_number = [](const Line& line) {
    return !line.delimited && line.atoms.size() == 1 &&
           line.atoms[0].kind == AtomKind::kFigure &&
           line.atoms[0].text.size() <= 3;
  };
  Line* above = nullptr;  // The last one that is not blank.
  for (Line& line : *lines) {
    if (line.after_page_break && above != nullptr && is_lone_number(*above)) {
      above->decoration = true;
    }
    if (!line.atoms.empty()) above = &line;
  }
}

void Tokenize(Metric metric, Line* line) {
  bool tab = false;
  for (size_t offset = 0; offset < line->text.size();) {
    const CodePoint point = DecodeFirst(line->text.substr(offset));
    line->barred = line->barred || IsBar(point.value);
    tab = tab || point.value == U'\t';
    offset += point.size;
  }
  const absl::string_view trimmed = TrimBlanks(line->text);
  if (trimmed.empty()) return;
  line->delimited = line->barred || tab;
  line->decoration = IsRule(trimmed) || IsPageNumber(trimmed);
  if (line->decoration) return;
  if (line->delimited) {
    line->cells = SplitCells(line->text, line->barred, &line->atoms);
  } else {
    AppendAtoms(line->text, metric, &line->atoms);
  }
}

std::vector<Line> SplitLinesBy(Metric metric, absl::string_view text) {
  std::vector<Line> lines;
  bool page_break = false;
  size_t begin = 0;
  int number = 1;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool end = i == text.size();
    if (!end && text[i] != '\n' && text[i] != '\r' && text[i] != '\f') continue;
    if (!end && text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      continue;
    }
    Line line;
    line.number = number;
    line.after_page_break = page_break;
    line.text = text.substr(begin, i - begin);
    if (!line.text.empty() && line.text.back() == '\r') {
      line.text.remove_suffix(1);
    }
    Tokenize(metric, &line);
    for (Atom& atom : line.atoms) atom.line = number;
    lines.push_back(std::move(line));
    page_break = !end && text[i] == '\f';
    if (!page_break) ++number;
    begin = i + 1;
  }
  MarkLonePageNumbers(&lines);
  if (!lines.empty() && !lines.back().atoms.empty()) {
    Atom& last = lines.back().atoms.back();
    last.at_document_end =
        last.text.data() + last.text.size() == text.data() + text.size();
  }
  return lines;
}

// How far the last figures of table rows that follow each other stand aside.
int64_t Crookedness(const std::vector<Line>& lines) {
  constexpr size_t kMinFigures = 5;
  int64_t sum = 0;
  int previous = -1;
  for (const Line& line : lines) {
    if (line.delimited || line.atoms.size() <= kMinFigures) continue;
    const auto figures = std::count_if(
        line.atoms.begin(), line.atoms.end(),
        [](const Atom& atom) { return atom.kind == AtomKind::kFigure; });
    if (figures < static_cast<int64_t>(kMinFigures)) continue;
    const int place = line.atoms.back().begin;
    if (previous >= 0) sum += std::abs(place - previous);
    previous = place;
  }
  return sum;
}

}  // namespace

bool IsBar(char32_t code) {
  return code == '|' || code == 0xFF5C || code == 0x2502 || code == 0x2503;
}

bool Line::HasFigure() const {
  if (decoration) return false;
  for (const Atom& atom : atoms) {
    if (atom.kind == AtomKind::kFigure) return true;
  }
  return false;
}

std::vector<Line> SplitLines(absl::string_view text) {
  std::vector<Line> lines = SplitLinesBy(OneColumn, text);
  const int64_t narrow = Crookedness(lines);
  if (narrow == 0) return lines;
  std::vector<Line> wide = SplitLinesBy(DisplayWidth, text);
  return Crookedness(wide) < narrow ? wide : lines;
}

}  // namespace annals::client
