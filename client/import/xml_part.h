// An XML part of an Office document.
//
// Pugixml expands no entity but the five of XML and character references, and
// never fetches anything, so a document type can do no harm. What it lacks is
// a limit of memory and of depth: they are checked here.

#ifndef ANNALS_CLIENT_IMPORT_XML_PART_H_
#define ANNALS_CLIENT_IMPORT_XML_PART_H_

#include <memory>
#include <pugixml.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/file_format.h"
#include "client/import/source_text.h"

namespace annals::client {

class XmlPart {
 public:
  // Elements are nested no deeper, so that they may be walked by recursion.
  static constexpr int kDepthMax = 200;

  // FILE_DAMAGED, or FILE_TOO_COMPLEX beyond the limits. Errors call the part
  // `name` and its file by `format`.
  static absl::StatusOr<XmlPart> Parse(std::string content,
                                       absl::string_view name,
                                       FileFormat format,
                                       const ImportLimits& limits);

  pugi::xml_node root() const { return document_->document_element(); }

 private:
  XmlPart() = default;

  // The document points into it; at a place that does not move.
  std::unique_ptr<std::string> content_;
  std::unique_ptr<pugi::xml_document> document_;
};

// The name without its namespace prefix, which a document is free to choose.
absl::string_view LocalName(pugi::xml_node node);
// The first child of that name, and the value of an attribute.
pugi::xml_node Child(pugi::xml_node node, absl::string_view name);
absl::string_view AttributeOf(pugi::xml_node node, absl::string_view name);

// A number that is not negative.
int NumberOf(absl::string_view text, int otherwise);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XML_PART_H_
