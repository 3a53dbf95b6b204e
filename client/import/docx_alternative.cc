#include "client/import/docx_alternative.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/docx_run_look.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

// What a prefix stands for at the node; empty if nothing declares it.
std::string NamespaceOf(absl::string_view prefix, pugi::xml_node node) {
  const std::string name = absl::StrCat("xmlns:", std::string(prefix));
  for (; node; node = node.parent()) {
    const pugi::xml_attribute declared = node.attribute(name.c_str());
    if (declared) return declared.as_string();
  }
  return {};
}

bool IsKnown(absl::string_view prefix, pugi::xml_node node) {
  // As Word writes them, for a document that declares none.
  constexpr absl::string_view kPrefixes[] = {
      "wps", "wpg",  "wpc",  "wpi", "wp14", "w14", "w15", "w16",
      "a14", "am3d", "aink", "cx",  "cx1",  "v",   "w10", "c14"};
  const std::string name = NamespaceOf(prefix, node);
  if (name.empty()) {
    return std::find(std::begin(kPrefixes), std::end(kPrefixes), prefix) !=
           std::end(kPrefixes);
  }
  return absl::StartsWith(name, "http://schemas.microsoft.com/") ||
         absl::StartsWith(name, "http://schemas.openxmlformats.org/") ||
         absl::StartsWith(name, "http://purl.oclc.org/ooxml/") ||
         absl::StartsWith(name, "urn:schemas-microsoft-com:");
}

}  // namespace

pugi::xml_node ShownAlternative(pugi::xml_node node) {
  for (pugi::xml_node child : node.children()) {
    if (LocalName(child) == "Fallback") return child;
    if (LocalName(child) != "Choice") continue;
    const std::vector<absl::string_view> required =
        absl::StrSplit(AttributeOf(child, "Requires"),
                       absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
    const bool all_known = std::all_of(
        required.begin(), required.end(),
        [child](absl::string_view prefix) { return IsKnown(prefix, child); });
    if (all_known) return child;
  }
  return {};
}

bool ShowsPlaceholder(pugi::xml_node control) {
  return LocalName(control) == "sdt" &&
         IsDocxPropertyOn(Child(control, "sdtPr"), "showingPlcHdr");
}

bool IsInPlaceholder(pugi::xml_node node) {
  for (; node; node = node.parent()) {
    if (ShowsPlaceholder(node)) return true;
  }
  return false;
}

}  // namespace annals::client
