#include "client/render/import_summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/counted.h"
#include "client/render/display_width.h"
#include "client/render/printable.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr size_t kLabelWidth = 18;
constexpr int kTables[] = {2, 3, 4};

const std::string& In(const ErrorText& text, Language language) {
  return language == Language::kZh ? text.zh : text.en;
}

const report::CellInfo& Info(const CellReading& reading) {
  return report::Schema::Get().cells()[reading.cell];
}

std::string KindOf(const CellReading& reading, Language language) {
  return reading.certainty == Certainty::kMissing
             ? Text{"缺失", "missing"}.In(language)
             : Text{"存疑", "doubtful"}.In(language);
}

// The row or line that a place is in: what a person looks at at once.
SourcePlace RowOf(SourcePlace place) {
  place.cell = 0;
  size_t digits = place.sheet_cell.size();
  while (digits > 0 && place.sheet_cell[digits - 1] >= '0' &&
         place.sheet_cell[digits - 1] <= '9') {
    --digits;
  }
  size_t letters = digits;
  while (letters > 0 && place.sheet_cell[letters - 1] >= 'A' &&
         place.sheet_cell[letters - 1] <= 'Z') {
    --letters;
  }
  place.sheet_cell.erase(letters, digits - letters);
  return place;
}

// Readings of one row of the print with one reason, in the order of the form.
struct DoubtGroup {
  ErrorText place;
  ErrorText reason;
  std::vector<const CellReading*> readings;
};

// So many blank rows of a table are told one by one.
constexpr size_t kBlankRowsMax = 3;
// So many of those that are told together are named.
constexpr size_t kRowsNamed = 4;

Text TableName(int table) {
  constexpr const char* kHan[] = {"", "", "二", "三", "四"};
  return {absl::StrCat("表", kHan[table]), absl::StrCat("table ", table)};
}

// Rows of one table of which every cell is missing for one reason.
struct BlankRows {
  int table = 0;
  bool is_in_file = false;  // It is there, and blank.
  std::vector<std::vector<const CellReading*>> rows;

  size_t CellCount() const {
    size_t count = 0;
    for (const auto& row : rows) count += row.size();
    return count;
  }
};

bool IsBlank(const CellReading& reading) {
  return reading.certainty == Certainty::kMissing && reading.printed.empty();
}

// The rows of the form with nothing in them, by table and reason: those that
// are too many to be told one by one.
std::vector<BlankRows> FoldBlankRows(const ImportResult& imported) {
  std::map<std::pair<int, std::string>, BlankRows> tables;
  const std::vector<CellReading>& cells = imported.cells;
  for (size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    bool is_blank = true;
    std::vector<const CellReading*> row;
    while (end < cells.size() &&
           Info(cells[end]).row == Info(cells[begin]).row &&
           Info(cells[end]).table == Info(cells[begin]).table) {
      is_blank = is_blank && IsBlank(cells[end]) &&
                 cells[end].reason.en == cells[begin].reason.en;
      row.push_back(&cells[end++]);
    }
    if (!is_blank) continue;
    const int table = Info(cells[begin]).table_number;
    BlankRows& blank = tables[{table, cells[begin].reason.en}];
    blank.table = table;
    blank.is_in_file = cells[begin].place.IsKnown();
    blank.rows.push_back(std::move(row));
  }
  std::vector<BlankRows> folded;
  for (auto& [key, blank] : tables) {
    const auto in_table = std::count_if(
        cells.begin(), cells.end(), [&blank](const CellReading& reading) {
          return Info(reading).table_number == blank.table;
        });
    if (blank.rows.size() > kBlankRowsMax ||
        blank.CellCount() == static_cast<size_t>(in_table)) {
      folded.push_back(std::move(blank));
    }
  }
  return folded;
}

// By line, those without one first: what is not there is looked for first.
// Without the cells that are told already.
std::vector<DoubtGroup> GroupDoubts(const ImportResult& imported,
                                    const std::set<const CellReading*>& told) {
  std::map<std::tuple<int, int, std::string>, DoubtGroup> groups;
  for (const CellReading& reading : imported.cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    if (told.count(&reading) > 0) continue;
    const int table = reading.line == 0 ? Info(reading).table_number : 0;
    DoubtGroup& group = groups[{reading.line, table, reading.reason.en}];
    group.place = DescribePlace(RowOf(reading.place));
    group.reason = reading.reason;
    group.readings.push_back(&reading);
  }
  std::vector<DoubtGroup> list;
  for (auto& [key, group] : groups) list.push_back(std::move(group));
  return list;
}

std::string PlaceHead(const ErrorText& place, Language language) {
  return place.en.empty()
             ? Text{"文件中未找到", "not found in the file"}.In(language)
             : In(place, language);
}

// The label of the row, and that of the column, of a cell.
std::pair<std::string, std::string> LabelsOf(const CellReading& reading,
                                             const v1::Report& report,
                                             Language language) {
  const v1::Edition edition =
      report::EditionOf(report, Info(reading).table_number);
  return absl::StrSplit(
      report::Schema::Get().CellLabel(reading.cell, edition, language),
      absl::MaxSplits(" · ", 1));
}

// The print, and what was read if that is another number: money is converted to
// the form's unit.
std::string PrintedAndRead(const CellReading& reading, const v1::Report& report,
                           Language language) {
  if (!reading.value.has_value() ||
      Info(reading).unit == v1::UNIT_UNSPECIFIED) {
    return reading.printed;
  }
  const std::string read =
      report::FormatFigure(*reading.value, Info(reading), report);
  if (read == reading.printed) return read;
  return Text{absl::StrCat("印作“", reading.printed, "”，读作 ", read),
              absl::StrCat("printed \"", reading.printed, "\", read as ", read)}
      .In(language);
}

// What was read of the cells of one row of the form: the print of them all, if
// they can't be told apart, or a figure for each column.
std::string Figures(const std::vector<const CellReading*>& row,
                    const v1::Report& report, Language language) {
  const bool together =
      std::all_of(row.begin(), row.end(), [&row](const CellReading* reading) {
        return !reading->value && reading->printed == row[0]->printed;
      });
  if (together) {
    return row[0]->printed.empty()
               ? ""
               : Text{absl::StrCat("印作“", row[0]->printed, "”"),
                      absl::StrCat("printed \"", row[0]->printed, "\"")}
                     .In(language);
  }
  std::vector<std::string> figures;
  for (const CellReading* reading : row) {
    figures.push_back(absl::StrCat(
        LabelsOf(*reading, report, language).second, " ",
        reading->printed.empty() ? Text{"空白", "blank"}.In(language)
                                 : PrintedAndRead(*reading, report, language)));
  }
  return absl::StrJoin(figures, Text{"；", "; "}.In(language));
}

// Cells of one row of the form with one certainty.
void AppendRow(const std::vector<const CellReading*>& row,
               const v1::Report& report, Language language, std::string* text) {
  const report::CellInfo& info = Info(*row[0]);
  const bool alone = row.size() == 1;
  const auto [row_label, column_label] = LabelsOf(*row[0], report, language);
  absl::StrAppend(text, "  ", KindOf(*row[0], language), "  ",
                  alone ? info.id : info.id.substr(0, info.id.rfind('.')), "  ",
                  row_label, alone ? absl::StrCat(" · ", column_label) : "",
                  "\n");
  const std::string figures = Figures(row, report, language);
  if (!figures.empty()) absl::StrAppend(text, "        ", figures, "\n");
}

void AppendGroup(const DoubtGroup& group, const v1::Report& report,
                 Language language, std::string* text) {
  absl::StrAppend(text, PlaceHead(group.place, language),
                  Text{"：", ": "}.In(language), In(group.reason, language),
                  "\n");
  std::vector<const CellReading*> row;
  for (const CellReading* reading : group.readings) {
    if (!row.empty() && (Info(*row[0]).row != Info(*reading).row ||
                         row[0]->certainty != reading->certainty)) {
      AppendRow(row, report, language, text);
      row.clear();
    }
    row.push_back(reading);
  }
  if (!row.empty()) AppendRow(row, report, language, text);
}

// One line: `table 3: all 175 cells are blank`.
void AppendBlankRows(const BlankRows& blank, const ImportResult& imported,
                     Language language, std::string* text) {
  const size_t count = blank.CellCount();
  const auto in_table =
      std::count_if(imported.cells.begin(), imported.cells.end(),
                    [&blank](const CellReading& reading) {
                      return Info(reading).table_number == blank.table;
                    });
  const Text state = blank.is_in_file ? Text{"空白", "blank"}
                                      : Text{"未读出数字", "without a figure"};
  const Text table = TableName(blank.table);
  if (count == static_cast<size_t>(in_table)) {
    absl::StrAppend(
        text,
        Text{absl::StrCat(table.zh, "：全部 ", count, " 个单元格", state.zh),
             absl::StrCat(table.en, ": all ", count, " cells are ", state.en)}
            .In(language),
        "\n");
    return;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < blank.rows.size() && i < kRowsNamed; ++i) {
    names.push_back(
        LabelsOf(*blank.rows[i].front(), imported.report, language).first);
  }
  const size_t rows = blank.rows.size();
  const bool more = rows > names.size();
  absl::StrAppend(
      text,
      Text{
          absl::StrCat(table.zh, "：", rows, " 行全部", state.zh, "（共 ",
                       count, " 个单元格）：", absl::StrJoin(names, "；"),
                       more ? " 等；逐格列出：annals import FILE --cells" : ""),
          absl::StrCat(table.en, ": ", rows, " rows are ", state.en,
                       " throughout (", Counted(count, "cell", "cells"),
                       "): ", absl::StrJoin(names, "; "),
                       more ? " …; each cell: annals import FILE --cells" : "")}
          .In(language),
      "\n");
}

size_t DoubtfulCells(const ImportResult& imported) {
  return static_cast<size_t>(imported.Count(Certainty::kDoubtful) +
                             imported.Count(Certainty::kMissing));
}

std::string DateText(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

// Lines of a label and what was read.
class Summary {
 public:
  Summary(const ImportResult& imported, Language language)
      : imported_(imported), report_(imported.report), language_(language) {}

  std::string Write() {
    if (!report_.title().empty())
      absl::StrAppend(&text_, report_.title(), "\n");
    Line(Text{"格式", "format"}, std::string(FormatName(imported_.format)));
    Field("year", report_.year() == 0 ? "" : absl::StrCat(report_.year()));
    Field("agency_name", report_.agency_name());
    Field("period", report_.has_period()
                        ? absl::StrCat(DateText(report_.period().start()),
                                       " – ", DateText(report_.period().end()))
                        : "");
    Subtopics();
    for (int table : kTables) Table(table);
    if (imported_.has_external_styles) {
      Line(Text{"样式", "styles"},
           Text{"网页另有样式表，未读取；请留意网页上是否有被隐藏或划去的数字",
                "the page has a style sheet elsewhere that was not read; see "
                "whether the page hides or strikes out a figure"}
               .In(language_));
    }
    const Counts all = Count(0);
    Line(Text{"合计", "total"}, CountText(all));
    return std::move(text_);
  }

 private:
  struct Counts {
    int cells = 0;
    int certain = 0;
    int doubtful = 0;
    int missing = 0;
  };

  void Line(const Text& label, const std::string& content) {
    absl::StrAppend(&text_, "  ",
                    Pad(label.In(language_), kLabelWidth, Align::kLeft), "  ",
                    content, "\n");
  }

  void Field(const char* name, const std::string& content) {
    const auto* field = v1::Report::descriptor()->FindFieldByName(name);
    const std::string label =
        report::FieldLabel(field, v1::EDITION_UNSPECIFIED, language_);
    Line({label, label},
         content.empty() ? Text{"未读出", "not found"}.In(language_) : content);
  }

  // The five sub-topics of section one, found or not.
  void Subtopics() {
    std::vector<std::string> found;
    std::vector<std::string> missing;
    const auto* descriptor = v1::Overview::descriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      if (field->name() == "introduction") continue;
      const bool has = report_.s1_overview().GetReflection()->HasField(
          report_.s1_overview(), field);
      (has ? found : missing)
          .push_back(
              report::FieldLabel(field, v1::EDITION_UNSPECIFIED, language_));
    }
    const Text comma = {"、", ", "};
    const std::string label =
        report::EnumLabel(v1::SECTION_S1_OVERVIEW, language_);
    std::string content = absl::StrJoin(found, comma.In(language_));
    if (!missing.empty()) {
      absl::StrAppend(&content,
                      found.empty() ? "" : Text{"；", "; "}.In(language_),
                      Text{"未读出：", "not found: "}.In(language_),
                      absl::StrJoin(missing, comma.In(language_)));
    }
    Line({label, label}, content);
  }

  void Table(int table) {
    const v1::Edition edition = report::EditionOf(report_, table);
    Line(TableName(table),
         absl::StrCat(edition == v1::EDITION_UNSPECIFIED
                          ? ""
                          : report::EnumLabel(edition, language_),
                      Text{"，", ", "}.In(language_), CountText(Count(table))));
  }

  // Of a table, or of all for 0.
  Counts Count(int table) const {
    Counts counts;
    for (const CellReading& reading : imported_.cells) {
      if (table != 0 && Info(reading).table_number != table) continue;
      ++counts.cells;
      if (reading.certainty == Certainty::kCertain) ++counts.certain;
      if (reading.certainty == Certainty::kDoubtful) ++counts.doubtful;
      if (reading.certainty == Certainty::kMissing) ++counts.missing;
    }
    return counts;
  }

  std::string CountText(const Counts& counts) const {
    return Text{
        absl::StrCat("单元格 ", counts.cells, " 个：确定 ", counts.certain,
                     "，存疑 ", counts.doubtful, "，缺失 ", counts.missing),
        absl::StrCat(Counted(counts.cells, "cell", "cells"), ": ",
                     counts.certain, " certain, ", counts.doubtful,
                     " doubtful, ", counts.missing, " missing")}
        .In(language_);
  }

  const ImportResult& imported_;
  const v1::Report& report_;
  const Language language_;
  std::string text_;
};

}  // namespace

size_t CountDoubts(const ImportResult& imported) {
  return DoubtfulCells(imported) + imported.remarks.size();
}

std::string RenderDoubts(const ImportResult& imported, Language language) {
  std::string text;
  for (const Remark& remark : imported.remarks) {
    const ErrorText place = DescribePlace(remark.place);
    absl::StrAppend(&text, In(place, language),
                    place.en.empty() ? "" : Text{"：", ": "}.In(language),
                    In(remark.text, language), " (", remark.code, ")\n");
  }
  std::set<const CellReading*> told;
  for (const BlankRows& blank : FoldBlankRows(imported)) {
    AppendBlankRows(blank, imported, language, &text);
    for (const auto& row : blank.rows) told.insert(row.begin(), row.end());
  }
  for (const DoubtGroup& group : GroupDoubts(imported, told)) {
    AppendGroup(group, imported.report, language, &text);
  }
  return PrintableText(text);
}

std::string RenderImportSummary(const ImportResult& imported,
                                Language language) {
  return PrintableText(Summary(imported, language).Write());
}

}  // namespace annals::client
