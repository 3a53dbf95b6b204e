// Table four: reconsideration and litigation.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/import/blank_rows.h"
#include "client/import/disputes_head.h"
#include "client/import/header_check.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/runs.h"
#include "client/import/tables.h"

namespace annals::client {
namespace {

std::u32string LabelCore(const google::protobuf::FieldDescriptor* field) {
  return CoreOf(report::FieldLabel(field, v1::EDITION_UNSPECIFIED,
                                   report::Language::kZh));
}

class DisputesReader {
 public:
  explicit DisputesReader(const TableSource& source)
      : source_(source),
        lines_(source.lines),
        range_(source.range),
        form_(FormRows(4)),
        runs_(FindRuns(source.lines, source.range)) {
    for (const FormRow& row : form_) {
      cells_.insert(cells_.end(), row.cells.begin(), row.cells.end());
    }
  }

  std::vector<CellReading> Read() {
    LabelMatcher matcher;
    for (size_t row = 0; row < form_.size(); ++row) {
      for (const LabelWording& wording : LabelWordings(form_[row].field)) {
        matcher.Add(static_cast<int>(row), wording.text);
        // 行政诉讼（未经复议直接起诉）
        for (const std::string& head : HeadWordings(form_[row].field)) {
          matcher.Add(static_cast<int>(row), absl::StrCat(head, wording.text));
        }
      }
    }
    std::vector<CellReading> readings = ReadGroups(&matcher);
    if (readings.empty()) readings = ReadParts();
    if (readings.empty()) return ReadOneRow();
    AddBlankRows(lines_, range_, form_, EditionOfYear(source_.year), &matcher,
                 &readings);
    return readings;
  }

  // The cells of a table that prints its head alone: the one row that holds
  // them all is blank. None if there is no head either.
  std::vector<CellReading> ReadHeadOnly() const {
    std::vector<CellReading> readings;
    std::vector<std::u32string> labels;
    for (const FormRow& row : form_) {
      labels.push_back(LabelCore(row.field));
      for (report::CellIndex cell : row.cells) {
        labels.push_back(LabelCore(report::Schema::Get().cells()[cell].figure));
      }
    }
    if (!HasAllCharacters(TextCore(lines_, range_), labels)) {
      return readings;
    }
    size_t last = range_.end - 1;
    while (last > range_.begin && lines_[last].IsEmpty()) --last;
    for (report::CellIndex cell : cells_) {
      readings.push_back(
          MissingCell(cell, {"Table four has its head, but prints no figure.",
                             "表四有表头，但没有数字。"}));
      readings.back().line = lines_[last].number;
    }
    return readings;
  }

 private:
  // Rows of five figures, each labelled with the kind of dispute.
  std::vector<CellReading> ReadGroups(LabelMatcher* matcher) {
    std::vector<std::vector<CellReading>> groups(form_.size());
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i].FigureCount() != kOutcomes || runs_[i].vertical) continue;
      const RunLabel label = LabelOf(lines_, range_, runs_, i, matcher);
      if (label.match.quality != MatchQuality::kExact || !label.beside ||
          label.contested)
        continue;
      std::vector<CellReading>& group = groups[label.match.row];
      if (!group.empty()) return {};
      group = ReadRun(runs_[i], form_[label.match.row].cells);
      if (!NamesOutcomesOnly(lines_, {range_.begin, runs_[i].first_line},
                             form_)) {
        DoubtHead(&group);
      }
    }
    std::vector<CellReading> readings;
    for (const auto& group : groups) {
      readings.insert(readings.end(), group.begin(), group.end());
    }
    return readings;
  }

  // Rows of figures that each have a head of their own, which names the kinds
  // over them: the table in parts, or in another order. None if a head names
  // something else, or a kind again.
  std::vector<CellReading> ReadParts() const {
    std::vector<CellReading> readings;
    std::set<size_t> seen;
    size_t head = range_.begin;
    size_t parts = 0;
    for (size_t i = 0; i < runs_.size(); ++i) {
      const Run& run = runs_[i];
      // Shorter ones are no row of this table.
      if (run.FigureCount() < kOutcomes) continue;
      const std::vector<size_t> kinds = KindsNamed(
          lines_, {head, run.first_line}, form_, run.FigureCount() / kOutcomes);
      std::vector<CellReading> part = ReadPart(i, kinds);
      if (part.empty()) return {};
      for (size_t kind : kinds) {
        if (!seen.insert(kind).second) return {};
      }
      readings.insert(readings.end(), part.begin(), part.end());
      head = run.last_line + 1;
      ++parts;
    }
    if (parts > 1 && NamesKind({head, range_.end})) {
      DoubtAll(
          {"A kind of dispute is named below the last figures, so that the "
           "names may belong to what stands above them.",
           "最后的数字之下还有案件类别名称，各名称可能属于其上方的数字。"},
          &readings);
    }
    return readings;
  }

  bool NamesKind(LineRange range) const {
    const std::u32string text = TextCore(lines_, range);
    return std::any_of(form_.begin(), form_.end(), [&](const FormRow& row) {
      return text.find(LabelCore(row.field)) != std::u32string::npos;
    });
  }

  std::vector<CellReading> ReadPart(size_t index,
                                    const std::vector<size_t>& kinds) const {
    const Run& run = runs_[index];
    std::vector<report::CellIndex> cells;
    for (size_t kind : kinds) {
      cells.insert(cells.end(), form_[kind].cells.begin(),
                   form_[kind].cells.end());
    }
    std::vector<CellReading> readings = ReadRun(run, cells);
    if (!run.texts.empty()) DoubtAll(OtherTextBeside(), &readings);
    DoubtLayout(index, &readings);
    const bool in_order = std::is_sorted(kinds.begin(), kinds.end());
    if (!in_order && (!run.delimited || !AddsUp(readings))) {
      DoubtAll({"The table prints the kinds of dispute in another order than "
                "the form.",
                "表中各类案件的排列顺序与格式不同。"},
               &readings);
    }
    return readings;
  }

  void DoubtLayout(size_t index, std::vector<CellReading>* readings) const {
    const Run& run = runs_[index];
    DoubtPageNumbers(source_, run, readings);
    if (MayGoOnBelow(lines_, runs_, index)) DoubtAll(MaybeBroken(), readings);
    if (run.vertical && !AddsUp(*readings)) {
      DoubtAll({"The figures stand one to a line and do not add up; one may be "
                "missing.",
                "数字逐行排列且合计不符，可能缺少数字。"},
               readings);
    }
  }

  std::vector<CellReading> ReadOneRow() {
    const Run* only = nullptr;
    size_t rows = 0;
    for (const Run& run : runs_) {
      if (run.FigureCount() < kOutcomes) continue;
      ++rows;
      if (!AlignRun(run, cells_.size(), false).cells.empty()) only = &run;
    }
    if (rows == 0) return {};
    if (only == nullptr) return UnreadableRows();
    std::vector<CellReading> readings = ReadRun(*only, cells_);
    if (!HasOfficialHead(*only)) DoubtHead(&readings);
    DoubtLayout(static_cast<size_t>(only - &runs_[0]), &readings);
    if (rows > 1) {
      DoubtAll({"The table prints more rows of figures than the form has.",
                "表中数字行数多于格式规定。"},
               &readings);
    }
    return readings;
  }

  std::vector<CellReading> ReadRun(
      const Run& run, const std::vector<report::CellIndex>& cells) const {
    const Alignment alignment = AlignRun(run, cells.size(), false);
    std::vector<CellReading> readings;
    for (size_t c = 0; c < cells.size() && !alignment.cells.empty(); ++c) {
      readings.push_back(ReadCell(cells[c], alignment.cells[c],
                                  run.LineNumber(), v1::UNIT_UNSPECIFIED));
      if (alignment.certain && run.texts.empty()) continue;
      if (alignment.certain && cells.size() == kOutcomes) continue;
      Doubt(OtherTextBeside(), &readings.back());
    }
    return readings;
  }

  std::vector<CellReading> UnreadableRows() const {
    std::vector<CellReading> readings;
    for (const Run& run : runs_) {
      if (run.FigureCount() < kOutcomes) continue;
      for (report::CellIndex cell : cells_) {
        readings.push_back(UnreadableCell(
            cell, run.LineNumber(), run.Printed(),
            {absl::StrCat("The row prints ",
                          Counted(run.FigureCount(), "figure", "figures"),
                          " for ", cells_.size(), " columns."),
             absl::StrCat("该行有 ", run.FigureCount(), " 个数字，而表有 ",
                          cells_.size(), " 列。")}));
      }
      break;
    }
    return readings;
  }

  bool HasOfficialHead(const Run& run) const {
    const std::vector<size_t> kinds =
        KindsNamed(lines_, {range_.begin, run.first_line}, form_, form_.size());
    return kinds.size() == form_.size() &&
           std::is_sorted(kinds.begin(), kinds.end());
  }

  static ErrorText OtherTextBeside() {
    return {"Other text stands beside these figures.",
            "这些数字旁有其他文字。"};
  }

  static void DoubtHead(std::vector<CellReading>* readings) {
    DoubtAll({"The head of the table's columns was not recognised.",
              "未能识别表头各列名称。"},
             readings);
  }

  static void DoubtAll(const ErrorText& reason,
                       std::vector<CellReading>* readings) {
    for (CellReading& reading : *readings) Doubt(reason, &reading);
  }

  static bool AddsUp(const std::vector<CellReading>& readings) {
    int64_t sum = 0;
    for (size_t i = 0; i < readings.size(); ++i) {
      if (!readings[i].value.has_value()) return false;
      const int64_t value = *readings[i].value;
      if (i % kOutcomes + 1 == kOutcomes) {
        if (sum != value) return false;
        sum = 0;
      } else if (__builtin_add_overflow(sum, value, &sum)) {
        return false;
      }
    }
    return true;
  }

  const TableSource& source_;
  const std::vector<Line>& lines_;
  const LineRange range_;
  const std::vector<FormRow> form_;
  const std::vector<Run> runs_;
  std::vector<report::CellIndex> cells_;
};

}  // namespace

TableReading ReadDisputesTable(const TableSource& source,
                               std::vector<Remark>* remarks) {
  const LineRange range = source.range;
  TableReading table;
  table.edition = EditionOfYear(source.year);
  std::vector<CellReading> readings;
  if (!range.IsEmpty()) readings = DisputesReader(source).Read();
  ErrorText reason = {"The row was not found in the text.",
                      "文本中未找到该行。"};
  if (readings.empty()) {
    AddRemark("TABLE4_NOT_FOUND",
              range.IsEmpty() ? 0 : source.lines[range.begin].number,
              {"No figures of table four were found.", "未找到表四的数字。"},
              remarks);
    reason = {"Table four was not found in the text.", "文本中未找到表四。"};
    if (!range.IsEmpty()) readings = DisputesReader(source).ReadHeadOnly();
  }
  table.cells = CompleteCells(4, table.edition, std::move(readings), reason);
  return table;
}

}  // namespace annals::client
