#include "client/render/html.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/render/printable.h"
#include "client/render/xml_text.h"

namespace annals::client {
namespace {

// Nothing is loaded and no script runs, whatever a page may hold.
constexpr char kPolicy[] =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'";

// Elements of running text: a line break in the source would be a space.
bool IsInline(absl::string_view tag) {
  return tag == "a" || tag == "b" || tag == "span" || tag == "del" ||
         tag == "ins" || tag == "sup" || tag == "code";
}

}  // namespace

std::string HtmlText(absl::string_view text) {
  return absl::StrReplaceAll(XmlText(text), {{"&", "&amp;"},
                                             {"<", "&lt;"},
                                             {">", "&gt;"},
                                             {"\"", "&quot;"},
                                             {"'", "&#39;"}});
}

void HtmlBuilder::Open(absl::string_view tag,
                       const HtmlAttributes& attributes) {
  absl::StrAppend(&html_, "<", tag);
  for (const auto& [name, value] : attributes) {
    absl::StrAppend(&html_, " ", name, "=\"", HtmlText(value), "\"");
  }
  absl::StrAppend(&html_, ">");
}

void HtmlBuilder::Close(absl::string_view tag) {
  absl::StrAppend(&html_, "</", tag, ">");
  if (!IsInline(tag)) html_.push_back('\n');
}

void HtmlBuilder::Text(absl::string_view text) {
  absl::StrAppend(&html_, HtmlText(text));
}

void HtmlBuilder::Element(absl::string_view tag, absl::string_view text,
                          const HtmlAttributes& attributes) {
  Open(tag, attributes);
  Text(text);
  Close(tag);
}

absl::string_view LanguageCode(Language language) {
  return language == Language::kZh ? "zh-CN" : "en";
}

std::string RenderPage(const HtmlPage& page, const HtmlBuilder& body) {
  HtmlBuilder head;
  head.Open("meta", {{"charset", "utf-8"}});
  head.Open("meta",
            {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  head.Open("meta", {{"name", "viewport"},
                     {"content", "width=device-width, initial-scale=1"}});
  head.Open("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  head.Element("title", PrintableLine(page.title));
  return absl::StrCat("<!DOCTYPE html>\n<html lang=\"",
                      LanguageCode(page.language), "\">\n<head>\n", head.html(),
                      "<style>\n", page.style, "</style>\n</head>\n<body>\n",
                      body.html(), "</body>\n</html>\n");
}

}  // namespace annals::client
