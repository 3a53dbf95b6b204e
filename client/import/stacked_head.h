// Heads whose columns are so narrow that each name runs down over many lines,
// often one character to a line.

#ifndef ANNALS_CLIENT_IMPORT_STACKED_HEAD_H_
#define ANNALS_CLIENT_IMPORT_STACKED_HEAD_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

struct StackedNames {
  // The ways in which each column may be named, from left to right.
  std::vector<std::vector<std::u32string>> columns;
  // What stands over several of them.
  std::set<std::u32string> spans;
  // What may stand to the left of them, whole or in pieces.
  std::vector<std::u32string> beside;
};

// The first of the fewest lines at the end of the head that, read downwards
// where they stand below each other, name the columns and nothing else.
// Nothing if the print has cells, or names other things.
std::optional<size_t> FindStackedNames(const std::vector<Line>& lines,
                                       LineRange head,
                                       const StackedNames& names);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_STACKED_HEAD_H_
