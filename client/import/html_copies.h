// Tables that a page has twice, once for another kind of screen.

#ifndef ANNALS_CLIENT_IMPORT_HTML_COPIES_H_
#define ANNALS_CLIENT_IMPORT_HTML_COPIES_H_

#include <gumbo.h>

#include <set>
#include <vector>

#include "client/import/html_style.h"

namespace annals::client {

// Those of the tables that are not displayed, while another one with the same
// text is. What differs from all that is displayed may be the report, which a
// script shows.
std::set<const GumboNode*> HiddenCopies(
    const std::vector<const GumboNode*>& tables, const StyleSheets& sheets);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_COPIES_H_
