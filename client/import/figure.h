// What a cell of a table prints: a figure, a figure with a remark, or a mark
// that stands for no figure.

#ifndef ANNALS_CLIENT_IMPORT_FIGURE_H_
#define ANNALS_CLIENT_IMPORT_FIGURE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// What a reader of files writes after a figure that the file may print
// otherwise, or not at all: it makes the figure doubtful. Nobody prints U+FFFD.
inline constexpr absl::string_view kUnsureFigure = "(\uFFFD)";
// The same after one that a page shows in a font of its own; and in a text,
// where a person may read it.
inline constexpr absl::string_view kFigureInWebFont = "(\uFFFD\uFFFD)";
inline constexpr absl::string_view kInWebFontInText = "(字体?)";

// Without such marks after it.
absl::string_view WithoutReaderMarks(absl::string_view text);

struct Figure {
  // `/`, `-`, `—`, `——`, N/A or 无: the cell is blank and says so.
  bool placeholder = false;
  // -1 or 1.
  int sign = 1;
  // The sign is printed in words: 增8.
  bool in_words = false;
  // The digits before and after the decimal point, without separators.
  std::string integer;
  std::string fraction;
  // What follows the number directly: 件, 元, 万元 …; empty if nothing.
  std::string unit;
  // A remark in brackets, brackets included; empty if none.
  std::string note;
  // A reader has marked it with kUnsureFigure or kFigureInWebFont.
  bool is_marked = false;
  bool is_in_web_font = false;

  // "-59237.2449"
  std::string Decimal() const;
  // True if the print is more than a bare number: it is kept as a note.
  bool HasRemark() const {
    return placeholder || in_words || !unit.empty() ||
           (!note.empty() && !IsUnsure());
  }
  bool IsZero() const;
  // True if the remark says nothing but another number: 12 (13).
  bool IsTwoFigures() const;
  // True if a reader has marked it, or the print says (?).
  bool IsUnsure() const;
};

// Whether the trimmed content of a cell is a figure or stands for one.
// Full-width forms and thousands separators are understood; a number with a
// gap, with separators in odd places, or with an unclosed bracket is none.
bool ParseFigure(absl::string_view text, Figure* figure);

// Whether the trimmed content of a cell, which is no figure, was meant for one:
// 35*, 12-13, <5, 一百, a thousand digits. Neither a number before a label,
// such as 1. or (1), nor a date.
bool IsUnreadableFigure(absl::string_view text);

// Whether the text ends, or begins, in what may be part of a number.
bool EndsInNumber(absl::string_view text);
bool BeginsInNumber(absl::string_view text);

// Whether all of the text, if any, may be part of a number.
bool IsAllNumber(absl::string_view text);

// Whether a word may follow a figure as its unit.
bool IsUnitWord(absl::string_view word);

// Whether a cell prints nothing but a unit, as those of a column of units do.
bool IsUnitCell(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FIGURE_H_
