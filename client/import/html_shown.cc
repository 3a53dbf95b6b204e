#include "client/import/html_shown.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "client/import/html_tree.h"

namespace annals::client {
namespace {

GumboTag TagOf(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT ? node->v.element.tag
                                          : GUMBO_TAG_UNKNOWN;
}

bool HasAttribute(const GumboNode* node, const char* name) {
  return gumbo_get_attribute(&node->v.element.attributes, name) != nullptr;
}

// In lower case and without blanks.
std::string StyleOf(const GumboNode* node) {
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, "style");
  if (attribute == nullptr) return {};
  std::string style = absl::AsciiStrToLower(attribute->value);
  style.erase(std::remove_if(style.begin(), style.end(), absl::ascii_isspace),
              style.end());
  return style;
}

bool IsSkippedTag(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_RP:
    case GUMBO_TAG_S:
    case GUMBO_TAG_STRIKE:
    case GUMBO_TAG_DEL:
      return true;
    default:
      return false;
  }
}

// Shows something else than the text in it, which is for browsers that can't.
bool IsReplacedTag(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_MATH:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_METER:
    case GUMBO_TAG_PROGRESS:
      return true;
    default:
      return false;
  }
}

// Whether it is an element that gumbo does not know, of that name.
bool IsNamed(const GumboNode* node, absl::string_view name) {
  if (node->v.element.tag != GUMBO_TAG_UNKNOWN) return false;
  GumboStringPiece written = node->v.element.original_tag;
  gumbo_tag_from_original_text(&written);
  return absl::EqualsIgnoreCase(
      absl::string_view(written.data == nullptr ? "" : written.data,
                        written.length),
      name);
}

// Islands of <xml> are the settings of Word.
bool IsUnshownByName(const GumboNode* node) {
  return IsNamed(node, "xml") ||
         (IsNamed(node, "dialog") && !HasAttribute(node, "open"));
}

// A block that is hidden until a script shows it may be the report.
bool MayBeShown(const GumboNode* block) {
  switch (TagOf(block)) {
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_BODY:
      break;
    default:
      return false;
  }
  const GumboNode* node = block;
  while (node != nullptr && TagOf(node) != GUMBO_TAG_TABLE) {
    node = NextNode(node, block, true, [](const GumboNode*) {});
  }
  return node != nullptr;
}

}  // namespace

bool IsInline(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BIG:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DATA:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
    case GUMBO_TAG_UNKNOWN:  // Word's o:p and st1:chmetcnv.
    case GUMBO_TAG_WBR:
      return true;
    default:
      return false;
  }
}

bool IsSkipped(const GumboNode* node) {
  if (node->type == GUMBO_NODE_TEMPLATE) return true;
  if (node->type != GUMBO_NODE_ELEMENT) return false;
  const GumboTag tag = TagOf(node);
  if (IsSkippedTag(tag) || IsReplacedTag(tag) || IsUnshownByName(node)) {
    return true;
  }
  const std::string style = StyleOf(node);
  if (absl::StrContains(style, "line-through")) return true;
  const bool hidden = HasAttribute(node, "hidden") ||
                      HasAttribute(node, "popover") ||
                      absl::StrContains(style, "display:none") ||
                      absl::StrContains(style, "mso-hide:all");
  return hidden && !MayBeShown(node);
}

bool IsCollapsedRow(const GumboNode* row) {
  const std::string visibility = "visibility:";
  for (const GumboNode* node = row;
       node != nullptr && TagOf(node) != GUMBO_TAG_TABLE; node = node->parent) {
    if (node->type != GUMBO_NODE_ELEMENT) return false;
    // The last word counts.
    const std::string style = StyleOf(node);
    const size_t at = style.rfind(visibility);
    if (at == std::string::npos) continue;
    return absl::StartsWith(style.substr(at + visibility.size()), "collapse");
  }
  return false;
}

bool MayShowOtherwise(const GumboNode* node) {
  return IsReplacedTag(TagOf(node));
}

}  // namespace annals::client
