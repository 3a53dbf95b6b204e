// Reads the sections that are text.

#ifndef ANNALS_CLIENT_IMPORT_PROSE_H_
#define ANNALS_CLIENT_IMPORT_PROSE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

// Knows how the text is wrapped, so that it can join the lines of a paragraph.
class ProseReader {
 public:
  // `prose`: the lines that are text, from which the width is taken.
  ProseReader(const std::vector<Line>& lines,
              const std::vector<LineRange>& prose);

  // The paragraphs in the lines, without page numbers; `first` is text that
  // stands before them. Within a paragraph the text is as printed, except that
  // the line ends of a wrapped print and indentations are gone.
  std::vector<std::string> Paragraphs(LineRange range,
                                      absl::string_view first) const;

 private:
  struct PrintedLine {
    absl::string_view text;
    int indent = 0;
    int width = 0;
    int page = 0;
    bool blank_before = false;
    bool numbered = false;
  };

  std::vector<PrintedLine> Collect(LineRange range) const;
  static int UsualWidth(const std::vector<PrintedLine>& printed);
  bool BeginsParagraph(const PrintedLine& previous,
                       const PrintedLine& line) const;

  const std::vector<Line>& lines_;
  // Lines end at the right margin, wherever the sentence is.
  bool wrapped_ = false;
  // An empty line stands after every line.
  bool double_spaced_ = false;
  int width_ = 0;
};

std::string JoinParagraphs(const std::vector<std::string>& paragraphs);

// Splits section one into its introduction and sub-topics. A sub-topic's
// heading with its number is not part of its text; whatever the form has no
// sub-topic for stays where it is printed.
void ReadOverview(const std::vector<std::string>& paragraphs,
                  v1::Overview* overview);

// Whether the paragraph is headed as one of the five sub-topics.
bool IsSubtopic(absl::string_view paragraph);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PROSE_H_
