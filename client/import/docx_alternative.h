// Content of a Word document that stands for other content.

#ifndef ANNALS_CLIENT_IMPORT_DOCX_ALTERNATIVE_H_
#define ANNALS_CLIENT_IMPORT_DOCX_ALTERNATIVE_H_

#include <pugixml.hpp>

namespace annals::client {

// The content that a program of today shows of a mc:AlternateContent: the first
// choice of which it knows all that the choice requires, else the fallback.
pugi::xml_node ShownAlternative(pugi::xml_node node);

// Whether a w:sdt shows the text that asks for its content, not the content.
bool ShowsPlaceholder(pugi::xml_node control);
// Whether the node stands in such a control.
bool IsInPlaceholder(pugi::xml_node node);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCX_ALTERNATIVE_H_
