#include "client/render/form_html.h"

#include "absl/strings/str_cat.h"
#include "client/render/printable.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

// The faces are those of official documents (GB/T 9704-2012), then what other
// systems have for them.
constexpr char kStyle[] = R"(@page { size: A4; margin: 25mm 20mm; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2em 1em; max-width: 210mm; color: #000;
  background: #fff; line-height: 1.75;
  font-family: FangSong, FangSong_GB2312, STFangsong, "Noto Serif CJK SC",
    SimSun, serif;
  font-size: 16pt; overflow-wrap: anywhere;
}
h1 {
  font-family: FZXiaoBiaoSong-B05S, "Noto Serif CJK SC", SimSun, serif;
  font-size: 22pt; line-height: 1.4; text-align: center; text-wrap: balance;
  margin: 0 0 1em;
}
h2 {
  font-family: SimHei, STHeiti, "Noto Sans CJK SC", sans-serif;
  font-size: 16pt; font-weight: normal; margin: 1.2em 0 .4em; text-indent: 2em;
}
h3 {
  font-family: KaiTi, KaiTi_GB2312, STKaiti, "Noto Serif CJK SC", serif;
  font-size: 16pt; font-weight: normal; margin: .4em 0 0; text-indent: 2em;
}
.publication { font-size: 10.5pt; margin: 0 0 1.5em; }
h1, h2, h3 { break-after: avoid; }
.prose { margin: 0; }
.prose p {
  margin: 0; text-indent: 2em; text-align: justify; orphans: 2; widows: 2;
}
.prose p, th, td { unicode-bidi: isolate; }
table.form {
  border-collapse: collapse; table-layout: fixed; width: 100%;
  margin: .5em 0 1em; line-height: 1.35; font-family: SimSun, STSong,
    "Noto Serif CJK SC", serif; font-variant-numeric: lining-nums;
}
table.form th, table.form td {
  border: 1px solid #000; padding: .3em .25em; font-weight: normal;
  text-align: center; vertical-align: middle;
}
table.form th { text-wrap: balance; }
table.form th.row, table.form .note { text-align: left; }
table.form td { height: 2.2em; }
table.t2 { font-size: 12pt; }
table.t3, table.t4 { font-size: 9pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
table.t2 tbody { break-inside: avoid; }
@media print { body { max-width: none; padding: 0; } }
)";

std::string SpanText(size_t span) { return absl::StrCat(span); }

HtmlAttributes SpanAttributes(const FormCell& cell) {
  HtmlAttributes attributes;
  if (cell.column_span > 1) {
    attributes.emplace_back("colspan", SpanText(cell.column_span));
  }
  if (cell.row_span > 1) {
    attributes.emplace_back("rowspan", SpanText(cell.row_span));
  }
  return attributes;
}

void AppendFigure(const FormCell& cell, const FormMarks& marks,
                  HtmlBuilder* html) {
  HtmlAttributes attributes = SpanAttributes(cell);
  const std::string& id = report::Schema::Get().cells()[*cell.cell].id;
  attributes.emplace_back("id", ElementId(id, marks));
  const CellMark* mark = marks.OfCell(*cell.cell);
  if (mark != nullptr) {
    attributes.emplace_back("class", mark->css_class);
    if (!mark->explanation.empty()) {
      attributes.emplace_back("title", mark->explanation);
    }
  }
  html->Open("td", attributes);
  html->Text(PrintableLine(cell.text));
  if (mark != nullptr) {
    for (const CellLink& link : mark->links) {
      html->Open("sup");
      if (link.target.empty()) {
        html->Text(link.symbol);
      } else {
        html->Element("a", link.symbol,
                      {{"href", absl::StrCat("#", link.target)}});
      }
      html->Close("sup");
    }
  }
  html->Close("td");
}

void AppendLabel(const FormCell& cell, HtmlBuilder* html) {
  HtmlAttributes attributes = SpanAttributes(cell);
  if (cell.role == FormRole::kNote) {
    attributes.emplace_back("class", "note");
    return html->Element("td", cell.text, attributes);
  }
  const bool of_rows = cell.role == FormRole::kRowHead;
  const bool of_many = of_rows ? cell.row_span > 1 : cell.column_span > 1;
  attributes.emplace_back(
      "scope", absl::StrCat(of_rows ? "row" : "col", of_many ? "group" : ""));
  if (of_rows) attributes.emplace_back("class", "row");
  html->Element("th", cell.text, attributes);
}

void AppendRow(const FormTableRow& row, const FormMarks& marks,
               HtmlBuilder* html) {
  html->Open("tr");
  for (const FormCell& cell : row.cells) {
    if (cell.role == FormRole::kFigure) {
      AppendFigure(cell, marks, html);
    } else {
      AppendLabel(cell, html);
    }
  }
  html->Close("tr");
}

void AppendColumns(const FormTable& table, HtmlBuilder* html) {
  int total = 0;
  for (const int width : table.widths) total += width;
  html->Open("colgroup");
  for (const int width : table.widths) {
    // In tenths of a percent.
    const int share = width * 1000 / total;
    html->Open(
        "col",
        {{"style", absl::StrCat("width:", share / 10, ".", share % 10, "%")}});
  }
  html->Close("colgroup");
}

bool BeginsGroup(const FormTableRow& row) {
  return !row.cells.empty() && row.cells.front().role == FormRole::kGroupHead;
}

void AppendTable(const FormBlock& block, const FormMarks& marks,
                 HtmlBuilder* html) {
  const FormTable& table = block.table;
  if (table.rows.empty()) return;
  html->Open("table", {{"class", absl::StrCat("form ", block.field)},
                       {"id", ElementId(block.field, marks)}});
  AppendColumns(table, html);
  if (table.head_rows > 0) html->Open("thead");
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if (i == table.head_rows) {
      if (i > 0) html->Close("thead");
      html->Open("tbody");
    } else if (i > table.head_rows && BeginsGroup(table.rows[i])) {
      html->Close("tbody");
      html->Open("tbody");
    }
    AppendRow(table.rows[i], marks, html);
  }
  html->Close("tbody");
  html->Close("table");
}

void AppendProse(const FormBlock& block, const FormMarks& marks,
                 HtmlBuilder* html) {
  std::string css_class = "prose";
  if (const std::string mark = marks.OfText(block.field); !mark.empty()) {
    absl::StrAppend(&css_class, " ", mark);
  }
  html->Open("div", {{"class", css_class},
                     {"id", ElementId(block.field, marks)},
                     {"lang", "zh-CN"}});
  for (const std::string& paragraph : ParagraphsOf(block.text)) {
    html->Element("p", paragraph);
  }
  html->Close("div");
}

}  // namespace

std::string FormStyle() { return kStyle; }

std::string ElementId(absl::string_view field, const FormMarks& marks) {
  return absl::StrCat(marks.IdPrefix(), field);
}

void AppendBlock(const FormBlock& block, const FormMarks& marks,
                 HtmlBuilder* html) {
  switch (block.kind) {
    case BlockKind::kPublication:
      return html->Element("p", PrintableLine(block.text),
                           {{"class", "publication"},
                            {"id", ElementId(block.field, marks)},
                            {"lang", "zh-CN"}});
    case BlockKind::kTitle:
      return html->Element(
          "h1", PrintableLine(block.text),
          {{"lang", "zh-CN"}, {"id", ElementId(block.field, marks)}});
    case BlockKind::kSectionHeading:
      return html->Element("h2", PrintableLine(block.text));
    case BlockKind::kTopicHeading:
      return html->Element("h3", PrintableLine(block.text));
    case BlockKind::kPreface:
    case BlockKind::kProse:
      return AppendProse(block, marks, html);
    case BlockKind::kTable:
      return AppendTable(block, marks, html);
  }
}

std::set<std::string> FieldsShown(const std::vector<FormBlock>& blocks) {
  std::set<std::string> fields;
  for (const FormBlock& block : blocks) {
    if (block.kind == BlockKind::kSectionHeading ||
        block.kind == BlockKind::kTopicHeading) {
      continue;
    }
    fields.insert(block.field);
    for (const FormTableRow& row : block.table.rows) {
      for (const FormCell& cell : row.cells) {
        if (!cell.cell.has_value()) continue;
        fields.insert(report::Schema::Get().cells()[*cell.cell].id);
      }
    }
  }
  return fields;
}

std::string RenderReportHtml(const v1::Report& report) {
  const FormMarks no_marks;
  HtmlBuilder body;
  body.Open("main");
  for (const FormBlock& block :
       LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
    AppendBlock(block, no_marks, &body);
  }
  body.Close("main");
  return RenderPage({Language::kZh, report.title(), FormStyle()}, body);
}

}  // namespace annals::client
