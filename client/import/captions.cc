#include "client/import/captions.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/disputed_note.h"
#include "client/import/figure.h"
#include "client/import/normalise.h"
#include "client/import/other_meaning.h"
#include "client/import/stated_unit.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A table without a heading may have its caption so many lines above.
constexpr size_t kLinesAbove = 6;
// So many lines below a table may be notes on it.
constexpr size_t kLinesBelow = 5;
// A printed line so long may go on in the next one.
constexpr size_t kFullLine = 25;
// A longer text is no caption, whatever its punctuation.
constexpr size_t kMaxCaption = 45;
constexpr size_t kMaxTextBytes = 4096;
constexpr size_t kMaxQuote = 60;

enum class Where { kAbove, kInside, kBelow };

struct Caption {
  // Folded, without blanks.
  std::u32string text;
  Where where = Where::kAbove;
  int line = 0;  // Its first one's number; 0 for a heading.
  bool is_sentence = false;
};

std::u32string WithoutBlanks(absl::string_view text) {
  std::u32string folded = FoldText(text.substr(0, kMaxTextBytes));
  folded.erase(std::remove(folded.begin(), folded.end(), U' '), folded.end());
  return folded;
}

bool IsSentence(const std::u32string& text) {
  return text.size() > kMaxCaption ||
         text.find_first_of(U"。,；;") != std::u32string::npos;
}

// Below a table stand notes on it, and the prose of the next section.
bool IsNote(const std::u32string& text) {
  constexpr const char32_t* kOpenings[] = {
      U"注",       U"备注",     U"说明", U"以上", U"上述", U"上表",
      U"本表",     U"表中",     U"该表", U"表内", U"数据", U"单位",
      U"计量单位", U"金额单位", U"更正", U"勘误", U"订正"};
  if (!IsSentence(text)) return true;
  const size_t start = text.find_first_not_of(U"*(※ ");
  return start != std::u32string::npos &&
         std::any_of(std::begin(kOpenings), std::end(kOpenings),
                     [&](std::u32string_view word) {
                       return text.compare(start, word.size(), word) == 0;
                     });
}

// 五、 or （一）: what a heading begins with whose words are not the form's.
bool OpensSection(absl::string_view text) {
  Segment numbering;
  return NumberingLength(text, &numbering) > 0 &&
         numbering.style != NumberStyle::kDigit;
}

class CaptionFinder {
 public:
  CaptionFinder(const TableSource& source, const TableReading& table)
      : source_(source) {
    for (const CellReading& cell : table.cells) {
      if (cell.line == 0) continue;
      if (first_ == 0 || cell.line < first_) first_ = cell.line;
      last_ = std::max(last_, cell.line);
    }
  }

  // Empty if no row of the table was read.
  std::vector<Caption> Find() {
    if (first_ == 0) return {};
    if (!source_.heading.empty()) Append(source_.heading, Where::kAbove);
    size_t below = 0;
    for (size_t i = Begin(); i < source_.range.end; ++i) {
      const Line& line = source_.lines[i];
      if (WhereIs(line) == Where::kBelow && !line.IsEmpty() &&
          (++below > kLinesBelow || OpensSection(line.text))) {
        break;
      }
      AppendLine(line);
    }
    EndParagraph();
    return std::move(captions_);
  }

 private:
  size_t Begin() const {
    size_t begin = source_.range.begin;
    if (!source_.heading.empty()) return begin;
    for (size_t printed = 0; begin > 0 && printed < kLinesAbove; --begin) {
      const Line& line = source_.lines[begin - 1];
      if (line.HasFigure()) break;
      if (!line.IsEmpty()) ++printed;
    }
    return begin;
  }

  Where WhereIs(const Line& line) const {
    if (line.number < first_) return Where::kAbove;
    return line.number > last_ ? Where::kBelow : Where::kInside;
  }

  void AppendLine(const Line& line) {
    if (line.decoration) return;
    if (paragraph_.text.empty()) paragraph_.line = line.number;
    const Where where = WhereIs(line);
    if (line.IsEmpty() || line.delimited || where == Where::kInside) {
      EndParagraph();
      paragraph_.line = line.number;
      AppendCells(line, where);
      return;
    }
    const std::u32string text = WithoutBlanks(line.text);
    if (!paragraph_.text.empty() || IsSentence(text) ||
        line.atoms.size() == 1) {
      paragraph_.where = where;
      paragraph_.text += text;
      if (text.size() < kFullLine || text.back() == U'。') EndParagraph();
      return;
    }
    AppendCells(line, where);
  }

  // The texts of each cell, or of each group of words.
  void AppendCells(const Line& line, Where where) {
    std::string text;
    int cell = -1;
    for (const Atom& atom : line.atoms) {
      if (atom.cell != cell || cell == -1) {
        Append(text, where);
        text.clear();
      }
      cell = atom.cell;
      if (atom.kind == AtomKind::kText || !text.empty()) {
        absl::StrAppend(&text, atom.text);
      }
    }
    Append(text, where);
  }

  void Append(absl::string_view text, Where where) {
    if (text.empty()) return;
    paragraph_.where = where;
    paragraph_.text = WithoutBlanks(text);
    const int line = paragraph_.line;
    EndParagraph();
    paragraph_.line = line;
  }

  void EndParagraph() {
    Caption caption = std::move(paragraph_);
    paragraph_ = Caption();
    if (caption.text.empty()) return;
    if (caption.where == Where::kBelow && !IsNote(caption.text)) return;
    caption.is_sentence = IsSentence(caption.text);
    captions_.push_back(std::move(caption));
  }

  const TableSource& source_;
  // Numbers of lines.
  int first_ = 0;
  int last_ = 0;
  Caption paragraph_;
  std::vector<Caption> captions_;
};

std::string Quote(const Caption& caption) {
  std::string quote = ToUtf8(caption.text.substr(0, kMaxQuote));
  if (caption.text.size() > kMaxQuote) quote += "…";
  return quote;
}

ErrorText OtherPeriod(const Caption& caption) {
  return {
      absl::StrCat("'", Quote(caption),
                   "' at the table says that its figures are of another "
                   "period."),
      absl::StrCat("表旁的“", Quote(caption), "”表明该表数字属于其他时期。")};
}

ErrorText OtherUnit(const Caption& caption) {
  return {absl::StrCat("'", Quote(caption),
                       "' at the table states another unit than the form's."),
          absl::StrCat("表旁的“", Quote(caption), "”所示单位与格式规定不同。")};
}

bool IsMoney(const CellReading& reading) {
  const auto& info = report::Schema::Get().cells()[reading.cell];
  return info.unit != v1::UNIT_UNSPECIFIED;
}

// Rows of table three are labelled by years, too, but never its heads.
bool MayNamePeriod(const Caption& caption, int table_number) {
  return table_number != 3 || caption.where != Where::kInside;
}

// Whether it is the label or the head of a sum, which none counts in pieces.
bool IsOfCharge(const Caption& caption) {
  return caption.where == Where::kInside &&
         caption.text.find(U"收费") != std::u32string::npos;
}

bool IsOther(const Caption& caption, const StatedUnit& unit,
             const StatedUnit& all, const CellReading& reading,
             bool has_money) {
  if (!IsMoney(reading)) {
    return !IsOfCharge(caption) &&
           (unit.scaled_counts ||
            (!has_money && unit.IsOfMoney() && !unit.counts));
  }
  const auto& info = report::Schema::Get().cells()[reading.cell];
  const bool stated_twice = all.yuan && all.wan_yuan;
  return unit.other_money ||
         (unit.counts && !unit.IsOfMoney() && IsOfCharge(caption)) ||
         (stated_twice &&
          (info.unit == v1::UNIT_WAN_YUAN ? unit.yuan : unit.IsOfMoney()));
}

void DoubtUnits(const Caption& caption, const StatedUnit& all,
                TableReading* table) {
  const StatedUnit unit = UnitStatedIn(caption.text, caption.is_sentence);
  const bool has_money =
      std::any_of(table->cells.begin(), table->cells.end(), IsMoney);
  for (CellReading& reading : table->cells) {
    if (IsOther(caption, unit, all, reading, has_money)) {
      Doubt(OtherUnit(caption), &reading);
    }
  }
}

ErrorText Disputed(const Caption& caption) {
  return {absl::StrCat("'", Quote(caption),
                       "' at the table says that a figure is wrong."),
          absl::StrCat("表旁的“", Quote(caption), "”表明数字有误。")};
}

// A text in a row, or on the line below it, is about that row; one elsewhere
// may be about any.
void DoubtDisputed(const Caption& caption, TableReading* table) {
  if (!DisputesFigure(ToUtf8(caption.text))) return;
  int row = 0;
  for (const CellReading& reading : table->cells) {
    if (reading.line <= caption.line) row = std::max(row, reading.line);
  }
  for (CellReading& reading : table->cells) {
    if (caption.where != Where::kInside || reading.line == row) {
      Doubt(Disputed(caption), &reading);
    }
  }
}

// （15）, （15件）
bool IsNumberInBrackets(absl::string_view text) {
  const std::u32string words = WithoutBlanks(text);
  if (words.size() < 3 || words.front() != U'(' || words.back() != U')') {
    return false;
  }
  Figure figure;
  return IsAsciiDigit(words[1]) &&
         ParseFigure(ToUtf8(words.substr(1, words.size() - 2)), &figure);
}

// A number in brackets in the cell after a figure may be the right one, as it
// may in the figure's own cell: 12 |（15）.
void DoubtNumbersBeside(const TableSource& source, TableReading* table) {
  std::set<int> rows;
  for (size_t i = source.range.begin; i < source.range.end; ++i) {
    bool after_figure = false;
    for (const Atom& atom : source.lines[i].atoms) {
      if (atom.kind == AtomKind::kText && after_figure &&
          IsNumberInBrackets(atom.text)) {
        rows.insert(atom.line);
      }
      if (atom.kind != AtomKind::kBlank) {
        after_figure = atom.kind == AtomKind::kFigure;
      }
    }
  }
  for (CellReading& reading : table->cells) {
    if (!rows.contains(reading.line)) continue;
    Doubt({"Another number stands in brackets after a figure of this row.",
           "该行数字之后的括号内另有一个数字。"},
          &reading);
  }
}

}  // namespace

void DoubtByCaptions(const TableSource& source, TableReading* table) {
  if (table->cells.empty()) return;
  const int number =
      report::Schema::Get().cells()[table->cells[0].cell].table_number;
  const std::vector<Caption> captions = CaptionFinder(source, *table).Find();
  StatedUnit all;
  for (const Caption& caption : captions) {
    all.Add(UnitStatedIn(caption.text, caption.is_sentence));
  }
  for (const Caption& caption : captions) {
    const bool other =
        NamesOtherYear(caption.text, caption.is_sentence, source.year) ||
        (MayNamePeriod(caption, number) &&
         NamesOtherPeriod(caption.text, caption.is_sentence));
    if (other) {
      for (CellReading& reading : table->cells) {
        Doubt(OtherPeriod(caption), &reading);
      }
    }
    DoubtUnits(caption, all, table);
    DoubtDisputed(caption, table);
  }
  DoubtNumbersBeside(source, table);
}

}  // namespace annals::client
