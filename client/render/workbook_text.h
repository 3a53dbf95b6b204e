// Texts as the cells of a workbook hold them.

#ifndef ANNALS_CLIENT_RENDER_WORKBOOK_TEXT_H_
#define ANNALS_CLIENT_RENDER_WORKBOOK_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// A text that a program would read as an escaped character (_x0041_) is
// escaped itself (ISO/IEC 29500-1, 22.9.2.19).
std::string WorkbookText(absl::string_view text);

// A text in parts that fit into a cell; one part at least.
std::vector<std::string> CellParts(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_WORKBOOK_TEXT_H_
