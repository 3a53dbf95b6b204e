// Whether a printed table head is the official one, however its words are
// broken over lines.

#ifndef ANNALS_CLIENT_IMPORT_HEADER_CHECK_H_
#define ANNALS_CLIENT_IMPORT_HEADER_CHECK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

// The core characters of all texts in the lines, in reading order; the last
// ones if there are many.
std::u32string TextCore(const std::vector<Line>& lines, LineRange range);

// Whether `head` has all characters of `labels`, each as often as they do, but
// for a few: it is a head of that kind, whatever it names.
bool HasAllCharacters(const std::u32string& head,
                      const std::vector<std::u32string>& labels);

// Whether both words are printed in the lines, the first one before the second:
// to the left of it in a head laid out over several lines, else earlier.
bool ColumnsInOrder(const std::vector<Line>& lines, LineRange range,
                    const std::u32string& first, const std::u32string& second);

// Where in `head`, from `*at` on, one of the wordings ends. False if there is
// none.
bool FindWording(const std::u32string& head,
                 const std::vector<std::u32string>& wordings, size_t* at);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HEADER_CHECK_H_
