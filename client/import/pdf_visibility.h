// Numbers that the text layer of a PDF has but its page does not show as they
// stand: in the colour of their ground, covered, or struck out. The page is
// drawn as a reader would see it, because colour, order and strokes of a PDF
// stand nowhere beside its text.

#ifndef ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_
#define ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_

#include <set>
#include <string>
#include <vector>

namespace poppler {
class page;
class text_box;
}  // namespace poppler

namespace annals::client {

// Each word with such a number, as the text of the page has it. `words` are the
// page's. None of a page on which no number at all is seen: its font is not in
// the file and not on this machine, or the page is too large to be drawn.
std::set<std::string> NumbersNotSeen(
    const poppler::page& page, const std::vector<poppler::text_box>& words);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_
