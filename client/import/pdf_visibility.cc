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

namespace annals::client {
namespace {

constexpr double kPointsPerInch = 72;
// Enough to see a figure of 4 points; a second look is taken only where the bar
// of a 4 might be a stroke through it.
constexpr double kLookDpi = 100;
constexpr double kCloseLookDpi = 288;
// What drawing a page may take: one byte each.
constexpr double kPixelsMax = 24e6;
// Grey levels of 255 between the lightest and the darkest spot of a word; print
// that is fainter is overlooked.
constexpr int kContrastMin = 64;
// Parts of a word's width that a line covers which strikes it out. The digits'
// own strokes leave the space between them free.
constexpr double kStruckMaybe = 0.85;
constexpr double kStruck = 0.96;
// Part of a word's height, above and below, where rules of the table may run.
constexpr double kMargin = 0.2;

struct Word {
  std::string text;
  poppler::rectf box;  // In points.
  bool upright = true;
};

struct Look {
  int contrast = 0;
  // The most of its width that one line of pixels covers in its darker colour.
  double covered = 0;
};

std::vector<Word> NumbersOf(const std::vector<poppler::text_box>& words) {
  std::vector<Word> numbers;
  for (const poppler::text_box& word : words) {
    const poppler::byte_array bytes = word.text().to_utf8();
    Word number;
    number.text.assign(bytes.begin(), bytes.end());
    if (!BeginsInNumber(number.text) && !EndsInNumber(number.text)) continue;
    number.box = word.bbox();
    number.upright = word.rotation() % 2 == 0;
    numbers.push_back(std::move(number));
  }
  return numbers;
}

poppler::image Draw(const poppler::page& page, double dpi) {
  const poppler::rectf size = page.page_rect();
  const double scale = dpi / kPointsPerInch;
  if (!(size.width() * size.height() * scale * scale <= kPixelsMax)) return {};
  poppler::page_renderer renderer;
  renderer.set_image_format(poppler::image::format_gray8);
  renderer.set_render_hint(poppler::page_renderer::antialiasing);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
  return renderer.render_page(&page, dpi, dpi);
}

// The middle of a word, as a grid of grey levels with its lines along the text.
class WordPixels {
 public:
  WordPixels(const poppler::image& image, double dpi, const Word& word)
      : image_(image), upright_(word.upright) {
    const double scale = dpi / kPointsPerInch;
    const double margin_x = upright_ ? 0 : kMargin * word.box.width();
    const double margin_y = upright_ ? kMargin * word.box.height() : 0;
    left_ = Clamp((word.box.left() + margin_x) * scale, image.width());
    right_ = Clamp((word.box.right() - margin_x) * scale, image.width());
    top_ = Clamp((word.box.top() + margin_y) * scale, image.height());
    bottom_ = Clamp((word.box.bottom() - margin_y) * scale, image.height());
  }

  int lines() const { return upright_ ? bottom_ - top_ : right_ - left_; }
  int width() const { return upright_ ? right_ - left_ : bottom_ - top_; }

  int At(int line, int place) const {
    const int x = left_ + (upright_ ? place : line);
    const int y = top_ + (upright_ ? line : place);
    return static_cast<unsigned char>(
        image_.const_data()[y * image_.bytes_per_row() + x]);
  }

 private:
  static int Clamp(double at, int end) {
    return static_cast<int>(std::clamp(at, 0.0, static_cast<double>(end)));
  }

  const poppler::image& image_;
  const bool upright_;
  int left_ = 0;
  int right_ = 0;
  int top_ = 0;
  int bottom_ = 0;
};

Look LookAt(const WordPixels& pixels) {
  int darkest = 255;
  int lightest = 0;
  int64_t sum = 0;
  for (int line = 0; line < pixels.lines(); ++line) {
    for (int place = 0; place < pixels.width(); ++place) {
      const int grey = pixels.At(line, place);
      darkest = std::min(darkest, grey);
      lightest = std::max(lightest, grey);
      sum += grey;
    }
  }
  Look look;
  look.contrast = std::max(0, lightest - darkest);
  const int64_t count = int64_t{pixels.lines()} * pixels.width();
  if (count == 0 || look.contrast < kContrastMin) return look;
  // The ground takes most of the space: strokes are on the other side.
  const int middle = (darkest + lightest) / 2;
  const bool dark_ground = sum / count < middle;
  for (int line = 0; line < pixels.lines(); ++line) {
    int inked = 0;
    for (int place = 0; place < pixels.width(); ++place) {
      if ((pixels.At(line, place) > middle) == dark_ground) ++inked;
    }
    look.covered =
        std::max(look.covered, inked / static_cast<double>(pixels.width()));
  }
  return look;
}

}  // namespace

std::set<std::string> NumbersNotSeen(
    const poppler::page& page, const std::vector<poppler::text_box>& words) {
  const std::vector<Word> numbers = NumbersOf(words);
  std::set<std::string> unseen;
  if (numbers.empty()) return unseen;
  const poppler::image image = Draw(page, kLookDpi);
  if (!image.is_valid()) return unseen;
  size_t seen = 0;
  std::vector<Word> perhaps_struck;
  for (const Word& number : numbers) {
    const Look look = LookAt(WordPixels(image, kLookDpi, number));
    if (look.contrast < kContrastMin) {
      unseen.insert(number.text);
      continue;
    }
    ++seen;
    if (look.covered >= kStruckMaybe) perhaps_struck.push_back(number);
  }
  if (seen == 0) return {};
  if (perhaps_struck.empty()) return unseen;
  const poppler::image close = Draw(page, kCloseLookDpi);
  for (const Word& number : perhaps_struck) {
    if (!close.is_valid() ||
        LookAt(WordPixels(close, kCloseLookDpi, number)).covered >= kStruck) {
      unseen.insert(number.text);
    }
  }
  return unseen;
}

}  // namespace annals::client
