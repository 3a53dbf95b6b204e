// Reads HTML with a parser that is not ours.

#ifndef ANNALS_TESTS_CLIENT_HTML_DOCUMENT_H_
#define ANNALS_TESTS_CLIENT_HTML_DOCUMENT_H_

#include <gumbo.h>

#include <functional>
#include <string>
#include <vector>

namespace annals::client {

class HtmlDocument {
 public:
  explicit HtmlDocument(std::string html)
      : html_(std::move(html)),
        output_(gumbo_parse_with_options(&kGumboDefaultOptions, html_.data(),
                                         html_.size())) {}
  ~HtmlDocument() { gumbo_destroy_output(&kGumboDefaultOptions, output_); }
  HtmlDocument(const HtmlDocument&) = delete;
  HtmlDocument& operator=(const HtmlDocument&) = delete;

  unsigned error_count() const { return output_->errors.length; }

  static std::string Attribute(const GumboNode* node, const char* name) {
    const GumboAttribute* attribute =
        gumbo_get_attribute(&node->v.element.attributes, name);
    return attribute == nullptr ? "" : attribute->value;
  }

  static std::string Text(const GumboNode* node) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
      return node->v.text.text;
    }
    std::string text;
    if (node->type != GUMBO_NODE_ELEMENT) return text;
    for (unsigned i = 0; i < node->v.element.children.length; ++i) {
      text += Text(Child(node, i));
    }
    return text;
  }

  // All elements below `node` for which it holds, in document order.
  static std::vector<const GumboNode*> Find(
      const GumboNode* node, std::function<bool(const GumboNode*)> holds) {
    std::vector<const GumboNode*> found;
    Visit(node, [&](const GumboNode* element) {
      if (holds(element)) found.push_back(element);
    });
    return found;
  }

  std::vector<const GumboNode*> Tags(GumboTag tag) const {
    return Find(output_->root, [tag](const GumboNode* element) {
      return element->v.element.tag == tag;
    });
  }

  std::vector<const GumboNode*> WithClass(const std::string& name) const {
    return Find(output_->root, [&](const GumboNode* element) {
      return (" " + Attribute(element, "class") + " ").find(" " + name + " ") !=
             std::string::npos;
    });
  }

  // The only element with this id; null if there is none or more.
  const GumboNode* ById(const std::string& id) const {
    const auto found = Find(output_->root, [&](const GumboNode* element) {
      return Attribute(element, "id") == id;
    });
    return found.size() == 1 ? found.front() : nullptr;
  }

  const GumboNode* root() const { return output_->root; }

 private:
  static const GumboNode* Child(const GumboNode* node, unsigned i) {
    return static_cast<const GumboNode*>(node->v.element.children.data[i]);
  }

  template <typename Visitor>
  static void Visit(const GumboNode* node, const Visitor& visitor) {
    if (node->type != GUMBO_NODE_ELEMENT) return;
    visitor(node);
    for (unsigned i = 0; i < node->v.element.children.length; ++i) {
      Visit(Child(node, i), visitor);
    }
  }

  const std::string html_;
  GumboOutput* const output_;
};

}  // namespace annals::client

#endif  // ANNALS_TESTS_CLIENT_HTML_DOCUMENT_H_
