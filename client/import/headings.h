// Recognises a line that is the heading of a section.

#ifndef ANNALS_CLIENT_IMPORT_HEADINGS_H_
#define ANNALS_CLIENT_IMPORT_HEADINGS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

// The heading that begins at a line, if one does.
std::optional<Heading> HeadingAt(const std::vector<Line>& lines, size_t line);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HEADINGS_H_
