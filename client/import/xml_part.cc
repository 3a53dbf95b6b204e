#include "client/import/xml_part.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "client/import/limit_error.h"
#include "client/import/reader_error.h"

namespace annals::client {
namespace {

// What pugixml takes for an element with a text beside it, and for an
// attribute, on 64-bit machines.
constexpr size_t kBytesPerTag = 128;
constexpr size_t kBytesPerAttribute = 40;

bool IsWithinDepth(pugi::xml_node root, int depth_max) {
  int depth = 0;
  pugi::xml_node node = root;
  while (node) {
    if (depth > depth_max) return false;
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (!node || node == root) return true;
    node = node.next_sibling();
  }
  return true;
}

absl::string_view WithoutPrefix(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == absl::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

absl::StatusOr<XmlPart> XmlPart::Parse(std::string content,
                                       absl::string_view name,
                                       FileFormat format,
                                       const ImportLimits& limits) {
  const auto count = [&content](char c) {
    return static_cast<size_t>(std::count(content.begin(), content.end(), c));
  };
  if (count('<') * kBytesPerTag + count('=') * kBytesPerAttribute >
      limits.parse_bytes) {
    return TooMuchMemory(format, limits);
  }
  XmlPart part;
  part.content_ = std::make_unique<std::string>(std::move(content));
  part.document_ = std::make_unique<pugi::xml_document>();
  const pugi::xml_parse_result result = part.document_->load_buffer_inplace(
      part.content_->data(), part.content_->size(),
      pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!result || !part.root()) return FileDamaged(format, name);
  if (!IsWithinDepth(part.root(), kDepthMax)) return NestedTooDeep(format);
  return part;
}

absl::string_view LocalName(pugi::xml_node node) {
  return WithoutPrefix(node.name());
}

pugi::xml_node Child(pugi::xml_node node, absl::string_view name) {
  for (pugi::xml_node child : node.children()) {
    if (LocalName(child) == name) return child;
  }
  return {};
}

absl::string_view AttributeOf(pugi::xml_node node, absl::string_view name) {
  for (pugi::xml_attribute attribute : node.attributes()) {
    if (WithoutPrefix(attribute.name()) == name) return attribute.as_string();
  }
  return {};
}

int NumberOf(absl::string_view text, int otherwise) {
  int number = 0;
  return absl::SimpleAtoi(text, &number) && number >= 0 ? number : otherwise;
}

}  // namespace annals::client
