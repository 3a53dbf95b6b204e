// Table two: what was disclosed proactively.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/import/blank_rows.h"
#include "client/import/column_grid.h"
#include "client/import/figure.h"
#include "client/import/head_words.h"
#include "client/import/header_check.h"
#include "client/import/label_match.h"
#include "client/import/listed_rows.h"
#include "client/import/normalise.h"
#include "client/import/other_meaning.h"
#include "client/import/proactive_columns.h"
#include "client/import/runs.h"
#include "client/import/tables.h"

namespace annals::client {
namespace {

// Misprints are looked for in so many heads; no report has more.
constexpr int kMaxHeads = 200;

// What may stand before a unit and make it another.
constexpr std::u32string_view kMultiples = U"十百千万亿";
constexpr char32_t kYuan[] = U"元";

const ErrorText& ApartFromLabel() {
  static const auto* text = new ErrorText{
      "The figures stand apart from their label.", "数字与标签分离。"};
  return *text;
}

bool EndsWith(const std::u32string& text, const std::u32string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Whether `some` are in the order that they have among `all`.
bool IsInOrder(const std::vector<report::CellIndex>& some,
               const std::vector<report::CellIndex>& all) {
  size_t at = 0;
  for (report::CellIndex cell : all) {
    if (at < some.size() && some[at] == cell) ++at;
  }
  return at == some.size();
}

class ProactiveReader {
 public:
  explicit ProactiveReader(const TableSource& source)
      : source_(source),
        lines_(source.lines),
        range_(source.range),
        form_(FormRows(2)),
        runs_(FindRuns(source.lines, source.range)) {
    for (size_t row = 0; row < form_.size(); ++row) {
      for (const LabelWording& wording : LabelWordings(form_[row].field)) {
        matcher_.Add(static_cast<int>(row), wording.text);
        labels_.emplace_back(static_cast<int>(row), CoreOf(wording.text));
        // 规章 is short, but all of a cell.
        short_labels_.emplace(CoreOf(wording.text), static_cast<int>(row));
      }
    }
    FindWords();
  }

  TableReading Read(std::vector<Remark>* remarks) {
    FindEdition(remarks);
    for (size_t i = 0; i < runs_.size(); ++i) {
      UpdateHead(i);
      const RunLabel label = RowLabel(i);
      if (label.match.quality == MatchQuality::kNone) {
        if (!any_row_) loose_start_ = true;
        DoubtRowBefore(i);
        continue;
      }
      ReadRow(i, label);
      any_row_ = true;
    }
    SettleRowsBelowLabels();
    TableReading table;
    table.edition = edition_;
    table.procurement_unit = procurement_unit_;
    std::vector<CellReading> cells = Merge();
    AddListedRows(lines_, range_, form_, edition_, &cells);
    AddBlankRows(lines_, range_, form_, edition_, &matcher_, &cells);
    table.cells = CompleteCells(
        2, edition_, std::move(cells),
        {"The row was not found in the text.", "文本中未找到该行。"});
    return table;
  }

 private:
  void FindWords() {
    for (const FormRow& row : form_) {
      for (const LabelWording& wording : LabelWordings(row.field)) {
        other_words_.AddOther(wording.text);
      }
      other_words_.AddHeads(row.field);
    }
    other_words_.AddTableTexts(2);
    head_words_ = other_words_;
    for (v1::Edition edition : {v1::EDITION_2019, v1::EDITION_2021}) {
      for (const FormRow& row : form_) {
        for (report::CellIndex cell : row.CellsIn(edition)) {
          const Cores words = ColumnWordings(cell, edition);
          column_words_.insert(column_words_.end(), words.begin(), words.end());
          for (const std::u32string& name : ColumnNames(cell, edition)) {
            head_words_.AddOther(name);
          }
        }
      }
    }
  }

  void FindEdition(std::vector<Remark>* remarks) {
    const int words_2019 = CountWordsOnlyIn(v1::EDITION_2019);
    const int words_2021 = CountWordsOnlyIn(v1::EDITION_2021);
    edition_ = words_2019 > words_2021   ? v1::EDITION_2019
               : words_2021 > words_2019 ? v1::EDITION_2021
                                         : EditionOfYear(source_.year);
    if (words_2019 != words_2021 || runs_.empty()) return;
    AddRemark("TABLE2_EDITION_ASSUMED", lines_[range_.begin].number,
              {"Table two does not show its edition; that of the year is "
               "assumed.",
               "表二未能看出格式版本，按年度推定。"},
              remarks);
  }

  int CountWordsOnlyIn(v1::Edition edition) const {
    const Cores words = WordsOnlyIn(edition, form_);
    int count = 0;
    for (size_t i = range_.begin; i < range_.end; ++i) {
      const std::u32string text = TextCore(lines_, {i, i + 1});
      if (text.empty()) continue;
      for (const std::u32string& word : words) {
        if (text.find(word) != std::u32string::npos) ++count;
      }
    }
    return count;
  }

  // The head that names the columns of runs_[index] is the last one above it.
  void UpdateHead(size_t index) {
    const Run& run = runs_[index];
    const size_t begin =
        index == 0 ? range_.begin : runs_[index - 1].last_line + 1;
    std::u32string head = TextCore(lines_, {begin, run.first_line});
    const bool above = IsHead(head);
    HeadLine beside = {run.first_line, run.delimited, {}};
    for (const Atom* atom : run.texts) {
      beside.texts.push_back(CoreOf(atom->text));
      head += beside.texts.back();
    }
    if (!IsHead(head)) return;
    head_ = head;
    head_range_ = {begin, run.first_line};
    head_lines_ = HeadLinesOf(lines_, head_range_);
    if (!above) head_lines_.push_back(beside);
    ++heads_seen_;
    columns_.clear();
  }

  bool IsHead(const std::u32string& text) const {
    const auto is_there = [&text](const std::u32string& word) {
      return text.find(word) != std::u32string::npos;
    };
    return is_there(U"第二十条") || is_there(U"信息内容") ||
           std::any_of(column_words_.begin(), column_words_.end(), is_there);
  }

  RunLabel RowLabel(size_t index) {
    const Run& run = runs_[index];
    // The whole of a cell beside the figures, or at the end of one.
    if (!run.texts.empty()) {
      const std::u32string core = CoreOf(run.texts.back()->text);
      const auto known = short_labels_.find(core);
      if (known != short_labels_.end()) {
        return {{known->second, MatchQuality::kExact}, true, false};
      }
      const LabelMatch end = MatchEnd(core);
      if (end.quality != MatchQuality::kNone) return {end, true, false};
    }
    RunLabel label = LabelOf(lines_, range_, runs_, index, &matcher_);
    if (label.match.quality != MatchQuality::kNone || !run.texts.empty()) {
      return label;
    }
    return ShortLabelAbove(index);
  }

  // The longest label that the text ends with; a head may stand before it.
  LabelMatch MatchEnd(const std::u32string& core) const {
    LabelMatch match;
    size_t longest = 3;
    for (const auto& [row, label] : labels_) {
      if (label.size() <= longest || !EndsWith(core, label)) continue;
      longest = label.size();
      const std::u32string before = core.substr(0, core.size() - longest);
      match = {row, head_words_.Make(before) ? MatchQuality::kExact
                                             : MatchQuality::kWeak};
    }
    return match;
  }

  RunLabel ShortLabelAbove(size_t index) const {
    const size_t top =
        index == 0 ? range_.begin : runs_[index - 1].last_line + 1;
    for (size_t i = runs_[index].first_line; i > top; --i) {
      if (lines_[i - 1].IsEmpty()) continue;
      const Atom& last = lines_[i - 1].atoms.back();
      if (lines_[i - 1].atoms.size() == 1 && IsUnitCell(last.text)) continue;
      const auto known = short_labels_.find(CoreOf(last.text));
      if (known == short_labels_.end()) return {};
      return {{known->second, MatchQuality::kExact}, false, false};
    }
    return {};
  }

  v1::Unit PrintedUnit() const {
    // None for two units, or one that the form does not have: 百万元.
    v1::Unit unit = v1::UNIT_UNSPECIFIED;
    for (size_t at = head_.find(kYuan); at != std::u32string::npos;
         at = head_.find(kYuan, at + 1)) {
      const bool is_wan = at > 0 && head_[at - 1] == U'万';
      const size_t begin = is_wan ? at - 1 : at;
      const v1::Unit one = is_wan ? v1::UNIT_WAN_YUAN : v1::UNIT_AS_PRINTED;
      if (begin > 0 &&
          kMultiples.find(head_[begin - 1]) != std::u32string_view::npos) {
        return v1::UNIT_UNSPECIFIED;
      }
      if (unit != v1::UNIT_UNSPECIFIED && unit != one) {
        return v1::UNIT_UNSPECIFIED;
      }
      unit = one;
    }
    return unit;
  }

  // A row's columns under the head that stands above it.
  struct Columns {
    std::vector<report::CellIndex> cells;  // In the order of the head.
    // The head names them all, in the official order.
    bool official = false;
  };

  const Columns& ColumnsOf(int row) {
    const auto [known, is_new] = columns_.emplace(row, Columns());
    if (is_new) known->second = FindColumns(form_[row]);
    return known->second;
  }

  Columns FindColumns(const FormRow& row) const {
    HeadWords words = other_words_;
    for (report::CellIndex cell : OfficialOrder(row, edition_)) {
      words.AddColumn(ColumnNames(cell, edition_));
    }
    std::optional<size_t> begin;
    if (heads_seen_ <= kMaxHeads) begin = words.Find(head_lines_);
    std::u32string head = head_;
    if (begin.has_value()) {
      head.clear();
      for (size_t i = *begin; i < head_lines_.size(); ++i) {
        for (const std::u32string& text : head_lines_[i].texts) head += text;
      }
    }
    std::vector<std::pair<size_t, report::CellIndex>> placed;
    bool all_named = begin.has_value();
    for (report::CellIndex cell : row.CellsIn(edition_)) {
      size_t at = 0;
      const bool named = FindWording(head, ColumnWordings(cell, edition_), &at);
      placed.emplace_back(named ? at : head.size() + 1, cell);
      all_named = all_named && named;
    }
    std::stable_sort(
        placed.begin(), placed.end(),
        [](const auto& a, const auto& b) { return a.first < b.first; });
    Columns columns;
    const std::vector<report::CellIndex> official =
        OfficialOrder(row, edition_);
    std::vector<report::CellIndex> named;
    for (const auto& [place, cell] : placed) {
      columns.cells.push_back(cell);
      if (place < head.size()) named.push_back(cell);
    }
    // One column named otherwise moves no others.
    if (!named.empty() && IsInOrder(named, official)) columns.cells = official;
    columns.official =
        all_named && !NamesOtherFigures(head_) && columns.cells == official;
    return columns;
  }

  // Lays the figures under the cells of the head if all columns are named
  // there.
  bool AlignByGrid(const Run& run,
                   const std::vector<report::CellIndex>& cells) {
    const Line& line = lines_[run.first_line];
    if (!line.barred || run.vertical || heads_seen_ > kMaxHeads) return false;
    std::vector<Cores> wordings;
    for (report::CellIndex cell : cells) {
      wordings.push_back(ColumnWordings(cell, edition_));
    }
    const auto grid =
        ColumnGrid::Find(lines_, head_range_, line.cells, wordings);
    if (!grid.has_value() || grid->NamedColumns() != cells.size() ||
        !grid->Fits(line)) {
      return false;
    }
    bool conflict = false;
    grid_alignment_ = {grid->Align(run, &conflict), true};
    has_nameless_figure_ = grid->HasNamelessFigure(run);
    return !conflict;
  }

  void ReadRow(size_t index, const RunLabel& label) {
    const Run& run = runs_[index];
    const Columns& columns = ColumnsOf(label.match.row);
    const std::vector<report::CellIndex>& cells = columns.cells;
    if (cells.empty()) return;
    const bool in_grid = AlignByGrid(run, cells);
    const Alignment alignment =
        in_grid ? grid_alignment_ : AlignRun(run, cells.size(), false);
    std::vector<CellReading> readings;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (alignment.cells.empty()) {
        readings.push_back(UnreadableCell(
            cells[c], run.LineNumber(), run.Printed(),
            {absl::StrCat("The row prints ",
                          Counted(run.FigureCount(), "figure", "figures"),
                          " for ", cells.size(), " columns."),
             absl::StrCat("该行有 ", run.FigureCount(), " 个数字，而表有 ",
                          cells.size(), " 列。")}));
        continue;
      }
      readings.push_back(ReadCell(cells[c], alignment.cells[c],
                                  run.LineNumber(), PrintedUnit()));
      DoubtReading(label, alignment.certain, columns.official || in_grid,
                   &readings.back());
      NoteProcurementUnit(readings.back());
    }
    const bool may_be_shifted =
        in_grid ? has_nameless_figure_
                : run.delimited && run.cells.size() > cells.size() &&
                      run.cells.front()->kind == AtomKind::kBlank;
    if (may_be_shifted) {
      for (CellReading& reading : readings) Doubt(MaybeShifted(), &reading);
    }
    if (MayGoOnBelow(lines_, runs_, index)) {
      for (CellReading& reading : readings) Doubt(MaybeBroken(), &reading);
    }
    DoubtPageNumbers(source_, run, &readings);
    any_beside_ = any_beside_ || label.beside;
    std::vector<CellReading>& kept = label.beside ? readings_ : above_;
    kept.insert(kept.end(), readings.begin(), readings.end());
  }

  // Figures that follow a row with no label of their own may be its last ones,
  // with something else among the ones before.
  void DoubtRowBefore(size_t index) {
    if (index == 0 || !runs_[index - 1].vertical) return;
    const int line = runs_[index - 1].LineNumber();
    for (CellReading& reading : above_) {
      if (reading.line >= line) Doubt(ApartFromLabel(), &reading);
    }
  }

  // Where other figures stand on the lines of their labels, those that do not
  // may have got there by accident.
  void SettleRowsBelowLabels() {
    for (CellReading& reading : above_) {
      if (any_beside_) Doubt(ApartFromLabel(), &reading);
      readings_.push_back(std::move(reading));
    }
  }

  void DoubtReading(const RunLabel& label, bool aligned, bool head_names,
                    CellReading* reading) const {
    if (!aligned) {
      Doubt({"The row has blank cells between its figures.",
             "该行数字之间有空白单元格。"},
            reading);
    }
    if (!head_names) {
      Doubt({"The head of this row's columns was not recognised.",
             "未能识别该行各列的表头。"},
            reading);
    }
    if (label.match.quality == MatchQuality::kWeak) {
      Doubt({"The row's label is not quite that of the form.",
             "该行标签与格式中的标签不完全一致。"},
            reading);
    }
    if (label.contested || (!label.beside && loose_start_)) {
      Doubt(
          {"The figures stand apart from their label; the row was told by its "
           "place.",
           "数字与标签分离，仅按位置判断所在行。"},
          reading);
    }
  }

  void NoteProcurementUnit(const CellReading& reading) {
    const auto& info = report::Schema::Get().cells()[reading.cell];
    if (info.unit != v1::UNIT_AS_PRINTED || !reading.value.has_value()) return;
    const bool wan = PrintedUnit() == v1::UNIT_WAN_YUAN ||
                     reading.printed.find("万元") != std::string::npos;
    procurement_unit_ = wan ? v1::UNIT_WAN_YUAN : v1::UNIT_AS_PRINTED;
  }

  std::vector<CellReading> Merge() {
    std::map<report::CellIndex, CellReading> merged;
    for (CellReading& reading : readings_) {
      const auto [known, is_new] = merged.emplace(reading.cell, reading);
      if (is_new || known->second.value == reading.value) continue;
      Doubt({"The row is printed more than once with different figures.",
             "该行重复出现且数字不同。"},
            &known->second);
    }
    std::vector<CellReading> result;
    for (auto& [cell, reading] : merged) result.push_back(std::move(reading));
    return result;
  }

  const TableSource& source_;
  const std::vector<Line>& lines_;
  const LineRange range_;
  const std::vector<FormRow> form_;
  const std::vector<Run> runs_;
  LabelMatcher matcher_;
  std::vector<std::pair<int, std::u32string>> labels_;
  std::map<std::u32string, int> short_labels_;
  Cores column_words_;
  // What may stand in a head beside the names of columns; and all that may.
  HeadWords other_words_{NameLayout::kOneToACell};
  HeadWords head_words_{NameLayout::kOneToACell};
  v1::Edition edition_ = v1::EDITION_UNSPECIFIED;
  v1::Unit procurement_unit_ = v1::UNIT_UNSPECIFIED;
  std::u32string head_;
  LineRange head_range_;
  std::vector<HeadLine> head_lines_;
  int heads_seen_ = 0;
  Alignment grid_alignment_;
  bool has_nameless_figure_ = false;  // Of the run that was last aligned.
  std::map<int, Columns> columns_;    // Under the head; by row.
  bool any_row_ = false;
  // Figures without a label come before the first labelled row.
  bool loose_start_ = false;
  bool any_beside_ = false;
  std::vector<CellReading> readings_;
  std::vector<CellReading> above_;
};

}  // namespace

v1::Edition EditionOfYear(int year) {
  return year != 0 && year < 2021 ? v1::EDITION_2019 : v1::EDITION_2021;
}

void DoubtPageNumbers(const TableSource& source, const Run& run,
                      std::vector<CellReading>* readings) {
  if (!run.vertical) return;
  for (CellReading& reading : *readings) {
    if (run.has_odd_gap) {
      Doubt(
          {"A blank line stands before one of these figures, as before few "
           "others; it may be a blank cell, and the figure a page number.",
           "其中一个数字前有空行，而其他数字前大多没有；空行可能是空白单元格，"
           "其后的数字可能是页码。"},
          &reading);
    }
    if (!source.bare_page_numbers) continue;
    Doubt(
        {"The figures stand one to a line, and so do page numbers; one of them "
         "may be a page number.",
         "数字逐行排列，页码也单独成行，其中可能混入页码。"},
        &reading);
  }
}

TableReading ReadProactiveTable(const TableSource& source,
                                std::vector<Remark>* remarks) {
  if (source.range.IsEmpty()) {
    TableReading table;
    table.edition = EditionOfYear(source.year);
    table.cells = CompleteCells(
        2, table.edition, {},
        {"Table two was not found in the text.", "文本中未找到表二。"});
    return table;
  }
  return ProactiveReader(source).Read(remarks);
}

}  // namespace annals::client
