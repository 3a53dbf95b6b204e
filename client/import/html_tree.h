// HTML as a tree, parsed by gumbo within limits.
//
// Gumbo has no limits of its own: markup of a few megabytes can ask for
// gigabytes (each paragraph repeats the formatting elements left open before
// it) or for hours (each start tag looks through all open elements), and it
// frees deep trees by recursion. All its work goes through its allocator, so
// that is where the limits are: one that gives up leaves the parser by
// longjmp. Only frames of gumbo, which is C, are left that way, and all they
// hold lies in the allocator's own blocks.

#ifndef ANNALS_CLIENT_IMPORT_HTML_TREE_H_
#define ANNALS_CLIENT_IMPORT_HTML_TREE_H_

#include <gumbo.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/cpu_deadline.h"
#include "client/import/source_text.h"

namespace annals::client {

class HtmlTree {
 public:
  // `html` must outlive the tree. INVALID_ARGUMENT
  // (FILE_TOO_COMPLEX) if it takes more than the limits.
  static absl::StatusOr<HtmlTree> Parse(absl::string_view html,
                                        const ImportLimits& limits,
                                        const CpuDeadline& deadline);

  HtmlTree(HtmlTree&&) noexcept;
  HtmlTree& operator=(HtmlTree&&) noexcept;
  ~HtmlTree();

  const GumboNode* root() const { return root_; }

 private:
  class Arena;

  HtmlTree();

  std::unique_ptr<Arena> arena_;
  const GumboNode* root_ = nullptr;
};

// The number that an attribute gives; `otherwise` if it gives none.
int NumberAttribute(const GumboNode* node, const char* name, int otherwise);

// The next node in the order of the text, from `*node`: its first child if
// `enter`, else what follows it. `leave` is called for each element that ends
// on the way. Null after the last one below `root`. Iterative, for trees of any
// depth.
template <typename Leave>
const GumboNode* NextNode(const GumboNode* node, const GumboNode* root,
                          bool enter, Leave leave) {
  const bool container = node->type == GUMBO_NODE_ELEMENT ||
                         node->type == GUMBO_NODE_DOCUMENT ||
                         node->type == GUMBO_NODE_TEMPLATE;
  if (enter && container) {
    const GumboVector& children = node->type == GUMBO_NODE_DOCUMENT
                                      ? node->v.document.children
                                      : node->v.element.children;
    if (children.length > 0) {
      return static_cast<const GumboNode*>(children.data[0]);
    }
  }
  while (node != root) {
    leave(node);
    const GumboNode* parent = node->parent;
    const GumboVector& siblings = parent->type == GUMBO_NODE_DOCUMENT
                                      ? parent->v.document.children
                                      : parent->v.element.children;
    const size_t next = node->index_within_parent + 1;
    if (next < siblings.length) {
      return static_cast<const GumboNode*>(siblings.data[next]);
    }
    node = parent;
  }
  leave(root);
  return nullptr;
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_TREE_H_
