#include "client/import/pdf_drawing.h"

#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace annals::client {
namespace {

constexpr double kPointsPerInch = 72;
// Below it nothing can be said of a figure of common size.
constexpr double kLookDpiMin = 50;
// What drawing a page may take: one byte each.
constexpr double kPixelsMax = 24e6;
constexpr double kHalf = 0.5;

}  // namespace

PdfDrawing::PdfDrawing(const poppler::page& page, const poppler::rectf& part,
                       double dpi) {
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
  bytes_ = image_.const_data();
  line_bytes_ = image_.bytes_per_row();
}

int PdfDrawing::Within(double points, int origin, int end) const {
  return static_cast<int>(
      std::clamp(points * scale_ - origin, 0.0, static_cast<double>(end)));
}

PdfPixels::PdfPixels(const PdfDrawing& drawing, const poppler::rectf& box,
                     bool upright, double margin_across, double margin_along)
    : drawing_(drawing), upright_(upright) {
  const double x = box.width() * (upright ? margin_along : margin_across);
  const double y = box.height() * (upright ? margin_across : margin_along);
  left_ = drawing.Column(box.left() + x);
  right_ = drawing.Column(box.right() - x);
  top_ = drawing.Line(box.top() + y);
  bottom_ = drawing.Line(box.bottom() - y);
}

int PdfPixels::Contrast() const {
  const auto [darkest, lightest] = Range();
  return std::max(0, lightest - darkest);
}

std::vector<double> PdfPixels::CoveredLines(double ink) const {
  std::vector<double> lines_covered;
  const auto [darkest, lightest] = Range();
  const int contrast = lightest - darkest;
  if (contrast < kPdfContrastMin) return lines_covered;
  const bool dark_ground = Mean() < (darkest + lightest) / 2;
  const double limit =
      dark_ground ? darkest + ink * contrast : lightest - ink * contrast;
  for (int line = 0; line < lines(); ++line) {
    int inked = 0;
    for (int place = 0; place < width(); ++place) {
      if ((At(line, place) > limit) == dark_ground) ++inked;
    }
    lines_covered.push_back(inked / static_cast<double>(width()));
  }
  return lines_covered;
}

double PdfPixels::Covered() const {
  const std::vector<double> lines_covered = CoveredLines(kHalf);
  return lines_covered.empty()
             ? 0
             : *std::max_element(lines_covered.begin(), lines_covered.end());
}

std::pair<int, int> PdfPixels::Range() const {
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

int PdfPixels::Mean() const {
  int64_t sum = 0;
  for (int line = 0; line < lines(); ++line) {
    for (int place = 0; place < width(); ++place) sum += At(line, place);
  }
  return static_cast<int>(sum / std::max(1, lines() * width()));
}

}  // namespace annals::client
