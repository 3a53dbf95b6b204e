// Where the report ends on a web page, and the page's foot begins.

#ifndef ANNALS_CLIENT_IMPORT_HTML_ARTICLE_H_
#define ANNALS_CLIENT_IMPORT_HTML_ARTICLE_H_

#include <gumbo.h>

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// How many of the text's lines are before the foot of the page, given the node
// that each line begins in. The report is taken to be all of the smallest
// element that holds its section headings and text after the last of them; on a
// page without two such headings, all lines are the report's.
size_t ArticleLines(absl::string_view text,
                    const std::vector<const GumboNode*>& nodes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_ARTICLE_H_
