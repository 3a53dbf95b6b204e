#include "client/import/html_article.h"

#include <algorithm>
#include <set>

#include "client/import/document.h"
#include "client/import/headings.h"

namespace annals::client {
namespace {

bool IsWithin(const GumboNode* node, const GumboNode* ancestor) {
  while (node != nullptr && node != ancestor) node = node->parent;
  return node == ancestor;
}

int Depth(const GumboNode* node) {
  int depth = 0;
  for (; node != nullptr; node = node->parent) ++depth;
  return depth;
}

// The smallest element that holds both.
const GumboNode* CommonAncestor(const GumboNode* a, const GumboNode* b) {
  int depth_a = Depth(a);
  int depth_b = Depth(b);
  for (; depth_a > depth_b; --depth_a) a = a->parent;
  for (; depth_b > depth_a; --depth_b) b = b->parent;
  while (a != b) {
    a = a->parent;
    b = b->parent;
  }
  return a;
}

}  // namespace

size_t ArticleLines(absl::string_view text,
                    const std::vector<const GumboNode*>& nodes) {
  const std::vector<Line> lines = SplitLines(text);
  std::set<v1::Section> sections;
  size_t first = nodes.size();  // Indexes in `nodes`.
  size_t last = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto index = static_cast<size_t>(lines[i].number - 1);
    if (index >= nodes.size()) break;
    const auto heading = HeadingAt(lines, i);
    if (!heading.has_value()) continue;
    sections.insert(heading->section);
    first = std::min(first, index);
    last = index;
  }
  if (sections.size() < 2) return nodes.size();
  const GumboNode* article = CommonAncestor(nodes[first], nodes[last]);
  if (last + 1 < nodes.size()) {
    article = CommonAncestor(article, nodes[last + 1]);
  }
  // Lines stand in the order of the nodes, so that an element's lines follow
  // each other.
  const auto end = std::partition_point(
      nodes.begin() + static_cast<std::ptrdiff_t>(last), nodes.end(),
      [article](const GumboNode* node) { return IsWithin(node, article); });
  return static_cast<size_t>(end - nodes.begin());
}

}  // namespace annals::client
