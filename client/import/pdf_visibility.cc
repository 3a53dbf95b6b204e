#include "client/import/pdf_visibility.h"

#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr double kPointsPerInch = 72;
// Enough to see a figure of 4 points; a second look is taken only where the bar
// of a 4 might be a stroke through it.
constexpr double kLookDpi = 100;
constexpr double kCloseLookDpi = 288;
// Below it nothing can be said of a figure of common size.
constexpr double kLookDpiMin = 50;
// What drawing a page may take: one byte each.
constexpr double kPixelsMax = 24e6;
// Grey levels of 255 between the lightest and the darkest spot of a digit;
// print that is fainter is overlooked.
constexpr int kContrastMin = 64;
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
// Of a number's height: what is nearer belongs to the same text.
constexpr double kBesideMax = 0.5;

struct Word {
  size_t index = 0;  // Among the words of the page.
  std::string text;
  // Nothing stands beside it, as a figure stands in its cell.
  bool alone = false;
  poppler::rectf box;  // In points.
  bool upright = true;
  std::vector<poppler::rectf> digits;
};

bool IsDigit(uint16_t unit) {
  return (unit >= '0' && unit <= '9') || (unit >= 0xFF10 && unit <= 0xFF19);
}

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
    number.upright = word.rotation() % 2 == 0;
    number.alone =
        IsAllNumber(number.text) &&
        std::none_of(words.begin(), words.end(), [&](const auto& other) {
          return &other != &word && IsBeside(number.box, other.bbox());
        });
    for (size_t i = 0; i < units.size(); ++i) {
      if (IsDigit(units[i])) number.digits.push_back(word.char_bbox(i));
    }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

// A page as it is seen.
class Drawing {
 public:
  // Of a part of the page, at most at `dpi`; invalid if even that would be too
  // large at kLookDpiMin.
  Drawing(const poppler::page& page, const poppler::rectf& part, double dpi) {
    const double square_inches =
        part.width() * part.height() / (kPointsPerInch * kPointsPerInch);
    dpi = std::min(dpi, std::sqrt(kPixelsMax / square_inches));
    if (!(dpi >= kLookDpiMin)) return;
    scale_ = dpi / kPointsPerInch;
    poppler::page_renderer renderer;
    renderer.set_image_format(poppler::image::format_gray8);
    renderer.set_render_hint(poppler::page_renderer::antialiasing);
    renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
    left_ = static_cast<int>(std::floor(part.left() * scale_));
    top_ = static_cast<int>(std::floor(part.top() * scale_));
    image_ = renderer.render_page(
        &page, dpi, dpi, left_, top_,
        static_cast<int>(std::ceil(part.width() * scale_)) + 1,
        static_cast<int>(std::ceil(part.height() * scale_)) + 1);
  }

  bool is_valid() const { return image_.is_valid(); }
  // Of a place of the page in points, from the left and from the top; within
  // the drawing.
  int Column(double x) const { return Within(x, left_, image_.width()); }
  int Line(double y) const { return Within(y, top_, image_.height()); }
  int At(int x, int y) const {
    return static_cast<unsigned char>(
        image_.const_data()[y * image_.bytes_per_row() + x]);
  }

 private:
  int Within(double points, int origin, int end) const {
    return static_cast<int>(
        std::clamp(points * scale_ - origin, 0.0, static_cast<double>(end)));
  }

  double scale_ = 1;
  int left_ = 0;
  int top_ = 0;
  poppler::image image_;
};

// A part of a drawing, as a grid of grey levels with its lines along the text.
class Pixels {
 public:
  // Parts of the box's extent across and along the text are left out on either
  // side.
  Pixels(const Drawing& drawing, const poppler::rectf& box, bool upright,
         double margin_across, double margin_along)
      : drawing_(drawing), upright_(upright) {
    const double x = box.width() * (upright ? margin_along : margin_across);
    const double y = box.height() * (upright ? margin_across : margin_along);
    left_ = drawing.Column(box.left() + x);
    right_ = drawing.Column(box.right() - x);
    top_ = drawing.Line(box.top() + y);
    bottom_ = drawing.Line(box.bottom() - y);
  }

  int lines() const { return upright_ ? bottom_ - top_ : right_ - left_; }
  int width() const { return upright_ ? right_ - left_ : bottom_ - top_; }
  int At(int line, int place) const {
    return drawing_.At(left_ + (upright_ ? place : line),
                       top_ + (upright_ ? line : place));
  }

  // Between the lightest and the darkest spot.
  int Contrast() const {
    const auto [darkest, lightest] = Range();
    return std::max(0, lightest - darkest);
  }

  // The most of the width that one line covers in another shade than the
  // ground, which takes most of the space. 0 without contrast.
  double Covered() const {
    const auto [darkest, lightest] = Range();
    if (lightest - darkest < kContrastMin) return 0;
    const int middle = (darkest + lightest) / 2;
    const bool dark_ground = Mean() < middle;
    double covered = 0;
    for (int line = 0; line < lines(); ++line) {
      int inked = 0;
      for (int place = 0; place < width(); ++place) {
        if ((At(line, place) > middle) == dark_ground) ++inked;
      }
      covered = std::max(covered, inked / static_cast<double>(width()));
    }
    return covered;
  }

 private:
  std::pair<int, int> Range() const {
    int darkest = 255;
    int lightest = 0;
    for (int line = 0; line < lines(); ++line) {
      for (int place = 0; place < width(); ++place) {
        darkest = std::min(darkest, At(line, place));
        lightest = std::max(lightest, At(line, place));
      }
    }
    return {darkest, lightest};
  }

  int Mean() const {
    int64_t sum = 0;
    for (int line = 0; line < lines(); ++line) {
      for (int place = 0; place < width(); ++place) sum += At(line, place);
    }
    return static_cast<int>(sum / std::max(1, lines() * width()));
  }

  const Drawing& drawing_;
  const bool upright_;
  int left_ = 0;
  int right_ = 0;
  int top_ = 0;
  int bottom_ = 0;
};

bool IsSeen(const Drawing& drawing, const Word& word) {
  return std::all_of(
      word.digits.begin(), word.digits.end(), [&](const poppler::rectf& digit) {
        return Pixels(drawing, digit, word.upright, kMargin, kSideMargin)
                   .Contrast() >= kContrastMin;
      });
}

// Whether a line crosses one of the digits from side to side.
bool IsCrossed(const Drawing& drawing, const Word& word, double covered_min) {
  return std::any_of(
      word.digits.begin(), word.digits.end(), [&](const poppler::rectf& digit) {
        return Pixels(drawing, digit, word.upright, kMargin, 0).Covered() >=
               covered_min;
      });
}

// Whether a rule of the table runs between two numbers, one above the other.
bool AreDivided(const Drawing& drawing, const poppler::rectf& upper,
                const poppler::rectf& lower) {
  const double left = std::min(upper.left(), lower.left());
  const double right = std::max(upper.right(), lower.right());
  const double top = upper.bottom() - kMargin * upper.height();
  const double bottom = lower.top() + kMargin * lower.height();
  const poppler::rectf between(left, top, right - left, bottom - top);
  return Pixels(drawing, between, /*upright=*/true, 0, 0).Covered() >= kStruck;
}

// Numbers of which one stands right below the other in one cell, as a figure
// does that is too long for its column.
void AddStacked(const Drawing& drawing, std::vector<Word> numbers,
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

}  // namespace

std::set<size_t> NumbersNotShownSo(
    const poppler::page& page, const std::vector<poppler::text_box>& words) {
  const std::vector<Word> numbers = NumbersOf(words);
  std::set<size_t> doubtful;
  if (numbers.empty()) return doubtful;
  const Drawing drawing(page, page.page_rect(), kLookDpi);
  std::vector<const Word*> perhaps_struck;
  for (const Word& number : numbers) {
    if (!drawing.is_valid() || !IsSeen(drawing, number)) {
      doubtful.insert(number.index);
    } else if (IsCrossed(drawing, number, kStruckMaybe)) {
      perhaps_struck.push_back(&number);
    }
  }
  if (drawing.is_valid()) AddStacked(drawing, numbers, &doubtful);
  if (perhaps_struck.empty()) return doubtful;
  const Drawing close(page, PartWith(perhaps_struck), kCloseLookDpi);
  for (const Word* number : perhaps_struck) {
    if (!close.is_valid() || IsCrossed(close, *number, kStruck)) {
      doubtful.insert(number->index);
    }
  }
  return doubtful;
}

}  // namespace annals::client
