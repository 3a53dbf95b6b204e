// The rows of a table in a Word document, laid out over its grid as they are
// shown: with changes accepted, and with the cells that are merged.

#ifndef ANNALS_CLIENT_IMPORT_DOCX_ROWS_H_
#define ANNALS_CLIENT_IMPORT_DOCX_ROWS_H_

#include <pugixml.hpp>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// The nodes of a name below a node, directly or in wrappers.
std::vector<pugi::xml_node> DocxNodesIn(pugi::xml_node node,
                                        absl::string_view name);

struct DocxCell {
  pugi::xml_node node;  // Null for a place that the row leaves free.
  int begin = 0;        // Its first column.
  int columns = 1;
  // It goes on a cell above, whose content is shown in its place.
  bool is_covered = false;
  // A figure in it is not known to be that of this row and column alone, or to
  // be seen.
  bool is_doubtful = false;
};

using DocxRow = std::vector<DocxCell>;

// Without rows and cells that are deleted or hidden. Columns beyond those that
// a form may have are one.
std::vector<DocxRow> DocxRowsOf(pugi::xml_node table);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCX_ROWS_H_
