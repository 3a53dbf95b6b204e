// A page of a PDF as it is seen.

#ifndef ANNALS_CLIENT_IMPORT_PDF_DRAWING_H_
#define ANNALS_CLIENT_IMPORT_PDF_DRAWING_H_

#include <poppler-image.h>
#include <poppler-rectangle.h>

#include <utility>
#include <vector>

namespace poppler {
class page;
}

namespace annals::client {

// A page, or a part of it, in grey levels.
class PdfDrawing {
 public:
  // Of a part of the page, at most at `dpi`; invalid if even that would be too
  // large at the least that shows a figure.
  PdfDrawing(const poppler::page& page, const poppler::rectf& part, double dpi);
  PdfDrawing(const PdfDrawing&) = delete;
  PdfDrawing& operator=(const PdfDrawing&) = delete;

  bool is_valid() const { return image_.is_valid(); }
  // Of a place of the page in points, from the left and from the top; within
  // the drawing.
  int Column(double x) const { return Within(x, left_, image_.width()); }
  int Line(double y) const { return Within(y, top_, image_.height()); }
  int At(int x, int y) const {
    return static_cast<unsigned char>(bytes_[y * line_bytes_ + x]);
  }

 private:
  int Within(double points, int origin, int end) const;

  double scale_ = 1;
  int left_ = 0;
  int top_ = 0;
  poppler::image image_;
  const char* bytes_ = nullptr;  // Of the image.
  int line_bytes_ = 0;
};

// A part of a drawing, as a grid of grey levels with its lines along the text.
class PdfPixels {
 public:
  // Parts of the box's extent across and along the text are left out on either
  // side.
  PdfPixels(const PdfDrawing& drawing, const poppler::rectf& box, bool upright,
            double margin_across, double margin_along);

  int lines() const { return upright_ ? bottom_ - top_ : right_ - left_; }
  int width() const { return upright_ ? right_ - left_ : bottom_ - top_; }
  int At(int line, int place) const {
    return drawing_.At(left_ + (upright_ ? place : line),
                       top_ + (upright_ ? line : place));
  }

  // Between the lightest and the darkest spot.
  int Contrast() const;
  // How much of the width each line covers in another shade than the ground,
  // which takes most of the space: in spots that differ from it by more than
  // that part of the contrast. Nothing if there is too little of that.
  std::vector<double> CoveredLines(double ink) const;
  // The most of them, in spots that are nearer to ink than to the ground.
  double Covered() const;

 private:
  // The darkest and the lightest spot.
  std::pair<int, int> Range() const;
  int Mean() const;

  const PdfDrawing& drawing_;
  const bool upright_;
  int left_ = 0;
  int right_ = 0;
  int top_ = 0;
  int bottom_ = 0;
};

// Grey levels of 255 between the lightest and the darkest spot of a digit;
// print that is fainter is overlooked.
inline constexpr int kPdfContrastMin = 64;

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_DRAWING_H_
