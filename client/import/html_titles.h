// What a page states for its title: the title of its window, its first
// headings, and what the publisher's system says of the article.

#ifndef ANNALS_CLIENT_IMPORT_HTML_TITLES_H_
#define ANNALS_CLIENT_IMPORT_HTML_TITLES_H_

#include <gumbo.h>

#include <string>
#include <vector>

namespace annals::client {

// An article's title comes before that of the window.
std::vector<std::string> StatedTitles(const GumboNode* root);

// Whether the text stands in a link, or in a part of the page beside its
// article, as far as that is near above it.
bool IsInLink(const GumboNode* text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_TITLES_H_
