#include "client/render/word_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "client/render/display_width.h"
#include "ledger/utf8.h"

namespace annals::client {
namespace {

// Beyond so many changed words a stretch is taken to be another text. The
// search takes time in proportion to its length times this, and memory in
// proportion to its square.
constexpr int kEditsMax = 600;
// An equal piece between two changes that is this short and no longer than
// either is a coincidence, such as a 的, and hinders reading.
constexpr size_t kCoincidenceWordsMax = 2;

using Words = std::vector<absl::string_view>;

bool IsFigurePart(char32_t c) {
  return c < 0x80 && (absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                      c == '.' || c == ',' || c == '%');
}

bool IsLetter(char32_t c) {
  return c < 0x80 && absl::ascii_isalpha(static_cast<unsigned char>(c));
}

// Whether `next` belongs to the word that ends with `last`.
bool Continues(char32_t first, char32_t next) {
  if (CodePointWidth(next, AmbiguousWidth::kNarrow) == 0 && next >= 0xA0) {
    return true;
  }
  if (first < 0x80 && absl::ascii_isdigit(static_cast<unsigned char>(first))) {
    return IsFigurePart(next);
  }
  return IsLetter(first) && IsLetter(next);
}

// Takes one character; a byte that is no UTF-8 stands for itself.
char32_t TakeCharacter(absl::string_view* text) {
  if (const auto c = ledger::ConsumeUtf8(text)) return *c;
  text->remove_prefix(1);
  return U'\uFFFD';
}

// A figure, a Latin word, or a character with what combines with it.
Words SplitWords(absl::string_view text) {
  Words words;
  while (!text.empty()) {
    absl::string_view rest = text;
    const char32_t first = TakeCharacter(&rest);
    while (!rest.empty()) {
      absl::string_view after = rest;
      if (!Continues(first, TakeCharacter(&after))) break;
      rest = after;
    }
    words.push_back(text.substr(0, text.size() - rest.size()));
    text = rest;
  }
  return words;
}

bool EndsSentence(absl::string_view word) {
  return word == "。" || word == "；" || word == "！" || word == "？" ||
         word == "\n" || word == ";";
}

// A stretch of words in each of the two texts.
struct Stretch {
  size_t old_begin = 0;
  size_t old_end = 0;
  size_t new_begin = 0;
  size_t new_end = 0;
};

// One sentence: its words, as text and by their place.
struct Sentence {
  absl::string_view text;
  size_t begin = 0;
  size_t end = 0;
};

std::vector<Sentence> SplitSentences(const Words& words, size_t begin,
                                     size_t end) {
  std::vector<Sentence> sentences;
  size_t first = begin;
  for (size_t i = begin; i < end; ++i) {
    if (!EndsSentence(words[i]) && i + 1 < end) continue;
    // Words are neighbouring pieces of one text.
    const char* const from = words[first].data();
    const char* const to = words[i].data() + words[i].size();
    sentences.push_back({{from, static_cast<size_t>(to - from)}, first, i + 1});
    first = i + 1;
  }
  return sentences;
}

// A sentence that both texts have exactly once.
struct Anchor {
  Sentence older;
  Sentence newer;
};

std::vector<Anchor> SharedSentences(const std::vector<Sentence>& older,
                                    const std::vector<Sentence>& newer) {
  struct Seen {
    int old_count = 0;
    int new_count = 0;
    size_t new_place = 0;
  };
  absl::flat_hash_map<absl::string_view, Seen> seen;
  for (const Sentence& sentence : older) ++seen[sentence.text].old_count;
  for (size_t i = 0; i < newer.size(); ++i) {
    Seen& entry = seen[newer[i].text];
    ++entry.new_count;
    entry.new_place = i;
  }
  std::vector<Anchor> anchors;
  for (const Sentence& sentence : older) {
    const Seen& entry = seen[sentence.text];
    if (entry.old_count == 1 && entry.new_count == 1) {
      anchors.push_back({sentence, newer[entry.new_place]});
    }
  }
  return anchors;
}

// The most anchors that stand in the same order in both texts.
// REQUIRES: they are in the order of the older text.
std::vector<Anchor> LongestIncreasing(const std::vector<Anchor>& anchors) {
  constexpr size_t kNone = SIZE_MAX;
  std::vector<size_t> tails;  // The anchor that ends a run of each length.
  std::vector<size_t> before(anchors.size(), kNone);
  for (size_t i = 0; i < anchors.size(); ++i) {
    const auto place = std::lower_bound(
        tails.begin(), tails.end(), i, [&](size_t a, size_t b) {
          return anchors[a].newer.begin < anchors[b].newer.begin;
        });
    if (place != tails.begin()) before[i] = *(place - 1);
    if (place == tails.end()) {
      tails.push_back(i);
    } else {
      *place = i;
    }
  }
  std::vector<Anchor> longest;
  for (size_t i = tails.empty() ? kNone : tails.back(); i != kNone;
       i = before[i]) {
    longest.push_back(anchors[i]);
  }
  std::reverse(longest.begin(), longest.end());
  return longest;
}

class Differ {
 public:
  Differ(absl::string_view older, absl::string_view newer)
      : older_(SplitWords(older)), newer_(SplitWords(newer)) {}

  std::vector<DiffPiece> Run() {
    DiffByAnchors({0, older_.size(), 0, newer_.size()});
    return Pieces();
  }

 private:
  // A word and what became of it.
  struct Edit {
    DiffKind kind = DiffKind::kEqual;
    absl::string_view word;
  };

  void Equal(size_t begin, size_t end) { Add(DiffKind::kEqual, begin, end); }

  void Add(DiffKind kind, size_t begin, size_t end) {
    const Words& words = kind == DiffKind::kInserted ? newer_ : older_;
    for (size_t i = begin; i < end; ++i) edits_.push_back({kind, words[i]});
  }

  void Replace(const Stretch& stretch) {
    Add(DiffKind::kDeleted, stretch.old_begin, stretch.old_end);
    Add(DiffKind::kInserted, stretch.new_begin, stretch.new_end);
  }

  void DiffByAnchors(const Stretch& all) {
    const std::vector<Anchor> anchors = LongestIncreasing(
        SharedSentences(SplitSentences(older_, all.old_begin, all.old_end),
                        SplitSentences(newer_, all.new_begin, all.new_end)));
    Stretch gap = all;
    for (const Anchor& anchor : anchors) {
      gap.old_end = anchor.older.begin;
      gap.new_end = anchor.newer.begin;
      DiffGap(gap);
      Equal(anchor.older.begin, anchor.older.end);
      gap.old_begin = anchor.older.end;
      gap.new_begin = anchor.newer.end;
    }
    gap.old_end = all.old_end;
    gap.new_end = all.new_end;
    DiffGap(gap);
  }

  // What both begin and end with is equal; the rest is searched.
  void DiffGap(Stretch gap) {
    const size_t begin = gap.old_begin;
    while (gap.old_begin < gap.old_end && gap.new_begin < gap.new_end &&
           older_[gap.old_begin] == newer_[gap.new_begin]) {
      ++gap.old_begin;
      ++gap.new_begin;
    }
    Equal(begin, gap.old_begin);
    const size_t end = gap.old_end;
    while (gap.old_begin < gap.old_end && gap.new_begin < gap.new_end &&
           older_[gap.old_end - 1] == newer_[gap.new_end - 1]) {
      --gap.old_end;
      --gap.new_end;
    }
    if (gap.old_begin == gap.old_end || gap.new_begin == gap.new_end ||
        !Search(gap)) {
      Replace(gap);
    }
    Equal(gap.old_end, end);
  }

  // Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the
  // greedy search: furthest[k] is how far into the older text the paths on
  // diagonal k reach. False if more than kEditsMax words have changed.
  bool Search(const Stretch& gap) {
    const int old_size = static_cast<int>(gap.old_end - gap.old_begin);
    const int new_size = static_cast<int>(gap.new_end - gap.new_begin);
    const int edits_max = std::min(kEditsMax, old_size + new_size);
    std::vector<int> furthest(2 * static_cast<size_t>(edits_max) + 3);
    const auto at = [&](int diagonal) -> int& {
      return furthest[static_cast<size_t>(diagonal + edits_max + 1)];
    };
    std::vector<std::vector<int>> history;  // Diagonals -d … d after d edits.
    for (int edits = 0; edits <= edits_max; ++edits) {
      for (int k = -edits; k <= edits; k += 2) {
        const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
        int x = down ? at(k + 1) : at(k - 1) + 1;
        while (x < old_size && x - k < new_size && x - k >= 0 &&
               older_[gap.old_begin + static_cast<size_t>(x)] ==
                   newer_[gap.new_begin + static_cast<size_t>(x - k)]) {
          ++x;
        }
        at(k) = x;
        if (x >= old_size && x - k >= new_size) {
          Trace(gap, history, edits);
          return true;
        }
      }
      history.emplace_back(furthest.begin() + (edits_max + 1 - edits),
                           furthest.begin() + (edits_max + 2 + edits));
    }
    return false;
  }

  // Walks back from the end along the path that was found.
  void Trace(const Stretch& gap, const std::vector<std::vector<int>>& history,
             int edits) {
    std::vector<Edit> path;
    int x = static_cast<int>(gap.old_end - gap.old_begin);
    int y = static_cast<int>(gap.new_end - gap.new_begin);
    for (; edits > 0; --edits) {
      const std::vector<int>& row = history[static_cast<size_t>(edits - 1)];
      const auto at = [&](int diagonal) {
        const int place = diagonal + edits - 1;
        return place < 0 || place >= static_cast<int>(row.size())
                   ? -1
                   : row[static_cast<size_t>(place)];
      };
      const int k = x - y;
      const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
      const int before_x = down ? at(k + 1) : at(k - 1);
      const int before_y = before_x - (down ? k + 1 : k - 1);
      while (x > before_x + (down ? 0 : 1)) {
        --x;
        --y;
        path.push_back({DiffKind::kEqual, OldWord(gap, x)});
      }
      if (down) {
        path.push_back({DiffKind::kInserted, NewWord(gap, before_y)});
      } else {
        path.push_back({DiffKind::kDeleted, OldWord(gap, before_x)});
      }
      x = before_x;
      y = before_y;
    }
    while (x > 0) path.push_back({DiffKind::kEqual, OldWord(gap, --x)});
    edits_.insert(edits_.end(), path.rbegin(), path.rend());
  }

  absl::string_view OldWord(const Stretch& gap, int place) const {
    return older_[gap.old_begin + static_cast<size_t>(place)];
  }
  absl::string_view NewWord(const Stretch& gap, int place) const {
    return newer_[gap.new_begin + static_cast<size_t>(place)];
  }

  // A change: the words that went and those that came.
  struct Change {
    Words deleted;
    Words inserted;
    Words equal;  // What follows it unchanged.

    size_t size() const { return std::max(deleted.size(), inserted.size()); }
  };

  std::vector<Change> Changes() const {
    std::vector<Change> changes(1);
    for (const Edit& edit : edits_) {
      if (edit.kind == DiffKind::kEqual) {
        changes.back().equal.push_back(edit.word);
        continue;
      }
      if (!changes.back().equal.empty()) changes.emplace_back();
      auto& words = edit.kind == DiffKind::kDeleted ? changes.back().deleted
                                                    : changes.back().inserted;
      words.push_back(edit.word);
    }
    return changes;
  }

  static void Append(const Words& more, Words* words) {
    words->insert(words->end(), more.begin(), more.end());
  }

  std::vector<DiffPiece> Pieces() const {
    std::vector<Change> merged;
    for (Change& change : Changes()) {
      if (!merged.empty() && change.size() > 0) {
        Change& last = merged.back();
        const size_t between = last.equal.size();
        if (between <= kCoincidenceWordsMax && between <= last.size() &&
            between <= change.size()) {
          Append(last.equal, &last.deleted);
          Append(last.equal, &last.inserted);
          Append(change.deleted, &last.deleted);
          Append(change.inserted, &last.inserted);
          last.equal = std::move(change.equal);
          continue;
        }
      }
      merged.push_back(std::move(change));
    }
    std::vector<DiffPiece> pieces;
    for (const Change& change : merged) {
      AddPiece(DiffKind::kDeleted, change.deleted, &pieces);
      AddPiece(DiffKind::kInserted, change.inserted, &pieces);
      AddPiece(DiffKind::kEqual, change.equal, &pieces);
    }
    return pieces;
  }

  static void AddPiece(DiffKind kind, const Words& words,
                       std::vector<DiffPiece>* pieces) {
    if (words.empty()) return;
    DiffPiece piece{kind, {}};
    for (absl::string_view word : words) {
      piece.text.append(word.data(), word.size());
    }
    pieces->push_back(std::move(piece));
  }

  const Words older_;
  const Words newer_;
  std::vector<Edit> edits_;
};

}  // namespace

std::vector<DiffPiece> DiffTexts(absl::string_view older,
                                 absl::string_view newer) {
  return Differ(older, newer).Run();
}

}  // namespace annals::client
