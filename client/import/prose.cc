#include "client/import/prose.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A full line may end so many columns before the margin: punctuation that must
// not begin a line takes the last character along.
constexpr int kRaggedColumns = 6;
constexpr int kParagraphIndent = 2;
// A wider print is not wrapped for paper.
constexpr int kMaxWrappedWidth = 160;
// No paper is narrower.
constexpr int kMinWrappedWidth = 40;
constexpr size_t kMinWrappedLines = 4;

int IndentOf(absl::string_view text) {
  int indent = 0;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    if (!IsBlank(point.value)) break;
    indent += DisplayWidth(point.value);
    offset += point.size;
  }
  return indent;
}

// Quotation marks, dashes and dots are as wide as a Han character in Chinese
// print.
bool IsWidePunctuation(char32_t code) {
  return code >= 0x2010 && code <= 0x2027;
}

int WidthOf(absl::string_view text) {
  int width = 0;
  for (size_t offset = 0; offset < text.size();) {
    const CodePoint point = DecodeFirst(text.substr(offset));
    width += IsWidePunctuation(point.value) ? 2 : DisplayWidth(point.value);
    offset += point.size;
  }
  return width;
}

bool EndsSentence(absl::string_view text) {
  const std::u32string folded = FoldText(text);
  constexpr char32_t kEnds[] = U"。；！？!?;:”）)】";
  for (char32_t code : kEnds) {
    if (code != 0 && folded.back() == code) return true;
  }
  return false;
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void AppendWrapped(absl::string_view text, std::string* paragraph) {
  const bool words = !paragraph->empty() && IsLetter(paragraph->back()) &&
                     IsLetter(text.front());
  absl::StrAppend(paragraph, words ? " " : "", text);
}

}  // namespace

ProseReader::ProseReader(const std::vector<Line>& lines,
                         const std::vector<LineRange>& prose)
    : lines_(lines) {
  std::vector<PrintedLine> printed;
  for (const LineRange& range : prose) {
    const std::vector<PrintedLine> more = Collect(range);
    printed.insert(printed.end(), more.begin(), more.end());
  }
  width_ = UsualWidth(printed);
  const auto is_full = [this](const PrintedLine& line) {
    return line.width >= width_ - kRaggedColumns;
  };
  const auto count = [&printed](auto predicate) {
    return static_cast<size_t>(
        std::count_if(printed.begin(), printed.end(), predicate));
  };
  wrapped_ = printed.size() >= kMinWrappedLines && width_ >= kMinWrappedWidth &&
             width_ <= kMaxWrappedWidth &&
             count(is_full) * 5 >= printed.size() * 2;
  const auto after_blank = [](const PrintedLine& line) {
    return line.blank_before;
  };
  double_spaced_ = wrapped_ && count(after_blank) * 5 >= printed.size() * 4;
}

// The width that only a few lines exceed, such as those with spaced-out
// letters.
int ProseReader::UsualWidth(const std::vector<PrintedLine>& printed) {
  if (printed.empty()) return 0;
  std::vector<int> widths;
  widths.reserve(printed.size());
  for (const PrintedLine& line : printed) widths.push_back(line.width);
  const auto place = widths.begin() + (widths.size() - 1) * 9 / 10;
  std::nth_element(widths.begin(), place, widths.end());
  return *place;
}

std::vector<ProseReader::PrintedLine> ProseReader::Collect(
    LineRange range) const {
  std::vector<PrintedLine> result;
  std::map<int, int> page_indent;
  int page = 0;
  bool blank = false;
  bool turned = false;  // A page ended since the last text.
  for (size_t i = range.begin; i < range.end && i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    if (line.after_page_break) ++page;
    turned = turned || line.after_page_break || line.decoration;
    if (line.decoration) continue;
    PrintedLine printed;
    printed.text = TrimBlanks(line.text);
    if (printed.text.empty()) {
      blank = true;
      continue;
    }
    Segment numbering;
    printed.numbered = NumberingLength(printed.text, &numbering) > 0;
    printed.indent = IndentOf(line.text);
    printed.width = WidthOf(printed.text) + printed.indent;
    printed.page = page;
    printed.blank_before = blank && !turned;
    const auto [least, is_new] = page_indent.emplace(page, printed.indent);
    least->second = std::min(least->second, printed.indent);
    result.push_back(printed);
    blank = false;
    turned = false;
  }
  for (PrintedLine& line : result) {
    line.indent -= page_indent[line.page];
    line.width -= page_indent[line.page];
  }
  return result;
}

bool ProseReader::BeginsParagraph(const PrintedLine& previous,
                                  const PrintedLine& line) const {
  if (!wrapped_ || line.numbered) return true;
  if (line.blank_before && !double_spaced_) return true;
  if (line.indent >= kParagraphIndent) return true;
  if (previous.width >= width_ - kRaggedColumns) return false;
  // A word that can't be broken leaves a line shorter.
  return EndsSentence(previous.text) || previous.width * 4 < width_ * 3;
}

std::vector<std::string> ProseReader::Paragraphs(
    LineRange range, absl::string_view first) const {
  std::vector<std::string> paragraphs;
  if (!first.empty()) paragraphs.emplace_back(first);
  const std::vector<PrintedLine> printed = Collect(range);
  for (size_t i = 0; i < printed.size(); ++i) {
    // What follows the heading on its line goes on below it if the print is
    // wrapped and nothing sets a paragraph apart.
    const bool begins = i == 0 ? paragraphs.empty() || !wrapped_ ||
                                     printed[0].numbered ||
                                     printed[0].blank_before ||
                                     printed[0].indent >= kParagraphIndent
                               : BeginsParagraph(printed[i - 1], printed[i]);
    if (begins) {
      paragraphs.emplace_back(printed[i].text);
    } else {
      AppendWrapped(printed[i].text, &paragraphs.back());
    }
  }
  return paragraphs;
}

std::string JoinParagraphs(const std::vector<std::string>& paragraphs) {
  return absl::StrJoin(paragraphs, "\n");
}

}  // namespace annals::client
