#include "tests/import/form_document.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/import/reading.h"
#include "client/import/unicode.h"
#include "service/report/schema.h"
#include "tests/import/form_labels.h"

namespace annals::client {
namespace {

using report::Language;

constexpr int kLabelColumns = 3;

class Writer {
 public:
  Writer(const Figures& figures, v1::Edition table2, v1::Edition table3)
      : figures_(figures), table2_(table2), table3_(table3) {}

  std::vector<DocumentBlock> Write() {
    Paragraph("洛阳市西工区人民政府办公室2024年政府信息公开工作年度报告", true);
    Section(v1::SECTION_S1_OVERVIEW);
    Paragraph("（一）主动公开：全年公开政府信息912条。");
    Paragraph("（二）依申请公开：本年度共处理依申请公开30件。");
    Section(v1::SECTION_S2_PROACTIVE);
    Table2();
    Section(v1::SECTION_S3_REQUESTS);
    Table3();
    Section(v1::SECTION_S4_DISPUTES);
    Table4();
    Section(v1::SECTION_S5_PROBLEMS);
    Paragraph("政务公开在标准化、规范化方面仍有待进一步提升。");
    Section(v1::SECTION_S6_OTHER);
    Paragraph("2024年度未收取政府信息公开信息处理费。");
    return std::move(blocks_);
  }

 private:
  void Paragraph(const std::string& text, bool heading = false) {
    blocks_.push_back({text, heading, {}});
  }

  void Section(v1::Section section) {
    Paragraph(report::EnumLabel(section, Language::kZh), true);
  }

  std::string Figure(report::CellIndex cell) const {
    const auto found = figures_.find(Info(cell).id);
    if (found == figures_.end()) return "";
    return Info(cell).unit == v1::UNIT_UNSPECIFIED
               ? absl::StrCat(found->second)
               : report::FormatFen(found->second, v1::UNIT_WAN_YUAN);
  }

  std::vector<report::CellIndex> PrintedCells(const FormRow& row) const {
    auto cells = row.CellsIn(table2_);
    if (table2_ == v1::EDITION_2019 && cells.size() == 3 &&
        Info(cells[0]).figure->name() == "decisions") {
      std::rotate(cells.begin(), cells.begin() + 1, cells.end());
    }
    return cells;
  }

  void Table2() {
    DocumentBlock block;
    std::string article;
    for (const FormRow& form : FormRows(2)) {
      const auto cells = PrintedCells(form);
      if (cells.empty()) continue;
      const int span = 4 - static_cast<int>(cells.size());
      const std::string head = Heads(form.field).front();
      if (head != article) {
        article = head;
        block.table.push_back({{head, 4}});
        DocumentRow row = {{"信息内容"}};
        for (report::CellIndex cell : cells) {
          std::string label = Label(Info(cell).figure, table2_);
          if (Info(cell).unit == v1::UNIT_AS_PRINTED) label += "（万元）";
          row.push_back({label});
        }
        row.back().columns = span;
        block.table.push_back(row);
      }
      DocumentRow row = {{Label(form.field, table2_)}};
      for (report::CellIndex cell : cells) row.push_back({Figure(cell)});
      row.back().columns = span;
      block.table.push_back(row);
    }
    blocks_.push_back(block);
  }

  std::vector<DocumentRow> Table3Head() const {
    const FormRow form = FormRows(3).front();
    const std::string note =
        v1::Table3::descriptor()->options().GetExtension(v1::table_note).zh();
    std::vector<DocumentRow> rows(3);
    rows[0] = {{absl::StrCat("（", note, "）"), kLabelColumns, 3},
               {"申请人情况", 7}};
    for (size_t c = 0; c < form.cells.size(); ++c) {
      const bool alone = c == 0 || c + 1 == form.cells.size();
      const std::string label = Label(Info(form.cells[c]).figure, table3_);
      if (c == 1) rows[1].push_back({"法人或其他组织", 5});
      rows[alone ? 1 : 2].push_back({label, 1, alone ? 2 : 1});
    }
    return rows;
  }

  void Table3() {
    DocumentBlock block;
    block.table = Table3Head();
    std::vector<FormRow> forms;
    for (const FormRow& form : FormRows(3)) {
      if (!form.CellsIn(table3_).empty()) forms.push_back(form);
    }
    std::vector<std::string> last;
    for (size_t i = 0; i < forms.size(); ++i) {
      const std::vector<std::string> heads = Heads(forms[i].field);
      DocumentRow row;
      for (size_t level = 0; level < heads.size(); ++level) {
        if (level < last.size() &&
            std::equal(heads.begin(), heads.begin() + level + 1,
                       last.begin())) {
          continue;
        }
        row.push_back({heads[level], 1, RowsUnder(forms, i, level)});
      }
      row.push_back({Label(forms[i].field, table3_),
                     kLabelColumns - static_cast<int>(heads.size())});
      for (report::CellIndex cell : forms[i].CellsIn(table3_)) {
        row.push_back({Figure(cell)});
      }
      block.table.push_back(row);
      last = heads;
    }
    blocks_.push_back(block);
  }

  // How many rows from `first` on stand under its head of this level.
  static int RowsUnder(const std::vector<FormRow>& forms, size_t first,
                       size_t level) {
    const std::vector<std::string> heads = Heads(forms[first].field);
    size_t i = first;
    while (i < forms.size()) {
      const std::vector<std::string> other = Heads(forms[i].field);
      if (other.size() <= level ||
          !std::equal(heads.begin(), heads.begin() + level + 1,
                      other.begin())) {
        break;
      }
      ++i;
    }
    return static_cast<int>(i - first);
  }

  void Table4() {
    DocumentBlock block;
    block.table.resize(4);
    const std::vector<FormRow> forms = FormRows(4);
    for (size_t i = 0; i < forms.size(); ++i) {
      const std::string label = Label(forms[i].field, v1::EDITION_2021);
      const bool first = i == 0;
      block.table[first ? 0 : 1].push_back({label, 5});
      for (report::CellIndex cell : forms[i].cells) {
        const std::string outcome = Label(Info(cell).figure, v1::EDITION_2021);
        block.table[first ? 1 : 2].push_back({outcome, 1, first ? 2 : 1});
        block.table[3].push_back({Figure(cell)});
      }
    }
    block.table[0].push_back({"行政诉讼", 10});
    blocks_.push_back(block);
  }

  const Figures& figures_;
  const v1::Edition table2_;
  const v1::Edition table3_;
  std::vector<DocumentBlock> blocks_;
};

class HtmlWriter {
 public:
  explicit HtmlWriter(const HtmlStyle& style) : style_(style) {}

  std::string Write(const std::vector<DocumentBlock>& document) {
    Open();
    for (const DocumentBlock& block : document) {
      if (style_.layout_table) Add("<tr><td class=x>");
      if (block.table.empty()) {
        Paragraph(block);
      } else {
        Table(block.table);
      }
      if (style_.layout_table) Add("</td></tr>\n");
    }
    Close();
    return out_;
  }

 private:
  void Add(const std::string& markup) { out_ += markup; }

  void Open() {
    if (!style_.fragment) {
      Add(absl::StrCat(
          "<!DOCTYPE html>\n<html><head><meta http-equiv=\"Content-Type\" "
          "content=\"text/html; charset=",
          style_.charset,
          "\"><title>首页</title><style>td{x:1}</style></head>\n<body>\n"
          "<!-- 21 --><script>var a = '<td>7</td>';</script>\n"));
    }
    if (style_.layout_table) {
      Add("<table><tbody><tr><td><div class=\"TRS_Editor\"><div "
          "class=\"Custom_UnionStyle\"><table>");
    }
  }

  void Close() {
    if (style_.layout_table) Add("</table></div></div></td></tr></table>");
    if (!style_.fragment) Add("</body></html>\n");
  }

  std::string Text(const std::string& text) const {
    if (!style_.split_spans) return text;
    std::string out;
    for (absl::string_view rest = text; !rest.empty();) {
      const CodePoint point = DecodeFirst(rest);
      absl::StrAppend(&out, "<span lang=EN-US style='font-size:10.5pt;\n'>",
                      rest.substr(0, point.size), "</span>");
      rest.remove_prefix(point.size);
    }
    return absl::StrCat("<b>", out, "<o:p></o:p></b>");
  }

  void Paragraph(const DocumentBlock& block) {
    const std::string tag = block.heading ? "h2" : "p";
    Add(absl::StrCat("<", tag, " class=MsoNormal>", Text(block.paragraph)));
    if (!style_.unclosed || block.heading) Add(absl::StrCat("</", tag, ">"));
    Add("\n");
  }

  void Table(const std::vector<DocumentRow>& table) {
    Add("<table class=MsoNormalTable border=1>");
    for (const DocumentRow& row : table) {
      Add("\n<tr style='height:1'>");
      for (const DocumentCell& cell : row) {
        Add("<td");
        if (cell.columns > 1) Add(absl::StrCat(" colspan=", cell.columns));
        if (cell.rows > 1) Add(absl::StrCat(" rowspan=\"", cell.rows, "\""));
        const std::string text = Text(cell.text);
        Add(absl::StrCat(">\n  <p class=MsoNormal>",
                         text.empty() ? "&nbsp;" : text));
        if (!style_.unclosed) Add("</p></td>");
      }
      if (!style_.unclosed) Add("</tr>");
    }
    Add("</table>\n");
  }

  const HtmlStyle& style_;
  std::string out_;
};

}  // namespace

std::vector<DocumentBlock> OfficialDocument(const Figures& figures,
                                            v1::Edition table2,
                                            v1::Edition table3) {
  return Writer(figures, table2, table3).Write();
}

std::string HtmlOf(const std::vector<DocumentBlock>& document,
                   const HtmlStyle& style) {
  return HtmlWriter(style).Write(document);
}

}  // namespace annals::client
