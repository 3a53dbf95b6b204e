#include "client/import/pdf_visibility.h"

#include <poppler-page.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/string_view.h"
#include "client/import/figure.h"
#include "client/import/pdf_digit_shapes.h"
#include "client/import/pdf_drawing.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// Enough to see a figure of 4 points; a second look is taken only where the bar
// of a 4 might be a stroke through it.
constexpr double kLookDpi = 100;
constexpr double kCloseLookDpi = 288;
// What a close look costs before it draws anything, as an area of the page in
// square points that costs as much.
constexpr double kDrawingCost = 25'000;
// Parts of a digit's width that a line covers which strikes it out. The digits'
// own strokes leave the space between them free.
constexpr double kStruckMaybe = 0.8;
constexpr double kStruck = 0.93;
// More than the head or the foot of a digit covers of its width, as a line does
// that goes on beside it.
constexpr double kAcross = 0.95;
// Parts of the contrast: of ink, and of the thinnest line that a close look
// finds.
constexpr double kInked = 0.5;
constexpr double kFaint = 0.17;
// Of a digit's box, the part that its head takes, and what is left out of it to
// find that: a neighbour may touch the edge.
constexpr double kHead = 0.1;
constexpr double kBoxMargin = 0.05;
// Parts of a digit's height, above and below, and of its width, left and right,
// where rules of the table and neighbours may run.
constexpr double kMargin = 0.2;
constexpr double kSideMargin = 0.12;
// Of a number's height: two numbers of one column with less between them may be
// lines of one cell, unless a rule divides them.
constexpr double kLineGapMax = 0.8;
// Points from an edge of the page where no report prints a figure.
constexpr double kEdge = 3;
// Part of the widest digit's width; a 1 may be narrower than others.
constexpr double kDigitWidthMin = 0.6;
// Parts of a character's extent that another takes too.
constexpr double kOverlapMin = 0.5;
// Of a number's height: what is nearer belongs to the same text.
constexpr double kBesideMax = 0.5;

struct Word {
  size_t index = 0;  // Among the words of the page.
  std::string text;
  // Nothing stands beside it, as a figure stands in its cell.
  bool alone = false;
  poppler::rectf box;  // In points.
  bool upright = true;
  int quarter_turns = 0;
  std::vector<poppler::rectf> digits;
  std::vector<int> values;  // Of the digits.
  std::vector<poppler::rectf> signs;
};

// A page in points, from its upper left corner as it is seen.
poppler::rectf PageRect(const poppler::page& page) {
  const poppler::rectf crop = page.page_rect();
  const poppler::page::orientation_enum orientation = page.orientation();
  const bool is_turned = orientation == poppler::page::landscape ||
                         orientation == poppler::page::seascape;
  return is_turned ? poppler::rectf(0, 0, crop.height(), crop.width())
                   : poppler::rectf(0, 0, crop.width(), crop.height());
}

bool IsDigit(uint16_t unit) {
  return (unit >= '0' && unit <= '9') || (unit >= 0xFF10 && unit <= 0xFF19);
}

bool IsSign(uint16_t unit) { return unit == '-' || unit == 0xFF0D; }

// Whether `b` stands in the line of `a`, next to it.
bool IsBeside(const poppler::rectf& a, const poppler::rectf& b) {
  const double middle = (b.top() + b.bottom()) / 2;
  const double gap = kBesideMax * a.height();
  return middle > a.top() && middle < a.bottom() &&
         b.left() < a.right() + gap && b.right() > a.left() - gap;
}

std::vector<Word> NumbersOf(const std::vector<poppler::text_box>& words) {
  std::vector<Word> numbers;
  for (size_t index = 0; index < words.size(); ++index) {
    const poppler::text_box& word = words[index];
    const poppler::ustring units = word.text();
    const poppler::byte_array bytes = units.to_utf8();
    Word number;
    number.index = index;
    number.text.assign(bytes.begin(), bytes.end());
    if (!BeginsInNumber(number.text) && !EndsInNumber(number.text)) continue;
    number.box = word.bbox();
    number.quarter_turns = word.rotation();
    number.upright = word.rotation() % 2 == 0;
    number.alone =
        IsAllNumber(number.text) &&
        std::none_of(words.begin(), words.end(), [&](const auto& other) {
          return &other != &word && IsBeside(number.box, other.bbox());
        });
    for (size_t i = 0; i < units.size(); ++i) {
      if (IsSign(units[i])) number.signs.push_back(word.char_bbox(i));
      if (!IsDigit(units[i])) continue;
      number.digits.push_back(word.char_bbox(i));
      number.values.push_back(units[i] % 16);
    }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

// Whether two characters lie over each other.
bool Overlap(const poppler::rectf& a, const poppler::rectf& b) {
  const double width =
      std::min(a.right(), b.right()) - std::max(a.left(), b.left());
  const double height =
      std::min(a.bottom(), b.bottom()) - std::max(a.top(), b.top());
  return width > kOverlapMin * std::min(a.width(), b.width()) &&
         height > kOverlapMin * std::min(a.height(), b.height());
}

// Whether digits of one number lie over each other: one that does takes less
// of the line than the others.
bool AreSqueezed(const Word& number) {
  double widest = 0;
  double narrowest = std::numeric_limits<double>::max();
  for (const poppler::rectf& digit : number.digits) {
    const double width = number.upright ? digit.width() : digit.height();
    widest = std::max(widest, width);
    narrowest = std::min(narrowest, width);
  }
  return narrowest < kDigitWidthMin * widest;
}

// Whether the number may be cut off by an edge of the page.
bool IsAtEdge(const Word& number, const poppler::rectf& page) {
  return number.box.left() < page.left() + kEdge ||
         number.box.right() > page.right() - kEdge ||
         number.box.top() < page.top() + kEdge ||
         number.box.bottom() > page.bottom() - kEdge;
}

// Whether a character of another word lies over a digit of the number.
bool IsOverprinted(const Word& number,
                   const std::vector<poppler::text_box>& words) {
  for (size_t index = 0; index < words.size(); ++index) {
    const poppler::rectf box = words[index].bbox();
    const bool is_near =
        box.left() < number.box.right() && number.box.left() < box.right() &&
        box.top() < number.box.bottom() && number.box.top() < box.bottom();
    if (index == number.index || !is_near) continue;
    const size_t size = words[index].text().size();
    for (size_t i = 0; i < size; ++i) {
      const poppler::rectf character = words[index].char_bbox(i);
      if (std::any_of(number.digits.begin(), number.digits.end(),
                      [&](const poppler::rectf& digit) {
                        return Overlap(digit, character);
                      })) {
        return true;
      }
    }
  }
  return false;
}

bool IsSeen(const PdfDrawing& drawing, const Word& word) {
  const auto is_seen = [&](const poppler::rectf& character) {
    return PdfPixels(drawing, character, word.upright, kMargin, kSideMargin)
               .Contrast() >= kPdfContrastMin;
  };
  return std::all_of(word.digits.begin(), word.digits.end(), is_seen) &&
         std::all_of(word.signs.begin(), word.signs.end(), is_seen);
}

// Whether the page shows another digit than the text has.
bool ShowsOtherDigits(const PdfDrawing& drawing, const Word& word) {
  for (size_t i = 0; i < word.digits.size(); ++i) {
    const auto shape =
        PdfDigitShape::Of(drawing, word.digits[i], word.quarter_turns);
    if (shape.has_value() && shape->LooksLikeOtherThan(word.values[i])) {
      return true;
    }
  }
  return false;
}

// Whether a line crosses one of the digits from side to side.
bool IsCrossed(const PdfDrawing& drawing, const Word& word) {
  return std::any_of(
      word.digits.begin(), word.digits.end(), [&](const poppler::rectf& digit) {
        return PdfPixels(drawing, digit, word.upright, kMargin, 0).Covered() >=
               kStruck;
      });
}

// Whether nothing goes from side to side of a digit but its own head, of a 5 or
// 7, or its own foot, of a 2. A line there does not strike it out.
bool HasOnlyHeadOrFoot(const PdfDrawing& drawing, const Word& word,
                       size_t digit) {
  const PdfPixels pixels(drawing, word.digits[digit], word.upright, kBoxMargin,
                         0);
  std::vector<double> inked = pixels.CoveredLines(kInked);
  std::vector<double> faint = pixels.CoveredLines(kFaint);
  if (word.quarter_turns == 1 || word.quarter_turns == 2) {
    std::reverse(inked.begin(), inked.end());
    std::reverse(faint.begin(), faint.end());
  }
  size_t begin = 0;
  size_t end = inked.size();
  while (begin < end && inked[begin] <= 0) ++begin;
  while (begin < end && inked[end - 1] <= 0) --end;
  // Both of its ends must be seen for its head and foot to be known.
  if (begin == 0 || end == inked.size()) return false;
  const int value = word.values[digit];
  const size_t height =
      std::max(size_t{1}, static_cast<size_t>(kHead * pixels.lines()));
  for (size_t line = 0; line < inked.size(); ++line) {
    const bool is_head = line < begin + height;
    const bool is_foot = line + height >= end;
    const bool is_own =
        (is_head && (value == 5 || value == 7)) || (is_foot && value == 2);
    if (inked[line] >= (is_own ? kAcross : kStruckMaybe)) return false;
    if (!is_head && !is_foot && faint[line] >= kStruckMaybe) return false;
  }
  return true;
}

// Whether a line might cross one of the digits, as a close look can tell.
bool MayBeCrossed(const PdfDrawing& drawing, const Word& word) {
  for (size_t i = 0; i < word.digits.size(); ++i) {
    const PdfPixels pixels(drawing, word.digits[i], word.upright, kMargin, 0);
    if (pixels.Covered() >= kStruckMaybe &&
        !HasOnlyHeadOrFoot(drawing, word, i)) {
      return true;
    }
  }
  return false;
}

// Whether a rule of the table runs between two numbers, one above the other.
bool AreDivided(const PdfDrawing& drawing, const poppler::rectf& upper,
                const poppler::rectf& lower) {
  const double left = std::min(upper.left(), lower.left());
  const double right = std::max(upper.right(), lower.right());
  const double top = upper.bottom() - kMargin * upper.height();
  const double bottom = lower.top() + kMargin * lower.height();
  const poppler::rectf between(left, top, right - left, bottom - top);
  return PdfPixels(drawing, between, /*upright=*/true, 0, 0).Covered() >=
         kStruck;
}

// Numbers of which one stands right below the other in one cell, as a figure
// does that is too long for its column.
void AddStacked(const PdfDrawing& drawing, std::vector<Word> numbers,
                std::set<size_t>* stacked) {
  std::erase_if(numbers, [](const Word& number) {
    return !number.upright || !number.alone;
  });
  std::sort(numbers.begin(), numbers.end(), [](const Word& a, const Word& b) {
    return a.box.top() < b.box.top();
  });
  for (size_t i = 0; i < numbers.size(); ++i) {
    const poppler::rectf& upper = numbers[i].box;
    const double reach = upper.bottom() + kLineGapMax * upper.height();
    for (size_t j = i + 1; j < numbers.size() && numbers[j].box.top() < reach;
         ++j) {
      const poppler::rectf& lower = numbers[j].box;
      const bool is_below = lower.top() > (upper.top() + upper.bottom()) / 2;
      const bool is_in_column =
          lower.left() < upper.right() && upper.left() < lower.right();
      if (!is_below || !is_in_column || AreDivided(drawing, upper, lower)) {
        continue;
      }
      stacked->insert(numbers[i].index);
      stacked->insert(numbers[j].index);
    }
  }
}

// What both take; it is empty at an edge of `whole` if there is nothing.
poppler::rectf Common(const poppler::rectf& part, const poppler::rectf& whole) {
  const double left = std::clamp(part.left(), whole.left(), whole.right());
  const double top = std::clamp(part.top(), whole.top(), whole.bottom());
  const double right = std::clamp(part.right(), whole.left(), whole.right());
  const double bottom = std::clamp(part.bottom(), whole.top(), whole.bottom());
  return {left, top, right - left, bottom - top};
}

poppler::rectf Union(const poppler::rectf& a, const poppler::rectf& b) {
  const double left = std::min(a.left(), b.left());
  const double top = std::min(a.top(), b.top());
  const double right = std::max(a.right(), b.right());
  const double bottom = std::max(a.bottom(), b.bottom());
  return {left, top, right - left, bottom - top};
}

// What of a page they take.
poppler::rectf PartWith(const std::vector<Word>& words) {
  poppler::rectf part = words[0].box;
  for (const Word& word : words) part = Union(part, word.box);
  return part;
}

double Area(const poppler::rectf& part) { return part.width() * part.height(); }

// Words that are drawn at once.
struct Group {
  poppler::rectf part;
  std::vector<const Word*> words;
};

// What it saves to draw them as one.
double Saved(const Group& a, const Group& b) {
  return kDrawingCost + Area(a.part) + Area(b.part) -
         Area(Union(a.part, b.part));
}

// Each word joins the group where that saves the most, and the group the next
// one, as long as it saves anything.
std::vector<Group> NearEachOther(const std::vector<const Word*>& words) {
  std::vector<Group> groups;
  for (const Word* word : words) {
    Group group = {word->box, {word}};
    while (!groups.empty()) {
      const auto best = std::max_element(
          groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
            return Saved(group, a) < Saved(group, b);
          });
      if (Saved(group, *best) <= 0) break;
      group.part = Union(group.part, best->part);
      group.words.insert(group.words.end(), best->words.begin(),
                         best->words.end());
      groups.erase(best);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

std::set<size_t> NumbersNotShownSo(
    const poppler::page& page, const std::vector<poppler::text_box>& words) {
  const std::vector<Word> numbers = NumbersOf(words);
  std::set<size_t> doubtful;
  if (numbers.empty()) return doubtful;
  const poppler::rectf whole = PageRect(page);
  const PdfDrawing drawing(page, Common(PartWith(numbers), whole), kLookDpi);
  std::vector<const Word*> perhaps_struck;
  for (const Word& number : numbers) {
    const bool is_misplaced = IsAtEdge(number, whole) || AreSqueezed(number) ||
                              IsOverprinted(number, words);
    if (is_misplaced || !drawing.is_valid() || !IsSeen(drawing, number) ||
        ShowsOtherDigits(drawing, number)) {
      doubtful.insert(number.index);
    } else if (MayBeCrossed(drawing, number)) {
      perhaps_struck.push_back(&number);
    }
  }
  if (drawing.is_valid()) AddStacked(drawing, numbers, &doubtful);
  for (const Group& group : NearEachOther(perhaps_struck)) {
    const PdfDrawing close(page, group.part, kCloseLookDpi);
    for (const Word* number : group.words) {
      if (!close.is_valid() || IsCrossed(close, *number)) {
        doubtful.insert(number->index);
      }
    }
  }
  return doubtful;
}

}  // namespace annals::client
