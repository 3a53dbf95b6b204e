#include "client/import/style_sheet.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"

namespace annals::client {
namespace {

// What is nested deeper, or would make more or longer selectors, is taken to be
// about any element.
constexpr int kDepthMax = 8;
constexpr size_t kSelectorsMax = 1000;
constexpr size_t kNestedSelectorsMax = 64;
constexpr size_t kSelectorBytesMax = 1000;
// Not `*`, which says surely of what it is.
constexpr char kAnyElement[] = "*:any";
// Screens of no more pixels are those of telephones and tablets.
constexpr double kNarrowScreen = 1280;
constexpr double kPixelsPerEm = 16;

using TakeRule = std::function<void(const CssRule& rule)>;

// The query has no blanks. Whether it asks for a screen that is at most so wide
// as no common one is; one that can't be read does not.
bool AsksForNarrowScreen(const std::string& query) {
  for (absl::string_view name : {"max-width:", "max-device-width:", "width<"}) {
    const size_t at = query.find(std::string(name));
    if (at == std::string::npos) continue;
    absl::string_view value = query;
    value.remove_prefix(at + name.size());
    absl::ConsumePrefix(&value, "=");
    const size_t end =
        std::min(value.find_first_not_of("+-.0123456789"), value.size());
    double width = 0;
    if (!absl::SimpleAtod(value.substr(0, end), &width)) continue;
    value.remove_prefix(end);
    if (absl::StartsWith(value, "em") || absl::StartsWith(value, "rem")) {
      width *= kPixelsPerEm;
    }
    if (width <= kNarrowScreen) return true;
  }
  return false;
}

bool MayBeForScreen(const std::string& query) {
  if (absl::StrContains(query, "not")) return true;
  if (absl::StrContains(query, "print") && !absl::StrContains(query, "screen"))
    return false;
  // What a page shows by night is what it shows by day.
  if (absl::StrContains(query, "prefers-color-scheme:dark")) return false;
  return !AsksForNarrowScreen(query);
}

// Whether a block with such a head may hold rules for a screen.
bool MayHoldRules(absl::string_view at_rule) {
  std::string head = absl::AsciiStrToLower(at_rule);
  head.erase(std::remove_if(head.begin(), head.end(), absl::ascii_isspace),
             head.end());
  if (absl::StartsWith(head, "@media")) {
    const std::vector<std::string> queries =
        absl::StrSplit(head.substr(6), ',');
    return std::any_of(queries.begin(), queries.end(), MayBeForScreen);
  }
  for (const char* other :
       {"@font-", "@keyframes", "@-webkit-keyframes", "@-moz-keyframes",
        "@-o-keyframes", "@-ms-keyframes", "@page", "@counter-style",
        "@property", "@viewport", "@-ms-viewport", "@color-profile",
        "@view-transition", "@position-try"}) {
    if (absl::StartsWith(head, other)) return false;
  }
  return true;
}

// The selectors in `list`, each within those of the rule around it.
CssSelectors Within(const CssSelectors& around, absl::string_view list) {
  CssSelectors selectors;
  for (absl::string_view piece : absl::StrSplit(list, ',')) {
    const std::string selector(absl::StripAsciiWhitespace(piece));
    if (around.empty()) {
      if (selectors.size() >= kSelectorsMax) return {kAnyElement};
      selectors.push_back(selector);
      continue;
    }
    for (const std::string& outer : around) {
      if (selectors.size() >= kNestedSelectorsMax) return {kAnyElement};
      const size_t uses = static_cast<size_t>(
          std::count(selector.begin(), selector.end(), '&'));
      const size_t bytes =
          selector.size() + std::max<size_t>(uses, 1) * outer.size();
      if (bytes > kSelectorBytesMax) return {kAnyElement};
      selectors.push_back(uses > 0
                              ? absl::StrReplaceAll(selector, {{"&", outer}})
                              : absl::StrCat(outer, " ", selector));
    }
  }
  return selectors;
}

class SheetReader {
 public:
  SheetReader(const CpuDeadline& deadline, const TakeRule& take)
      : deadline_(deadline), take_(take) {}

  // `around`: the selectors of the rule that the text is in; empty outside.
  void Read(absl::string_view text, const CssSelectors& around, int depth) {
    std::string declarations;
    while (!text.empty() && !deadline_.IsOver()) {
      const size_t at = EndOfCssPiece(text);
      absl::string_view piece = absl::StripAsciiWhitespace(text.substr(0, at));
      const bool opens = at < text.size() && text[at] == '{';
      text.remove_prefix(std::min(at + 1, text.size()));
      while (absl::ConsumePrefix(&piece, "<!--") ||
             absl::ConsumePrefix(&piece, "-->")) {
        piece = absl::StripAsciiWhitespace(piece);
      }
      if (opens) {
        const size_t end = EndOfCssBlock(text);
        ReadBlock(piece, text.substr(0, end), around, depth + 1);
        text.remove_prefix(std::min(end + 1, text.size()));
      } else if (absl::StartsWithIgnoreCase(piece, "@import")) {
        imports_ = true;
      } else if (!around.empty()) {
        absl::StrAppend(&declarations, piece, ";");
      }
    }
    if (!declarations.empty()) take_({around, declarations, depth == 1});
  }

  bool imports() const { return imports_; }

 private:
  void ReadBlock(absl::string_view head, absl::string_view block,
                 const CssSelectors& around, int depth) {
    const bool is_rule = !absl::StartsWith(head, "@");
    if (!is_rule && !MayHoldRules(head)) return;
    if (depth > kDepthMax) {
      const CssSelectors any = {kAnyElement};
      take_({any, absl::StrReplaceAll(block, {{"{", ";"}, {"}", ";"}}),
             /*is_plain=*/false});
      return;
    }
    Read(block, is_rule ? Within(around, head) : around, depth);
  }

  const CpuDeadline& deadline_;
  const TakeRule& take_;
  bool imports_ = false;
};

}  // namespace

bool ReadStyleSheet(absl::string_view sheet, const CpuDeadline& deadline,
                    const TakeRule& take) {
  SheetReader reader(deadline, take);
  reader.Read(WithoutCssComments(sheet), {}, 0);
  return reader.imports();
}

}  // namespace annals::client
