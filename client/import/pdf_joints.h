// Numbers that a page of a PDF prints in pieces of unlike size or height, such
// as a figure with the raised mark of a note: laid out as text, they look like
// one figure.

#ifndef ANNALS_CLIENT_IMPORT_PDF_JOINTS_H_
#define ANNALS_CLIENT_IMPORT_PDF_JOINTS_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace poppler {
class text_box;
}

namespace annals::client {

// Each as the text of the page has it; `words`, with their fonts, are the
// page's. The words at the indexes `doubtful` are unlike any other, and are
// numbers of this kind by themselves. So are numbers of the text that neither a
// word nor words beside each other print: their pieces lie over each other.
std::set<std::string> NumbersInUnlikePieces(
    const std::vector<poppler::text_box>& words,
    const std::set<size_t>& doubtful, absl::string_view text);

// Marks each of the numbers, wherever it stands in the text, as one to doubt.
// Columns to the right of it stay in place as far as there is space.
void MarkNumbers(const std::set<std::string>& numbers, std::string* text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_JOINTS_H_
