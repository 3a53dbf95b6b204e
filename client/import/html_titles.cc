#include "client/import/html_titles.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/html_tree.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A page has one such heading, or one for each of its parts.
constexpr size_t kMaxHeadings = 8;
constexpr size_t kMaxTitleBytes = 600;
// Elements between a text and the link around it.
constexpr int kMaxDepth = 16;

GumboTag TagOf(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT ? node->v.element.tag
                                          : GUMBO_TAG_UNKNOWN;
}

absl::string_view Attribute(const GumboNode* node, const char* name) {
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name);
  return attribute == nullptr ? absl::string_view() : attribute->value;
}

// The text in an element, as far as a title goes.
std::string TextIn(const GumboNode* root) {
  std::string text;
  const GumboNode* node = root;
  while (node != nullptr && text.size() < kMaxTitleBytes) {
    if (node->type == GUMBO_NODE_TEXT)
      absl::StrAppend(&text, node->v.text.text);
    node = NextNode(node, root, true, [](const GumboNode*) {});
  }
  return text;
}

bool IsArticleTitle(const GumboNode* node) {
  return TagOf(node) == GUMBO_TAG_META &&
         absl::EqualsIgnoreCase(Attribute(node, "name"), "ArticleTitle");
}

}  // namespace

std::vector<std::string> StatedTitles(const GumboNode* root) {
  std::vector<std::string> articles;
  std::vector<std::string> windows;
  std::vector<std::string> headings;
  const GumboNode* node = root;
  while (node != nullptr) {
    const GumboTag tag = TagOf(node);
    if (IsArticleTitle(node) && articles.empty()) {
      articles.emplace_back(Attribute(node, "content"));
    } else if (tag == GUMBO_TAG_TITLE && windows.empty()) {
      windows.push_back(TextIn(node));
    } else if (tag == GUMBO_TAG_H1 && headings.size() < kMaxHeadings) {
      headings.push_back(TextIn(node));
    }
    node = NextNode(node, root, true, [](const GumboNode*) {});
  }
  std::vector<std::string> titles;
  for (std::vector<std::string>* some : {&articles, &windows, &headings}) {
    for (std::string& title : *some) {
      if (!TrimBlanks(title).empty()) titles.push_back(std::move(title));
    }
  }
  return titles;
}

bool IsInLink(const GumboNode* text) {
  int depth = 0;
  for (const GumboNode* node = text; node != nullptr && depth < kMaxDepth;
       node = node->parent, ++depth) {
    const GumboTag tag = TagOf(node);
    if (tag == GUMBO_TAG_NAV || tag == GUMBO_TAG_ASIDE) return true;
    if (tag != GUMBO_TAG_A) continue;
    // Word marks places with elements of this kind that lead nowhere.
    return !Attribute(node, "href").empty() ||
           (Attribute(node, "name").empty() && Attribute(node, "id").empty());
  }
  return false;
}

}  // namespace annals::client
