#include "client/import/docx_paragraph.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/import/docx_alternative.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

// Converters of PDF set letters up and down by less, in half points.
constexpr int kRaisedPosition = 4;
constexpr char32_t kUnreadable = 0xFFFD;

void FindBoxes(pugi::xml_node node, std::vector<pugi::xml_node>* boxes) {
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "txbxContent") {
      boxes->push_back(child);
    } else if (name == "AlternateContent") {
      FindBoxes(ShownAlternative(child), boxes);
    } else {
      FindBoxes(child, boxes);
    }
  }
}

void AppendSymbol(pugi::xml_node node, std::string* text) {
  uint32_t code = 0;
  const absl::string_view digits = AttributeOf(node, "char");
  if (!absl::SimpleHexAtoi(digits, &code)) return;
  const bool is_private = code >= 0xE000 && code <= 0xF8FF;
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  // A private code is a picture of its font.
  AppendUtf8(is_private || surrogate || code > 0x10FFFF || code < 0x20
                 ? kUnreadable
                 : static_cast<char32_t>(code),
             text);
}

// Shown as a number that is not in the file.
bool IsComputed(absl::string_view name) {
  return name == "pgNum" || name == "dayShort" || name == "dayLong" ||
         name == "monthShort" || name == "monthLong" || name == "yearShort" ||
         name == "yearLong";
}

bool IsFormula(absl::string_view name) {
  return name == "oMath" || name == "oMathPara";
}

// Shows what is in it from right to left, digits too.
bool TurnsRound(pugi::xml_node wrapper) {
  return LocalName(wrapper) == "bdo" && AttributeOf(wrapper, "val") != "ltr";
}

// All text below a node, in whatever elements.
std::string TextBelow(pugi::xml_node node) {
  std::string text;
  for (pugi::xml_node child : node.children()) {
    text += LocalName(child) == "t" ? child.text().get() : TextBelow(child);
  }
  return text;
}

bool StartsWithDigit(absl::string_view text) {
  return !text.empty() && IsAsciiDigit(Fold(DecodeFirst(text).value));
}

bool EndsWithDigit(absl::string_view text) {
  const auto continues = [text](size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  if (text.empty()) return false;
  size_t last = text.size() - 1;
  while (last > 0 && continues(last)) --last;
  return StartsWithDigit(text.substr(last));
}

}  // namespace

bool IsDocxWrapper(absl::string_view name) {
  return name == "ins" || name == "moveTo" || name == "hyperlink" ||
         name == "smartTag" || name == "sdt" || name == "sdtContent" ||
         name == "customXml" || name == "fldSimple" || name == "dir" ||
         name == "bdo" || name == "ruby" || name == "rubyBase";
}

void OpenFields::Take(absl::string_view type) {
  if (type == "begin") {
    in_code_.push_back(true);
    ++codes_;
    return;
  }
  if (in_code_.empty() || (type != "separate" && type != "end")) return;
  if (in_code_.back()) --codes_;
  in_code_.back() = false;
  if (type == "end") in_code_.pop_back();
}

OpenFields ParagraphReader::SetFields(OpenFields fields) {
  return std::exchange(fields_, std::move(fields));
}

ParagraphText ParagraphReader::Read(pugi::xml_node paragraph) {
  properties_ = Child(paragraph, "pPr");
  pieces_.clear();
  boxes_.clear();
  TakeRuns(paragraph);
  if (IsInPlaceholder(paragraph)) MarkFigure(0);
  return {Join(), std::move(boxes_)};
}

void ParagraphReader::TakeRuns(pugi::xml_node node) {
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "r") {
      TakeRun(child);
    } else if (IsDocxWrapper(name)) {
      TakeWrapper(child);
    } else if (name == "AlternateContent") {
      TakeRuns(ShownAlternative(child));
    } else if (name != "del" && name != "moveFrom" && !fields_.InCode()) {
      const std::string text = TextBelow(child);
      if (text.empty()) continue;
      pieces_.emplace_back();
      if (IsFormula(name)) {
        pieces_.back().text = absl::StrCat("（", text, "）");
      } else {
        AppendUtf8(kUnreadable, &pieces_.back().text);
      }
    }
  }
}

void ParagraphReader::TakeWrapper(pugi::xml_node node) {
  const size_t first = pieces_.size();
  TakeRuns(node);
  if (ShowsPlaceholder(node) || TurnsRound(node)) MarkFigure(first);
}

// Marks what was read from pieces_[first] on if it is a figure.
void ParagraphReader::MarkFigure(size_t first) {
  std::string text;
  for (size_t i = first; i < pieces_.size(); ++i) text += pieces_[i].text;
  Figure figure;
  if (!ParseFigure(TrimBlanks(text), &figure) || figure.placeholder) return;
  absl::StrAppend(&pieces_.back().text, kUnsureFigure);
}

void ParagraphReader::TakeRun(pugi::xml_node run) {
  Piece piece;
  piece.look = styles_.LookOf(Child(run, "rPr"), properties_);
  for (pugi::xml_node child : run.children()) TakeRunChild(child, &piece);
  if (!piece.text.empty()) pieces_.push_back(std::move(piece));
}

void ParagraphReader::TakeRunChild(pugi::xml_node child, Piece* piece) {
  const absl::string_view name = LocalName(child);
  if (name == "fldChar") {
    fields_.Take(AttributeOf(child, "fldCharType"));
  } else if (name == "AlternateContent") {
    for (pugi::xml_node inner : ShownAlternative(child).children()) {
      TakeRunChild(inner, piece);
    }
  } else if (piece->look.dropped || fields_.InCode()) {
    return;
  } else if (name == "drawing" || name == "pict" || name == "object") {
    FindBoxes(child, &boxes_);
  } else {
    AppendContent(child, &piece->text);
  }
}

void ParagraphReader::AppendContent(pugi::xml_node child, std::string* text) {
  const absl::string_view name = LocalName(child);
  if (name == "t") {
    *text += child.text().get();
  } else if (name == "tab" || name == "ptab") {
    *text += "\t";
  } else if (name == "br" || name == "cr") {
    *text += "\n";
  } else if (name == "noBreakHyphen") {
    *text += "-";
  } else if (name == "sym") {
    AppendSymbol(child, text);
  } else if (IsComputed(name)) {
    AppendUtf8(kUnreadable, text);
  }
}

std::string ParagraphReader::Join() const {
  std::optional<int> line;
  bool all_faint = true;
  for (const Piece& piece : pieces_) {
    if (TrimBlanks(piece.text).empty()) continue;
    line = std::min(line.value_or(piece.look.position), piece.look.position);
    all_faint = all_faint && piece.look.faint;
  }
  std::string text;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    const RunLook& look = piece.look;
    const bool digits_meet =
        (EndsWithDigit(text) && StartsWithDigit(piece.text)) ||
        (EndsWithDigit(piece.text) && i + 1 < pieces_.size() &&
         StartsWithDigit(pieces_[i + 1].text));
    const bool apart = look.align == VerticalAlign::kRaised ||
                       (look.align == VerticalAlign::kLowered && digits_meet) ||
                       look.position >= line.value_or(0) + kRaisedPosition ||
                       (look.faint && !all_faint);
    const bool marked = apart && !TrimBlanks(piece.text).empty();
    absl::StrAppend(&text, marked ? "（" : "", piece.text, marked ? "）" : "");
  }
  Figure figure;
  if (all_faint && ParseFigure(TrimBlanks(text), &figure)) {
    absl::StrAppend(&text, kUnsureFigure);
  }
  return text;
}

}  // namespace annals::client
