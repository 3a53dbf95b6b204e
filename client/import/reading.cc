#include "client/import/reading.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/import/disputed_note.h"
#include "client/import/figure.h"
#include "client/import/figure_note.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

const report::CellInfo& InfoOf(report::CellIndex cell) {
  return report::Schema::Get().cells()[cell];
}

bool IsMoneyUnit(absl::string_view unit) {
  return unit == "元" || unit == "万元";
}

// As much as a person needs to find it.
std::string Excerpt(absl::string_view text) {
  constexpr size_t kMaxBytes = 60;
  if (text.size() <= kMaxBytes) return std::string(text);
  size_t end = 0;
  while (end < kMaxBytes) end += DecodeFirst(text.substr(end)).size;
  return absl::StrCat(text.substr(0, end), "…");
}

void DoubtAsNoCount(CellReading* reading) {
  Doubt({absl::StrCat("'", reading->printed,
                      "' is not a count that this cell can hold."),
         absl::StrCat("“", reading->printed, "”不是该单元格可填的数量。")},
        reading);
}

void DoubtByFont(CellReading* reading) {
  Doubt({"The page shows this figure in a font that it brings along "
         "(@font-face), whose glyphs may be other digits than the text says.",
         "网页用自带字体（@font-face）显示该数字，字形所示可能与文本中的数字"
         "不同。"},
        reading);
}

// 1 234 and 1, 234 without their blanks; empty if the text is not so.
std::string WithoutGroupBlanks(absl::string_view text) {
  constexpr size_t kGroupDigits = 3;
  std::string joined;
  size_t digits = 0;  // Since the last blank.
  size_t groups = 0;
  for (const char32_t code : FoldText(text)) {
    if (IsAsciiDigit(code)) {
      joined.push_back(static_cast<char>(code));
      ++digits;
    } else if (code == ' ' && digits > 0) {
      if (groups++ > 0 && digits != kGroupDigits) return {};
      if (digits > kGroupDigits) return {};
      digits = 0;
    } else if (code != ',') {
      return {};
    }
  }
  return groups > 0 && digits == kGroupDigits ? joined : std::string();
}

void ReadCount(const Figure& figure, const report::CellInfo& info,
               CellReading* reading) {
  int64_t value = 0;
  const bool whole =
      figure.fraction.find_first_not_of('0') == std::string::npos;
  const bool sign_fits = figure.sign > 0 || info.may_be_negative;
  if (!whole || !sign_fits || (figure.in_words && !info.may_be_negative) ||
      IsMoneyUnit(figure.unit) ||
      !absl::SimpleAtoi(
          absl::StrCat(figure.sign < 0 ? "-" : "", figure.integer), &value)) {
    DoubtAsNoCount(reading);
    return;
  }
  reading->value = value;
  if (!figure.fraction.empty()) DoubtAsNoCount(reading);
}

// The unit of a sum that stands after it, or that its table prints.
v1::Unit PrintedUnit(const Figure& figure, v1::Unit table_unit) {
  if (figure.unit == "元") return v1::UNIT_AS_PRINTED;
  return figure.unit == "万元" ? v1::UNIT_WAN_YUAN : table_unit;
}

void ReadMoney(const Figure& figure, const report::CellInfo& info,
               v1::Unit table_unit, CellReading* reading) {
  const v1::Unit unit = PrintedUnit(figure, table_unit);
  const v1::Unit read_in = unit == v1::UNIT_UNSPECIFIED ? info.unit : unit;
  const auto fen = report::ParseFen(figure.Decimal(), read_in);
  if (!fen.ok() || *fen < 0) {
    Doubt({absl::StrCat("'", reading->printed, "' can't be read as money."),
           absl::StrCat("“", reading->printed, "”无法读作金额。")},
          reading);
    return;
  }
  reading->value = *fen;
  if (unit == v1::UNIT_UNSPECIFIED) {
    Doubt({"The text does not print the unit of this sum.",
           "文本未标明该金额的单位。"},
          reading);
  } else if (info.unit == v1::UNIT_WAN_YUAN && unit != v1::UNIT_WAN_YUAN) {
    Doubt({absl::StrCat("'", reading->printed,
                        "' is printed in 元 in a cell for 万元; it was "
                        "converted."),
           absl::StrCat("“", reading->printed,
                        "”以元为单位，而该单元格单位为万元，已换算。")},
          reading);
  } else if (!figure.unit.empty() && !IsMoneyUnit(figure.unit)) {
    DoubtAsNoCount(reading);
  }
}

// What the print itself, or a mark of its reader, says against it.
// `unit`: that of a sum; unspecified for a count.
void DoubtAsPrinted(const Figure& figure, v1::Unit unit, CellReading* reading) {
  if (figure.IsUnsure()) {
    Doubt(
        {"The file stores this figure, but may print another or none: part "
         "of it may be hidden, struck out, the mark of a note, or changed by "
         "a number format; or it may be of another cell.",
         "文件中存有该数字，但显示的可能是另一数字或不显示：其一部分可能被"
         "隐藏、划去、为注释标记，或因数字格式而不同；也可能属于其他单元格。"},
        reading);
  } else if (figure.IsTwoFigures()) {
    Doubt(
        {absl::StrCat("The cell prints two figures, '", reading->printed, "'."),
         absl::StrCat("该单元格印有两个数字“", reading->printed, "”。")},
        reading);
  } else if (DisputesFigure(figure.note)) {
    Doubt({absl::StrCat("The cell itself says that its figure is wrong: '",
                        reading->printed, "'."),
           absl::StrCat("该单元格自注其数字有误：“", reading->printed, "”。")},
          reading);
  } else if (!figure.note.empty() && !LeavesFigure(figure.note, unit) &&
             !(figure.IsZero() && SaysThereIsNone(figure.note))) {
    Doubt({absl::StrCat("The remark in brackets may change the figure or take "
                        "it back: '",
                        reading->printed, "'."),
           absl::StrCat("括号内的附注可能改变或否定该数字：“", reading->printed,
                        "”。")},
          reading);
  }
}

}  // namespace

std::vector<report::CellIndex> FormRow::CellsIn(v1::Edition edition) const {
  std::vector<report::CellIndex> result;
  for (report::CellIndex cell : cells) {
    if (InfoOf(cell).In(edition)) result.push_back(cell);
  }
  return result;
}

std::vector<FormRow> FormRows(int table_number) {
  std::vector<FormRow> rows;
  const auto& cells = report::Schema::Get().cells();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].table_number != table_number) continue;
    if (rows.empty() || rows.back().field != cells[i].row) {
      rows.push_back({cells[i].row, {}});
    }
    rows.back().cells.push_back(static_cast<report::CellIndex>(i));
  }
  return rows;
}

void Doubt(ErrorText reason, CellReading* reading) {
  if (reading->certainty != Certainty::kCertain) return;
  reading->certainty = Certainty::kDoubtful;
  reading->reason = std::move(reason);
}

// `joined`: the figure that the cell prints with blanks in it.
CellReading ReadGroups(report::CellIndex cell, const Atom& atom,
                       const std::string& joined, int line, v1::Unit unit) {
  Atom whole = atom;
  whole.text = joined;
  CellReading reading = ReadCell(cell, &whole, line, unit);
  reading.printed = std::string(WithoutReaderMarks(atom.text));
  Doubt({absl::StrCat("'", reading.printed,
                      "' has a blank in it: it may be one figure or several."),
         absl::StrCat("“", reading.printed,
                      "”中有空格，可能是一个数字，也可能是几个。")},
        &reading);
  return reading;
}

CellReading ReadCell(report::CellIndex cell, const Atom* atom, int line,
                     v1::Unit unit) {
  Figure figure;
  if (atom != nullptr && IsUnreadableFigure(atom->text) &&
      !ParseFigure(atom->text, &figure)) {
    const std::string joined = WithoutGroupBlanks(atom->text);
    if (!joined.empty()) return ReadGroups(cell, *atom, joined, line, unit);
    const std::string printed = Excerpt(atom->text);
    CellReading unreadable =
        UnreadableCell(cell, atom->line, printed,
                       {absl::StrCat("'", printed, "' is no figure."),
                        absl::StrCat("“", printed, "”不是数字。")});
    unreadable.cell_in_line = atom->cell + 1;
    return unreadable;
  }
  if (atom == nullptr || !ParseFigure(atom->text, &figure)) {
    CellReading blank =
        MissingCell(cell, {"The cell is blank.", "该单元格为空。"});
    blank.line = line;
    return blank;
  }
  CellReading reading;
  reading.cell = cell;
  reading.line = atom->line;
  reading.cell_in_line = atom->cell + 1;
  reading.printed = std::string(WithoutReaderMarks(atom->text));
  reading.has_remark = figure.HasRemark();
  if (figure.placeholder) {
    reading.reason = {
        absl::StrCat("The cell prints '", reading.printed, "', no figure."),
        absl::StrCat("该单元格填写“", reading.printed, "”，没有数字。")};
    if (!figure.is_in_web_font) return reading;
  }
  reading.certainty = Certainty::kCertain;
  if (figure.is_in_web_font) DoubtByFont(&reading);
  if (figure.placeholder) return reading;
  const report::CellInfo& info = InfoOf(cell);
  if (info.unit == v1::UNIT_UNSPECIFIED) {
    ReadCount(figure, info, &reading);
    DoubtAsPrinted(figure, v1::UNIT_UNSPECIFIED, &reading);
  } else {
    ReadMoney(figure, info, unit, &reading);
    const v1::Unit printed = PrintedUnit(figure, unit);
    DoubtAsPrinted(figure,
                   printed == v1::UNIT_UNSPECIFIED ? info.unit : printed,
                   &reading);
  }
  if (atom->at_document_end) {
    Doubt({"The text ends right after this figure; it may be cut off.",
           "文本在该数字处结束，数字可能不完整。"},
          &reading);
  }
  return reading;
}

CellReading MissingCell(report::CellIndex cell, ErrorText reason) {
  CellReading reading;
  reading.cell = cell;
  reading.reason = std::move(reason);
  return reading;
}

CellReading UnreadableCell(report::CellIndex cell, int line,
                           std::string printed, ErrorText reason) {
  CellReading reading = MissingCell(cell, std::move(reason));
  reading.certainty = Certainty::kDoubtful;
  reading.line = line;
  reading.printed = std::move(printed);
  return reading;
}

std::vector<CellReading> CompleteCells(int table_number, v1::Edition edition,
                                       std::vector<CellReading> readings,
                                       const ErrorText& reason) {
  std::map<report::CellIndex, CellReading> by_cell;
  for (CellReading& reading : readings) {
    by_cell.emplace(reading.cell, std::move(reading));
  }
  std::vector<CellReading> complete;
  const auto& cells = report::Schema::Get().cells();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].table_number != table_number || !cells[i].In(edition)) {
      continue;
    }
    const auto cell = static_cast<report::CellIndex>(i);
    const auto found = by_cell.find(cell);
    complete.push_back(found == by_cell.end() ? MissingCell(cell, reason)
                                              : found->second);
  }
  return complete;
}

}  // namespace annals::client
