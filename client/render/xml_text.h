// Text for XML files that other programs open.

#ifndef ANNALS_CLIENT_RENDER_XML_TEXT_H_
#define ANNALS_CLIENT_RENDER_XML_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// `text` with what XML 1.0 has no place for made visible: control and
// bidirectional characters are written out as PrintableText does, U+FFFE and
// U+FFFF become U+FFFD. Markup is not escaped: whatever writes the XML does.
std::string XmlText(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_XML_TEXT_H_
