// Labels that style sheets set beside the text of an element, out of its
// attributes: td:before{content:attr(data-label)}, as pages for narrow screens
// repeat the heads of columns.

#ifndef ANNALS_CLIENT_IMPORT_HTML_LABELS_H_
#define ANNALS_CLIENT_IMPORT_HTML_LABELS_H_

#include <gumbo.h>

#include "absl/strings/string_view.h"

namespace annals::client {

// Whether the value of `content` is nothing but attributes that hold labels,
// and marks that are no part of a number.
bool IsLabelContent(absl::string_view content);

// Whether an attribute that may be such a label begins or ends so that it may
// look as if it were part of a figure beside it.
bool HasLabelLikeNumber(const GumboNode* element);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_LABELS_H_
