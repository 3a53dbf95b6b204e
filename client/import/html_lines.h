// The text of a part of a page, line by line.

#ifndef ANNALS_CLIENT_IMPORT_HTML_LINES_H_
#define ANNALS_CLIENT_IMPORT_HTML_LINES_H_

#include <gumbo.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/html_style.h"

namespace annals::client {

struct GatheredLine {
  std::string text;
  bool printed = false;             // Its blanks are part of its layout.
  const GumboNode* node = nullptr;  // It begins there.
  // The parts, from a byte to one past the last, that the page shows in a font
  // of its own.
  std::vector<std::pair<size_t, size_t>> in_web_font;
};

// Lets the figures of the line, as far as they are in a font of the page's own,
// be read as such.
void MarkWebFont(GatheredLine* line);

// Gathers the text of a node as lines.
class LineGatherer {
 public:
  // `in_web_font`: what is around the node. `sheets` is not owned.
  LineGatherer(const StyleSheets* sheets, bool in_web_font)
      : sheets_(*sheets), around_in_web_font_(in_web_font) {}

  // Elements, as they begin and end.
  void Enter(const GumboNode* node);
  void Leave(const GumboNode* node);
  void Text(const GumboNode* node);

  void Append(absl::string_view text);
  void EndLine();

  // The lines that have ended.
  std::vector<GatheredLine> TakeEnded() {
    return std::exchange(lines_, std::vector<GatheredLine>());
  }

  // The line so far.
  const std::string& line() const { return line_; }

 private:
  bool IsRaised(const GumboNode* node) const;
  void EnterFont(const GumboNode* node);
  // The text from `begin` on is in the font of the element that it is in.
  void NoteFont(size_t begin);

  const StyleSheets& sheets_;
  const bool around_in_web_font_;
  // The elements around, and whether the text of each is in such a font; kept
  // only if the page has any.
  std::vector<std::pair<const GumboNode*, bool>> fonts_;
  const GumboNode* raised_ = nullptr;
  std::string line_;
  std::vector<std::pair<size_t, size_t>> in_web_font_;
  int pre_ = 0;
  std::vector<int> counters_;
  const GumboNode* node_ = nullptr;
  std::vector<GatheredLine> lines_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_LINES_H_
