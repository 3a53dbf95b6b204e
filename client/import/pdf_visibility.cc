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
constexpr double kDrawingCost = 50'000;
// Parts of a digit's width that a line covers which strikes it out. The digits'
// own strokes leave the space between them free.
constexpr double kStruckMaybe = 0.8;
constexpr double kStruck = 0.93;
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
bool IsCrossed(const PdfDrawing& drawing, const Word& word,
               double covered_min) {
  return std::any_of(
      word.digits.begin(), word.digits.end(), [&](const poppler::rectf& digit) {
        return PdfPixels(drawing, digit, word.upright, kMargin, 0).Covered() >=
               covered_min;
      });
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

// What of a page they take.
poppler::rectf PartWith(const std::vector<const Word*>& words) {
  double left = words[0]->box.left();
  double top = words[0]->box.top();
  double right = words[0]->box.right();
  double bottom = words[0]->box.bottom();
  for (const Word* word : words) {
    left = std::min(left, word->box.left());
    top = std::min(top, word->box.top());
    right = std::max(right, word->box.right());
    bottom = std::max(bottom, word->box.bottom());
  }
  return {left, top, right - left, bottom - top};
}

double Area(const poppler::rectf& part) { return part.width() * part.height(); }

// Groups of which each is drawn at once: two drawings cost less than one that
// is larger by more than kDrawingCost.
std::vector<std::vector<const Word*>> NearEachOther(
    std::vector<const Word*> words) {
  std::sort(words.begin(), words.end(), [](const Word* a, const Word* b) {
    return a->box.top() < b->box.top();
  });
  std::vector<std::vector<const Word*>> groups;
  for (const Word* word : words) {
    if (!groups.empty()) {
      std::vector<const Word*> joined = groups.back();
      joined.push_back(word);
      const double apart = Area(PartWith(groups.back())) + Area(word->box);
      if (Area(PartWith(joined)) < apart + kDrawingCost) {
        groups.back() = std::move(joined);
        continue;
      }
    }
    groups.push_back({word});
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
  const PdfDrawing drawing(page, whole, kLookDpi);
  std::vector<const Word*> perhaps_struck;
  for (const Word& number : numbers) {
    const bool is_misplaced = IsAtEdge(number, whole) || AreSqueezed(number) ||
                              IsOverprinted(number, words);
    if (is_misplaced || !drawing.is_valid() || !IsSeen(drawing, number) ||
        ShowsOtherDigits(drawing, number)) {
      doubtful.insert(number.index);
    } else if (IsCrossed(drawing, number, kStruckMaybe)) {
      perhaps_struck.push_back(&number);
    }
  }
  if (drawing.is_valid()) AddStacked(drawing, numbers, &doubtful);
  for (const std::vector<const Word*>& group : NearEachOther(perhaps_struck)) {
    const PdfDrawing close(page, PartWith(group), kCloseLookDpi);
    for (const Word* number : group) {
      if (!close.is_valid() || IsCrossed(close, *number, kStruck)) {
        doubtful.insert(number->index);
      }
    }
  }
  return doubtful;
}

}  // namespace annals::client
