#include "client/import/html_labels.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

bool ShowsAsLabel(absl::string_view attribute) {
  return absl::StartsWith(attribute, "data-") || attribute == "title" ||
         attribute == "aria-label";
}

}  // namespace

bool IsLabelContent(absl::string_view content) {
  bool any = false;
  for (content = absl::StripAsciiWhitespace(content); !content.empty();
       content = absl::StripLeadingAsciiWhitespace(content)) {
    const bool is_string = content[0] == '"' || content[0] == '\'';
    if (!is_string && !absl::ConsumePrefix(&content, "attr(")) return false;
    const size_t end =
        is_string ? content.find(content[0], 1) : content.find(')');
    if (end == absl::string_view::npos) return false;
    const absl::string_view inside = absl::StripAsciiWhitespace(
        content.substr(is_string ? 1 : 0, end - (is_string ? 1 : 0)));
    if (is_string ? inside.find_first_of("0123456789+-.,\\") !=
                        absl::string_view::npos
                  : !ShowsAsLabel(inside)) {
      return false;
    }
    any = any || !is_string;
    content.remove_prefix(end + 1);
  }
  return any;
}

bool HasLabelLikeNumber(const GumboNode* element) {
  const GumboVector& attributes = element->v.element.attributes;
  for (unsigned i = 0; i < attributes.length; ++i) {
    const auto* attribute =
        static_cast<const GumboAttribute*>(attributes.data[i]);
    const std::u32string label = FoldText(TrimBlanks(attribute->value));
    constexpr std::u32string_view kMarks = U"0123456789.,+-";
    if (ShowsAsLabel(attribute->name) && !label.empty() &&
        (kMarks.find(label.front()) != std::u32string_view::npos ||
         kMarks.find(label.back()) != std::u32string_view::npos)) {
      return true;
    }
  }
  return false;
}

}  // namespace annals::client
