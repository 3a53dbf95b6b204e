// Whether a digit that the text of a PDF has is the one that its page shows: a
// font may map its glyphs to any text (ToUnicode), so that a printed 3 is an 8
// for every program that reads it.

#ifndef ANNALS_CLIENT_IMPORT_PDF_DIGIT_SHAPES_H_
#define ANNALS_CLIENT_IMPORT_PDF_DIGIT_SHAPES_H_

#include <poppler-rectangle.h>

#include <array>
#include <cstddef>
#include <optional>

#include "client/import/pdf_drawing.h"

namespace annals::client {

// What is drawn of a digit, scaled to one height, without mean and of length 1.
class PdfDigitShape {
 public:
  static constexpr int kWidth = 6;
  static constexpr int kHeight = 9;

  // Of the digit that stands in the box, turned clockwise by quarters. Nothing
  // if too little is drawn there to tell a digit by.
  static std::optional<PdfDigitShape> Of(const PdfDrawing& drawing,
                                         const poppler::rectf& box,
                                         int quarter_turns);

  // Whether it looks like another digit, and clearly less like `digit`.
  bool LooksLikeOtherThan(int digit) const;

  using Cells = std::array<double, size_t{kWidth} * kHeight>;
  const Cells& cells() const { return cells_; }

 private:
  explicit PdfDigitShape(const Cells& cells) : cells_(cells) {}

  Cells cells_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_DIGIT_SHAPES_H_
