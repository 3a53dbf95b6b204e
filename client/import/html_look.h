// How the text of a cell looks on the page, as far as a figure in it may not be
// the one that is stored: parts of it are hidden, struck out or turned round,
// or its digits do not look alike, so that some may be the mark of a note.

#ifndef ANNALS_CLIENT_IMPORT_HTML_LOOK_H_
#define ANNALS_CLIENT_IMPORT_HTML_LOOK_H_

#include <gumbo.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/html_style.h"

namespace annals::client {

class CellLook {
 public:
  // For the cells of a table. `sheets` is not owned.
  CellLook(const StyleSheets* sheets, const GumboNode* table);
  // For the cells of one of its rows.
  CellLook OfRow(const GumboNode* row, const GumboNode* table) const;

  // The cell and the elements below it, as they begin and end.
  void Enter(const GumboNode* element);
  void Leave(const GumboNode* element);
  // Text that is added to `line`.
  void Text(absl::string_view text, absl::string_view line);
  // Something in it may be shown that is not read.
  void Doubt() { doubtful_ = true; }

  // Whether a figure in the cell may not be what the page shows.
  bool IsDoubtful() const { return doubtful_; }

 private:
  // What text has from the elements around it.
  struct State {
    int look = 0;
    bool hidden = false;
    bool invisible = false;
    bool collapse = false;   // For rows below.
    bool collapsed = false;  // In a row that takes no room.
    bool size_zero = false;
    bool struck = false;
    bool reordered = false;
    bool clipped = false;
    bool folded = false;
    // Those it may have; of the text, and behind it.
    std::vector<Colour> colours;
    std::vector<Colour> backgrounds;
  };

  static bool IsAsStored(const State& state);
  // `above`: of the state of what is around the table, what holds in it.
  State Kept(const State& above) const;
  State Within(const GumboNode* element, State state);
  void JudgeBox(const GumboNode* element, const StyleEffects& effects);
  int LookWithin(const GumboNode* element, int look);

  const StyleSheets& sheets_;
  bool doubtful_ = false;
  int last_look_ = 0;  // That of the last text.
  std::vector<State> states_;
  // Numbers of looks, by that of the elements around and what is added to it.
  std::map<std::pair<int, std::string>, int> looks_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_LOOK_H_
