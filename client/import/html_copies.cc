#include "client/import/html_copies.h"

#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/import/html_tree.h"

namespace annals::client {
namespace {

// A table stands so deep in what hides it.
constexpr int kMaxDepth = 16;
constexpr size_t kMaxTables = 64;

bool IsDisplayed(const GumboNode* table, const StyleSheets& sheets) {
  int depth = 0;
  for (const GumboNode* node = table;
       node != nullptr && node->type == GUMBO_NODE_ELEMENT && depth < kMaxDepth;
       node = node->parent, ++depth) {
    if (gumbo_get_attribute(&node->v.element.attributes, "hidden") != nullptr ||
        sheets.EffectsOn(node).Has(StyleEffect::kNotDisplayed)) {
      return false;
    }
  }
  return true;
}

// Its tags without what they say, and its text without blanks: the same cells.
std::string ContentOf(const GumboNode* table) {
  std::string content;
  const GumboNode* node = table;
  while (node != nullptr) {
    if (node->type == GUMBO_NODE_ELEMENT) {
      absl::StrAppend(&content, "<", static_cast<int>(node->v.element.tag));
    } else if (node->type == GUMBO_NODE_TEXT) {
      for (const char* c = node->v.text.text; *c != '\0'; ++c) {
        if (!absl::ascii_isspace(static_cast<unsigned char>(*c))) {
          content.push_back(*c);
        }
      }
    }
    node = NextNode(node, table, true, [](const GumboNode*) {});
  }
  return content;
}

}  // namespace

std::set<const GumboNode*> HiddenCopies(
    const std::vector<const GumboNode*>& tables, const StyleSheets& sheets) {
  std::set<const GumboNode*> copies;
  if (tables.size() > kMaxTables) return copies;
  std::vector<const GumboNode*> hidden;
  std::set<std::string> displayed;
  for (const GumboNode* table : tables) {
    if (IsDisplayed(table, sheets)) {
      displayed.insert(ContentOf(table));
    } else {
      hidden.push_back(table);
    }
  }
  for (const GumboNode* table : hidden) {
    if (displayed.count(ContentOf(table)) > 0) copies.insert(table);
  }
  return copies;
}

}  // namespace annals::client
