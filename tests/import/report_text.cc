#include "tests/import/report_text.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "client/import/reading.h"
#include "client/import/unicode.h"
#include "service/report/schema.h"
#include "tests/import/form_labels.h"

namespace annals::client {
namespace {

using report::Language;

constexpr int kLabelColumn = 14;
constexpr int kFigureColumn = 46;
constexpr int kFigureStep = 10;
constexpr int kHeadWidth = 8;
constexpr int kLabelWidth = 28;

struct Row {
  std::string id;
  std::vector<std::string> heads;
  std::string label;
  std::vector<std::string> cells;
};

std::string Thousands(const std::string& digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  std::string result;
  for (size_t i = 0; i < point; ++i) {
    if (i > 0 && (point - i) % 3 == 0) result.push_back(',');
    result.push_back(digits[i]);
  }
  return absl::StrCat(result, digits.substr(point));
}

std::string FullWidth(const std::string& digits) {
  std::string result;
  for (char c : digits) {
    AppendUtf8(c >= '0' && c <= '9' ? U'０' + (c - '0') : c, &result);
  }
  return result;
}

class Printer {
 public:
  Printer(const Figures& figures, const TextStyle& style)
      : figures_(figures), style_(style) {}

  std::string Print() {
    Line("洛阳市西工区人民政府办公室2024年政府信息公开工作年度报告");
    Line("");
    Section(v1::SECTION_S1_OVERVIEW);
    Line("（一）主动公开：全年公开政府信息912条。");
    Line("（二）依申请公开：本年度共处理依申请公开30件。");
    Section(v1::SECTION_S2_PROACTIVE);
    Table2();
    Section(v1::SECTION_S3_REQUESTS);
    Table3();
    Section(v1::SECTION_S4_DISPUTES);
    Table4();
    Section(v1::SECTION_S5_PROBLEMS);
    Line("政务公开在标准化、规范化方面仍有待进一步提升。");
    Section(v1::SECTION_S6_OTHER);
    Line("2024年度未收取政府信息公开信息处理费。");
    return out_;
  }

 private:
  bool Vertical() const {
    return style_.layout == Layout::kCellPerLine ||
           style_.layout == Layout::kBlankSeparated;
  }

  void Line(const std::string& text) { absl::StrAppend(&out_, text, "\n"); }

  void Section(v1::Section section) {
    Line("");
    Line(report::EnumLabel(section, Language::kZh));
    Line("");
  }

  std::string Worded(std::string text) const {
    if (style_.half_width) {
      text = absl::StrReplaceAll(
          text,
          {{"（", "("}, {"）", ") "}, {"，", ", "}, {"“", "\""}, {"”", "\""}});
    }
    if (style_.list_commas) {
      for (int n = 1; n <= 8; ++n) {
        const std::string dot = absl::StrCat(n, ".");
        if (text.compare(0, dot.size(), dot) == 0) {
          text = absl::StrCat(n, "、", text.substr(dot.size()));
        }
      }
    }
    return text;
  }

  std::string Figure(report::CellIndex cell) const {
    const auto found = figures_.find(Info(cell).id);
    if (found == figures_.end()) return "";
    std::string digits =
        Info(cell).unit == v1::UNIT_UNSPECIFIED
            ? absl::StrCat(found->second)
            : report::FormatFen(found->second, v1::UNIT_WAN_YUAN);
    if (style_.thousands) digits = Thousands(digits);
    return style_.full_width_digits ? FullWidth(digits) : digits;
  }

  Row MakeRow(const FormRow& form, int table, v1::Edition edition) const {
    Row row;
    row.id = absl::StrCat("t", table, ".", form.field->name());
    row.label = Worded(Label(form.field, edition));
    for (const std::string& head : Heads(form.field)) {
      row.heads.push_back(Worded(head));
    }
    for (report::CellIndex cell : PrintedCells(form, edition)) {
      row.cells.push_back(Figure(cell));
    }
    if (style_.change_row) style_.change_row(row.id, &row.cells);
    return row;
  }

  // A line of cells that are neither label nor figure, or a plain row.
  void Cells(const std::vector<std::string>& cells) {
    switch (style_.layout) {
      case Layout::kTabs:
      case Layout::kShiftedTabs:
        Line(absl::StrJoin(cells, "\t"));
        return;
      case Layout::kBars:
      case Layout::kMarkdown:
        Line(absl::StrCat("| ", absl::StrJoin(cells, " | "), " |"));
        return;
      case Layout::kOpenBars:
        Line(absl::StrCat(absl::StrJoin(cells, " | "), " |"));
        return;
      case Layout::kCellPerLine:
      case Layout::kBlankSeparated:
        for (const std::string& cell : cells) {
          Line(cell);
          if (style_.layout == Layout::kBlankSeparated) Line("");
        }
        return;
      case Layout::kColumns: {
        std::string line;
        int column = 0;
        for (size_t i = 0; i < cells.size(); ++i) {
          Place(i == 0 ? 0 : kFigureColumn + kFigureStep * (i - 1), cells[i],
                &line, &column);
        }
        Line(line);
        Line("");
        return;
      }
      case Layout::kSpaced:
        Line(absl::StrJoin(cells, " "));
        return;
    }
  }

  void Rule(size_t cells) {
    if (style_.layout != Layout::kMarkdown) return;
    Line(absl::StrCat(
        "|", absl::StrJoin(std::vector<std::string>(cells, "---"), "|"), "|"));
  }

  int Width(const std::string& text) const {
    int width = 0;
    for (absl::string_view rest = text; !rest.empty();) {
      const CodePoint point = DecodeFirst(rest);
      width += style_.narrow_columns ? 1 : DisplayWidth(point.value);
      rest.remove_prefix(point.size);
    }
    return width;
  }

  void Place(int at, const std::string& text, std::string* line,
             int* column) const {
    const int gap = std::max(at - *column, *column == 0 ? 0 : 2);
    absl::StrAppend(line, std::string(gap, ' '), text);
    *column += gap + Width(text);
  }

  std::vector<std::string> Wrap(const std::string& text, int width) const {
    std::vector<std::string> lines = {""};
    for (absl::string_view rest = text; !rest.empty();) {
      const CodePoint point = DecodeFirst(rest);
      if (Width(lines.back()) + 2 > width) lines.emplace_back();
      absl::StrAppend(&lines.back(), rest.substr(0, point.size));
      rest.remove_prefix(point.size);
    }
    return lines;
  }

  // A row of table three; `head`: the head that the row is the first one under.
  void WideRow(const Row& row, const std::string& head) {
    if (style_.layout == Layout::kColumns) {
      ColumnRow(row, head);
      return;
    }
    std::vector<std::string> cells;
    if (!head.empty()) cells.push_back(head);
    const bool filler = style_.layout == Layout::kTabs && head.empty();
    if (filler) cells.insert(cells.begin(), "");
    cells.push_back(row.label);
    if (style_.layout == Layout::kTabs && row.heads.empty()) {
      cells.push_back("");
    }
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    if (Vertical()) {
      cells.erase(std::remove(cells.begin(), cells.end(), ""), cells.end());
    }
    Cells(cells);
  }

  void ColumnRow(const Row& row, const std::string& head) {
    const std::vector<std::string> heads = Wrap(head, kHeadWidth);
    const std::vector<std::string> labels = Wrap(row.label, kLabelWidth);
    const size_t lines = std::max(heads.size(), labels.size());
    const size_t middle = labels.size() / 2;
    for (size_t i = 0; i < lines; ++i) {
      std::string line;
      int column = 0;
      if (i < heads.size() && !heads[i].empty()) {
        Place(0, heads[i], &line, &column);
      }
      if (i < labels.size()) Place(kLabelColumn, labels[i], &line, &column);
      for (size_t c = 0; i == middle && c < row.cells.size(); ++c) {
        Place(kFigureColumn + kFigureStep * static_cast<int>(c), row.cells[c],
              &line, &column);
      }
      Line(line);
    }
    Line("");
    if (++rows_ % 10 != 0) return;
    Line(absl::StrCat(std::string(70, ' '), "-", rows_ / 10, "-"));
    absl::StrAppend(&out_, "\f");
  }

  void Table2() {
    std::string article;
    for (const FormRow& form : FormRows(2)) {
      const auto cells = PrintedCells(form, style_.table2);
      if (cells.empty()) continue;
      const Row row = MakeRow(form, 2, style_.table2);
      if (row.heads.front() != article) {
        article = row.heads.front();
        Cells({article});
        std::vector<std::string> head = {"信息内容"};
        for (report::CellIndex cell : cells) {
          std::string label = Label(Info(cell).figure, style_.table2);
          if (Info(cell).unit == v1::UNIT_AS_PRINTED) label += "（万元）";
          head.push_back(Worded(label));
        }
        Cells(head);
        Rule(head.size());
      }
      std::vector<std::string> line = {row.label};
      line.insert(line.end(), row.cells.begin(), row.cells.end());
      Cells(line);
    }
  }

  void Table3Head() {
    const FormRow form = FormRows(3).front();
    std::vector<std::string> columns = {""};
    for (report::CellIndex cell : form.cells) {
      columns.push_back(Label(Info(cell).figure, style_.table3));
    }
    const std::string note =
        v1::Table3::descriptor()->options().GetExtension(v1::table_note).zh();
    Cells({Worded(absl::StrCat("（", note, "）")), "申请人情况"});
    if (Vertical()) columns.erase(columns.begin());
    Cells(columns);
    Rule(columns.size());
  }

  void Table3() {
    Table3Head();
    std::string last_head;
    for (const FormRow& form : FormRows(3)) {
      if (form.CellsIn(style_.table3).empty()) continue;
      Row row = MakeRow(form, 3, style_.table3);
      std::string head = row.heads.empty() ? "" : row.heads.back();
      std::string printed = head == last_head ? "" : head;
      last_head = head;
      WideRow(row, printed);
    }
  }

  void Table4() {
    std::vector<std::string> kinds;
    std::vector<std::string> outcomes;
    std::vector<std::string> cells;
    for (const FormRow& form : FormRows(4)) {
      kinds.push_back(Label(form.field, v1::EDITION_2021));
      for (report::CellIndex cell : form.cells) {
        outcomes.push_back(Label(Info(cell).figure, v1::EDITION_2021));
        cells.push_back(Figure(cell));
      }
    }
    if (style_.change_row) style_.change_row("t4", &cells);
    kinds.insert(kinds.begin() + 1, "行政诉讼");
    Cells(kinds);
    Cells(outcomes);
    Rule(outcomes.size());
    Cells(cells);
  }

  const Figures& figures_;
  const TextStyle& style_;
  std::string out_;
  int rows_ = 0;
};

}  // namespace

Figures RandomFigures(unsigned seed, const TextStyle& style) {
  std::mt19937 random(seed);
  const auto draw = [&random]() -> int64_t {
    switch (random() % 4) {
      case 0:
        return 0;
      case 1:
        return random() % 10;
      case 2:
        return random() % 2000;
      default:
        return random() % 100;
    }
  };
  Figures figures;
  for (int table = 2; table <= 4; ++table) {
    const v1::Edition edition = table == 2   ? style.table2
                                : table == 3 ? style.table3
                                             : v1::EDITION_2021;
    for (const FormRow& row : FormRows(table)) {
      int64_t sum = 0;
      for (report::CellIndex cell : row.CellsIn(edition)) {
        const bool total = table != 2 && cell == row.cells.back();
        int64_t value = total ? sum : draw();
        if (Info(cell).unit != v1::UNIT_UNSPECIFIED) value *= 12345;
        if (Info(cell).may_be_negative && random() % 2 == 0) value = -value;
        sum += value;
        figures[Info(cell).id] = value;
      }
    }
  }
  return figures;
}

std::string RenderReport(const Figures& figures, const TextStyle& style) {
  return Printer(figures, style).Print();
}

}  // namespace annals::client
