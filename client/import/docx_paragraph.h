// The text of a paragraph in a Word document, as it is shown.

#ifndef ANNALS_CLIENT_IMPORT_DOCX_PARAGRAPH_H_
#define ANNALS_CLIENT_IMPORT_DOCX_PARAGRAPH_H_

#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/docx_run_look.h"

namespace annals::client {

// Whether an element wraps blocks or runs that are shown as if it were not
// there.
bool IsDocxWrapper(absl::string_view name);

// Text of a paragraph, and of the text boxes that are anchored in it.
struct ParagraphText {
  std::string text;
  std::vector<pugi::xml_node> boxes;
};

// The fields that have begun and not ended.
class OpenFields {
 public:
  // `type`: of a w:fldChar.
  void Take(absl::string_view type);
  // Whether what follows is the code of a field, of which its result is shown.
  bool InCode() const { return codes_ > 0; }

 private:
  // Whether each is still in its code, the innermost last.
  std::vector<bool> in_code_;
  int codes_ = 0;
};

class ParagraphReader {
 public:
  // `styles`: the root of the part of styles; may be null.
  explicit ParagraphReader(pugi::xml_node styles) : styles_(styles) {}

  // Text that stands apart from its line, raised or hardly seen, is in
  // brackets: a raised number is the mark of a note and no digit of the figure
  // before. A figure that is hardly seen as a whole, turned round, or
  // that only asks for content, is marked by kUnsureFigure.
  ParagraphText Read(pugi::xml_node paragraph);

  // A field may go on in the next paragraph, but not in the next cell of a
  // table. Returns those that were open, to be set again after the cell.
  OpenFields SetFields(OpenFields fields);

 private:
  struct Piece {
    std::string text;
    RunLook look;
  };

  void TakeRuns(pugi::xml_node node);
  void TakeWrapper(pugi::xml_node node);
  void MarkFigure(size_t first);
  void TakeRun(pugi::xml_node run);
  void TakeRunChild(pugi::xml_node child, Piece* piece);
  static void AppendContent(pugi::xml_node child, std::string* text);
  std::string Join() const;

  const RunStyles styles_;
  OpenFields fields_;
  // Of the paragraph that is read.
  pugi::xml_node properties_;
  std::vector<Piece> pieces_;
  std::vector<pugi::xml_node> boxes_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCX_PARAGRAPH_H_
