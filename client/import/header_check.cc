#include "client/import/header_check.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr size_t kMaxHead = 600;
constexpr int kMisprints = 3;

// Where a word is printed first.
struct Place {
  size_t line = 0;
  size_t atom = 0;
  int column = 0;
  bool delimited = false;
  bool found = false;
};

Place FindPlace(const std::vector<Line>& lines, LineRange range,
                const std::u32string& word) {
  for (size_t i = range.begin; i < range.end; ++i) {
    if (lines[i].decoration) continue;
    for (size_t a = 0; a < lines[i].atoms.size(); ++a) {
      const Atom& atom = lines[i].atoms[a];
      if (atom.kind != AtomKind::kText) continue;
      const size_t at = CoreOf(atom.text).find(word);
      if (at == std::u32string::npos) continue;
      int column = atom.begin;
      column += static_cast<int>(at);
      return {i, a, column, lines[i].delimited, true};
    }
  }
  return {};
}

}  // namespace

std::u32string TextCore(const std::vector<Line>& lines, LineRange range) {
  std::u32string core;
  for (size_t i = range.begin; i < range.end; ++i) {
    if (lines[i].decoration) continue;
    for (const Atom& atom : lines[i].atoms) {
      if (atom.kind == AtomKind::kText) core += CoreOf(atom.text);
    }
    if (core.size() > 2 * kMaxHead) core.erase(0, core.size() - kMaxHead);
  }
  if (core.size() > kMaxHead) core.erase(0, core.size() - kMaxHead);
  return core;
}

bool HasAllCharacters(const std::u32string& head,
                      const std::vector<std::u32string>& labels) {
  std::map<char32_t, int> balance;
  for (char32_t code : head) ++balance[code];
  for (const std::u32string& label : labels) {
    for (char32_t code : label) --balance[code];
  }
  int missing = 0;
  for (const auto& [code, count] : balance) missing += std::max(0, -count);
  return missing <= kMisprints;
}

bool ColumnsInOrder(const std::vector<Line>& lines, LineRange range,
                    const std::u32string& first, const std::u32string& second) {
  const Place a = FindPlace(lines, range, first);
  const Place b = FindPlace(lines, range, second);
  if (!a.found || !b.found) return false;
  if (a.line != b.line && !a.delimited && !b.delimited &&
      a.column != b.column) {
    return a.column < b.column;
  }
  return std::make_tuple(a.line, a.atom, a.column) <
         std::make_tuple(b.line, b.atom, b.column);
}

bool FindWording(const std::u32string& head,
                 const std::vector<std::u32string>& wordings, size_t* at) {
  size_t found = std::u32string::npos;
  size_t length = 0;
  for (const std::u32string& wording : wordings) {
    const size_t place = head.find(wording, *at);
    if (place == std::u32string::npos) continue;
    if (place < found || (place == found && wording.size() > length)) {
      found = place;
      length = wording.size();
    }
  }
  if (found == std::u32string::npos) return false;
  *at = found + length;
  return true;
}

}  // namespace annals::client
