// Numbers that the text layer of a PDF has but its page does not show as they
// stand there: a digit in the colour of its ground, covered, or struck out, or
// a number that goes on in another line of its cell. The page is drawn as a
// reader would see it, because colour, order and strokes of a PDF stand nowhere
// beside its text.

#ifndef ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_
#define ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_

#include <cstddef>
#include <set>
#include <vector>

namespace poppler {
class page;
class text_box;
}  // namespace poppler

namespace annals::client {

// The indexes of the words with such a number; every one with a number if they
// take too much of a page to be drawn. `words` are the page's.
std::set<size_t> NumbersNotShownSo(const poppler::page& page,
                                   const std::vector<poppler::text_box>& words);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PDF_VISIBILITY_H_
