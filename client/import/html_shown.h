// Which elements of a page show their text, and where.

#ifndef ANNALS_CLIENT_IMPORT_HTML_SHOWN_H_
#define ANNALS_CLIENT_IMPORT_HTML_SHOWN_H_

#include <gumbo.h>

namespace annals::client {

// Whether an element of that kind flows within a line.
bool IsInline(GumboTag tag);

// Whether a page does not show the text of a node, or shows it struck out.
bool IsSkipped(const GumboNode* node);

// Whether a page gives no room to a row, by its own style attribute or that of
// its group. The cells of other rows stand beside it as if it were there.
bool IsCollapsedRow(const GumboNode* row);

// Whether a node that is skipped may still show something: a picture, another
// page, a control.
bool MayShowOtherwise(const GumboNode* node);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_SHOWN_H_
