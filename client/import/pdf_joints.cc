#include "client/import/pdf_joints.h"

#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// In parts of the font size. Poppler sets a blank between words from a gap of
// a tenth on.
constexpr double kTouchMax = 0.3;
constexpr double kRaisedMin = 0.2;
constexpr double kResizedMin = 0.05;

constexpr absl::string_view kUnsureMark = "(?)";
// Between two columns.
constexpr size_t kBlanksMin = 2;

// A word in the direction of its text.
struct Piece {
  std::string text;
  std::string font;
  int rotation = 0;
  double font_size = 0;
  double begin = 0;
  double end = 0;
  double top = 0;
  double bottom = 0;
  bool doubtful = false;
  int next = -1;  // The piece that goes on the number.
  bool continued = false;
};

// `rotation`: clockwise, in quarters of a turn.
void SetBounds(const poppler::rectf& box, int rotation, Piece* piece) {
  const double x[] = {box.left(), box.right()};
  const double y[] = {box.top(), box.bottom()};
  const bool upright = rotation % 2 == 0;
  const bool along_back = rotation == 2 || rotation == 3;
  const bool across_back = rotation == 1 || rotation == 2;
  const auto& along = upright ? x : y;
  const auto& across = upright ? y : x;
  piece->begin = along_back ? -along[1] : along[0];
  piece->end = along_back ? -along[0] : along[1];
  piece->top = across_back ? -across[1] : across[0];
  piece->bottom = across_back ? -across[0] : across[1];
}

std::vector<Piece> PiecesOf(const std::vector<poppler::text_box>& words,
                            const std::set<size_t>& doubtful) {
  std::vector<Piece> pieces;
  for (size_t index = 0; index < words.size(); ++index) {
    const poppler::text_box& box = words[index];
    const poppler::byte_array bytes = box.text().to_utf8();
    Piece piece;
    piece.text.assign(bytes.begin(), bytes.end());
    if (!BeginsInNumber(piece.text) && !EndsInNumber(piece.text)) continue;
    piece.doubtful = doubtful.contains(index);
    piece.rotation = box.rotation();
    piece.font = box.get_font_name();
    piece.font_size = box.get_font_size();
    SetBounds(box.bbox(), piece.rotation, &piece);
    pieces.push_back(std::move(piece));
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  return pieces;
}

bool Touch(const Piece& left, const Piece& right) {
  const double reach = kTouchMax * std::max(left.font_size, right.font_size);
  return left.rotation == right.rotation &&
         std::abs(right.begin - left.end) <= reach &&
         right.begin > left.begin && right.top < left.bottom &&
         left.top < right.bottom && EndsInNumber(left.text) &&
         BeginsInNumber(right.text);
}

bool Unlike(const Piece& left, const Piece& right) {
  if (left.doubtful || right.doubtful) return true;
  const double size = std::max(left.font_size, right.font_size);
  return std::abs(left.font_size - right.font_size) > kResizedMin * size ||
         std::abs(left.bottom - right.bottom) > kRaisedMin * size;
}

// Poppler takes digits of one size for one word even if some are raised: it is
// higher than other numbers in its font then.
void AddTooHigh(const std::vector<Piece>& pieces,
                std::set<std::string>* numbers) {
  std::map<std::string, double> heights;  // Per font size.
  const auto height = [](const Piece& piece) {
    return (piece.bottom - piece.top) / piece.font_size;
  };
  for (const Piece& piece : pieces) {
    if (piece.font_size <= 0 || !IsAllNumber(piece.text)) continue;
    const auto [found, added] = heights.try_emplace(piece.font, height(piece));
    if (!added) found->second = std::min(found->second, height(piece));
  }
  for (const Piece& piece : pieces) {
    if (piece.font_size <= 0 || !IsAllNumber(piece.text)) continue;
    if (height(piece) > heights[piece.font] + kRaisedMin) {
      numbers->insert(piece.text);
    }
  }
}

// `pieces` in the order of their beginnings.
void JoinPieces(std::vector<Piece>* pieces) {
  double size_max = 0;
  for (const Piece& piece : *pieces) {
    size_max = std::max(size_max, piece.font_size);
  }
  for (Piece& left : *pieces) {
    if (!EndsInNumber(left.text)) continue;
    double nearest = 0;
    const double from = left.end - kTouchMax * size_max;
    auto right = std::lower_bound(
        pieces->begin(), pieces->end(), from,
        [](const Piece& piece, double at) { return piece.begin < at; });
    for (; right != pieces->end() &&
           right->begin <= left.end + kTouchMax * size_max;
         ++right) {
      const double gap = std::abs(right->begin - left.end);
      if (!Touch(left, *right)) continue;
      if (left.next >= 0 && gap >= nearest) continue;
      nearest = gap;
      left.next = static_cast<int>(right - pieces->begin());
    }
    if (left.next >= 0) {
      (*pieces)[static_cast<size_t>(left.next)].continued = true;
    }
  }
}

// The number in `text` that goes over the offset `at`.
std::string NumberOver(absl::string_view text, size_t at) {
  size_t begin = at;
  while (begin > 0 && EndsInNumber(text.substr(0, begin))) {
    do {
      --begin;
    } while ((static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80);
  }
  size_t end = at;
  while (end < text.size() && BeginsInNumber(text.substr(end))) {
    end += DecodeFirst(text.substr(end)).size;
  }
  return std::string(text.substr(begin, end - begin));
}

// Adds the numbers that stand in the text, whatever is around them.
void AddNumbersIn(absl::string_view text, std::set<std::string>* numbers) {
  size_t begin = 0;  // Of the number that goes on at `at`.
  for (size_t at = 0; at <= text.size();) {
    if (at < text.size() && BeginsInNumber(text.substr(at))) {
      at += DecodeFirst(text.substr(at)).size;
      continue;
    }
    if (at > begin) numbers->emplace(text.substr(begin, at - begin));
    at += at < text.size() ? DecodeFirst(text.substr(at)).size : 1;
    begin = at;
  }
}

bool HasDigit(absl::string_view number) {
  return std::any_of(number.begin(), number.end(), [](char c) {
    // A full-width digit is of several bytes.
    return IsAsciiDigit(static_cast<unsigned char>(c)) || (c & 0x80) != 0;
  });
}

}  // namespace

std::set<std::string> NumbersInUnlikePieces(
    const std::vector<poppler::text_box>& words,
    const std::set<size_t>& doubtful, absl::string_view text) {
  std::vector<Piece> pieces = PiecesOf(words, doubtful);
  JoinPieces(&pieces);
  std::set<std::string> numbers;
  std::set<std::string> known;
  for (const poppler::text_box& word : words) {
    const poppler::byte_array bytes = word.text().to_utf8();
    AddNumbersIn(std::string(bytes.begin(), bytes.end()), &known);
  }
  AddTooHigh(pieces, &numbers);
  for (const Piece& piece : pieces) {
    if (piece.doubtful) numbers.insert(piece.text);
  }
  for (const Piece& first : pieces) {
    if (first.continued || first.next < 0) continue;
    std::string joined = first.text;
    std::vector<size_t> joints;
    const Piece* piece = &first;
    while (piece->next >= 0) {
      const Piece* next = &pieces[static_cast<size_t>(piece->next)];
      if (Unlike(*piece, *next)) joints.push_back(joined.size());
      joined += next->text;
      piece = next;
    }
    for (size_t joint : joints) numbers.insert(NumberOver(joined, joint));
    AddNumbersIn(joined, &known);
  }
  std::set<std::string> in_text;
  AddNumbersIn(text, &in_text);
  for (const std::string& number : in_text) {
    if (HasDigit(number) && !known.contains(number)) numbers.insert(number);
  }
  return numbers;
}

void MarkNumbers(const std::set<std::string>& numbers, std::string* text) {
  for (const std::string& number : numbers) {
    size_t at = 0;
    while ((at = text->find(number, at)) != std::string::npos) {
      const absl::string_view all = *text;
      const size_t end = at + number.size();
      if (EndsInNumber(all.substr(0, at)) || BeginsInNumber(all.substr(end))) {
        at = end;
        continue;
      }
      size_t blanks = 0;
      while (end + blanks < text->size() && (*text)[end + blanks] == ' ') {
        ++blanks;
      }
      const size_t spare = blanks > kBlanksMin ? blanks - kBlanksMin : 0;
      text->replace(end, std::min(spare, kUnsureMark.size()),
                    kUnsureMark.data(), kUnsureMark.size());
      at = end + kUnsureMark.size();
    }
  }
}

}  // namespace annals::client
