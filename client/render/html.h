// HTML pages that stand alone: nothing is fetched, no script runs, and no text
// of a report can become markup.

#ifndef ANNALS_CLIENT_RENDER_HTML_H_
#define ANNALS_CLIENT_RENDER_HTML_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/text.h"

namespace annals::client {

// `text` for the content of an element or of a quoted attribute: XmlText with
// its markup escaped.
std::string HtmlText(absl::string_view text);

using HtmlAttributes = std::vector<std::pair<absl::string_view, std::string>>;

// Writes elements one after the other. Tags and names of attributes are the
// caller's own words; everything else is escaped.
class HtmlBuilder {
 public:
  void Open(absl::string_view tag, const HtmlAttributes& attributes = {});
  void Close(absl::string_view tag);
  void Text(absl::string_view text);
  // An element that holds a text.
  void Element(absl::string_view tag, absl::string_view text,
               const HtmlAttributes& attributes = {});

  const std::string& html() const { return html_; }

 private:
  std::string html_;
};

// The code of a language (BCP 47). Reports are written in Chinese.
absl::string_view LanguageCode(Language language);

struct HtmlPage {
  Language language = Language::kZh;
  std::string title;
  // Style sheets, our own.
  std::string style;
};

// The document around `body`, which is HTML.
std::string RenderPage(const HtmlPage& page, const HtmlBuilder& body);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_HTML_H_
