#include "client/import/stacked_head.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A head takes no more lines, and no more words.
constexpr size_t kMaxLines = 30;
constexpr size_t kMaxWords = 120;

struct PlacedWord {
  std::u32string core;
  size_t line = 0;
  int begin = 0;
  int end = 0;
};

// The words of a text with the columns that they take; a line counts a Han
// character as one column or as two.
void AppendWords(const Atom& atom, size_t line,
                 std::vector<PlacedWord>* words) {
  int characters = 0;
  for (absl::string_view rest = atom.text; !rest.empty(); ++characters) {
    rest.remove_prefix(DecodeFirst(rest).size);
  }
  const bool is_narrow = atom.end - atom.begin == characters;
  int column = atom.begin;
  int begin = column;
  size_t word = 0;
  const auto end_word = [&](size_t end) {
    PlacedWord placed = {CoreOf(atom.text.substr(word, end - word)), line,
                         begin, column};
    if (!placed.core.empty()) words->push_back(std::move(placed));
  };
  for (size_t at = 0; at < atom.text.size();) {
    const CodePoint point = DecodeFirst(atom.text.substr(at));
    if (IsBlank(point.value)) end_word(at);
    column += is_narrow ? 1 : DisplayWidth(point.value);
    at += point.size;
    if (!IsBlank(point.value)) continue;
    word = at;
    begin = column;
  }
  end_word(atom.text.size());
}

// The texts that stand below each other, from left to right.
std::vector<std::u32string> Stacks(std::vector<PlacedWord> words) {
  std::sort(words.begin(), words.end(),
            [](const PlacedWord& a, const PlacedWord& b) {
              return a.begin < b.begin;
            });
  std::vector<std::u32string> stacks;
  for (size_t i = 0; i < words.size();) {
    size_t next = i;
    int end = words[i].end;
    while (next < words.size() && words[next].begin < end) {
      end = std::max(end, words[next++].end);
    }
    std::stable_sort(words.begin() + static_cast<ptrdiff_t>(i),
                     words.begin() + static_cast<ptrdiff_t>(next),
                     [](const PlacedWord& a, const PlacedWord& b) {
                       return a.line < b.line;
                     });
    std::u32string text;
    for (; i < next; ++i) text += words[i].core;
    stacks.push_back(std::move(text));
  }
  return stacks;
}

bool IsBeside(const std::u32string& text, const StackedNames& names) {
  return std::any_of(names.beside.begin(), names.beside.end(),
                     [&text](const std::u32string& whole) {
                       return whole.find(text) != std::u32string::npos;
                     });
}

bool NameColumns(const std::vector<std::u32string>& stacks,
                 const StackedNames& names) {
  const size_t columns = names.columns.size();
  if (stacks.size() < columns) return false;
  const size_t first = stacks.size() - columns;
  for (size_t i = 0; i < first; ++i) {
    if (!IsBeside(stacks[i], names)) return false;
  }
  for (size_t column = 0; column < columns; ++column) {
    const auto& ways = names.columns[column];
    if (std::find(ways.begin(), ways.end(), stacks[first + column]) ==
        ways.end()) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<size_t> FindStackedNames(const std::vector<Line>& lines,
                                       LineRange head,
                                       const StackedNames& names) {
  std::vector<PlacedWord> words;
  const size_t top = head.end - std::min(head.end - head.begin, kMaxLines);
  for (size_t i = head.end; i > top; --i) {
    const Line& line = lines[i - 1];
    if (line.IsEmpty()) continue;
    if (line.delimited || line.HasFigure()) return std::nullopt;
    for (const Atom& atom : line.atoms) AppendWords(atom, i - 1, &words);
    words.erase(std::remove_if(words.begin(), words.end(),
                               [&names](const PlacedWord& word) {
                                 return names.spans.contains(word.core);
                               }),
                words.end());
    if (words.size() > kMaxWords) return std::nullopt;
    if (NameColumns(Stacks(words), names)) return i - 1;
  }
  return std::nullopt;
}

}  // namespace annals::client
