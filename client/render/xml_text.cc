#include "client/render/xml_text.h"

#include "absl/strings/str_replace.h"
#include "client/render/printable.h"

namespace annals::client {

std::string XmlText(absl::string_view text) {
  return absl::StrReplaceAll(PrintableText(text),
                             {{"\uFFFE", "\uFFFD"}, {"\uFFFF", "\uFFFD"}});
}

}  // namespace annals::client
