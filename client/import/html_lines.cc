#include "client/import/html_lines.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/document.h"
#include "client/import/figure.h"
#include "client/import/html_shown.h"
#include "client/import/html_tree.h"
#include "client/import/source_text.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

GumboTag TagOf(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT ? node->v.element.tag
                                          : GUMBO_TAG_UNKNOWN;
}

absl::string_view Attribute(const GumboNode* node, const char* name) {
  if (node->type != GUMBO_NODE_ELEMENT) return {};
  const GumboAttribute* attribute =
      gumbo_get_attribute(&node->v.element.attributes, name);
  return attribute == nullptr ? absl::string_view() : attribute->value;
}

// Word's reference to a note, or a link to a place on the page.
bool IsNoteReference(const GumboNode* node) {
  return (TagOf(node) == GUMBO_TAG_A &&
          absl::StartsWith(Attribute(node, "href"), "#")) ||
         absl::StrContains(Attribute(node, "class"), "noteReference");
}

bool IsUnmarkedFigure(absl::string_view text) {
  Figure figure;
  return ParseFigure(text, &figure) && !figure.IsUnsure();
}

}  // namespace

void MarkWebFont(GatheredLine* line) {
  if (line->in_web_font.empty()) return;
  if (IsUnmarkedFigure(CellLine(line->text))) {
    absl::StrAppend(&line->text, kInWebFontInText);
    return;
  }
  const absl::string_view text = line->text;
  std::string marked;
  auto part = line->in_web_font.begin();
  size_t word = 0;  // Where it begins.
  for (size_t at = 0; at <= text.size();) {
    const bool is_end = at == text.size();
    const CodePoint point =
        is_end ? CodePoint{U' ', 1} : DecodeFirst(text.substr(at));
    if (IsBlank(point.value) || point.value == '\n' || IsBar(point.value)) {
      while (part != line->in_web_font.end() && part->second <= word) ++part;
      const bool is_in_font =
          part != line->in_web_font.end() && part->first < at;
      const absl::string_view print = text.substr(word, at - word);
      absl::StrAppend(&marked, print);
      if (is_in_font && IsUnmarkedFigure(print)) {
        absl::StrAppend(&marked, kInWebFontInText);
      }
      if (!is_end) absl::StrAppend(&marked, text.substr(at, point.size));
      word = at + point.size;
    }
    at += point.size;
  }
  line->text = std::move(marked);
}

void LineGatherer::Enter(const GumboNode* node) {
  const GumboTag tag = TagOf(node);
  if (tag == GUMBO_TAG_BR || !IsInline(tag)) EndLine();
  if (tag == GUMBO_TAG_PRE) ++pre_;
  if (tag == GUMBO_TAG_OL) {
    counters_.push_back(NumberAttribute(node, "start", 1));
  }
  if (tag == GUMBO_TAG_LI && !counters_.empty() &&
      TagOf(node->parent) == GUMBO_TAG_OL) {
    line_ = absl::StrCat(counters_.back()++, ". ");
  }
  // A raised number is the mark of a note and no digit of the figure before.
  if (IsRaised(node)) {
    raised_ = node;
    line_ += "（";
  }
  EnterFont(node);
}

void LineGatherer::EnterFont(const GumboNode* node) {
  if (!sheets_.has_web_fonts() || node->type != GUMBO_NODE_ELEMENT) return;
  const bool around =
      fonts_.empty() ? around_in_web_font_ : fonts_.back().second;
  fonts_.emplace_back(node, sheets_.EffectsOn(node).fonts().IsWeb(around));
}

void LineGatherer::Leave(const GumboNode* node) {
  const GumboTag tag = TagOf(node);
  if (!fonts_.empty() && fonts_.back().first == node) fonts_.pop_back();
  if (node == raised_) {
    raised_ = nullptr;
    line_ += "）";
  }
  if (!IsInline(tag)) EndLine();
  if (tag == GUMBO_TAG_PRE) --pre_;
  if (tag == GUMBO_TAG_OL) counters_.pop_back();
}

void LineGatherer::Text(const GumboNode* node) {
  const absl::string_view text = node->v.text.text;
  if (line_.empty()) node_ = node;
  size_t begin = line_.size();
  for (char c : text) {
    if (pre_ > 0 && c == '\n') {
      NoteFont(begin);
      EndLine();
      begin = 0;
      continue;
    }
    const bool blank =
        pre_ == 0 && absl::ascii_isspace(static_cast<unsigned char>(c));
    line_.push_back(blank ? ' ' : c);
  }
  NoteFont(begin);
}

void LineGatherer::NoteFont(size_t begin) {
  const bool in_web_font =
      fonts_.empty() ? around_in_web_font_ : fonts_.back().second;
  if (!in_web_font ||
      TrimBlanks(absl::string_view(line_).substr(begin)).empty()) {
    return;
  }
  if (!in_web_font_.empty() && in_web_font_.back().second == begin) {
    in_web_font_.back().second = line_.size();
  } else {
    in_web_font_.emplace_back(begin, line_.size());
  }
}

void LineGatherer::Append(absl::string_view text) {
  absl::StrAppend(&line_, text);
}

void LineGatherer::EndLine() {
  if (!TrimBlanks(line_).empty()) {
    lines_.push_back({line_, pre_ > 0, node_, in_web_font_});
  }
  line_.clear();
  in_web_font_.clear();
}

bool LineGatherer::IsRaised(const GumboNode* node) const {
  if (raised_ != nullptr || !IsInline(TagOf(node))) return false;
  if (TagOf(node) == GUMBO_TAG_SUP) return true;
  return node->type == GUMBO_NODE_ELEMENT && EndsInNumber(line_) &&
         (IsNoteReference(node) ||
          sheets_.EffectsOn(node).Has(StyleEffect::kRaised));
}

}  // namespace annals::client
