#include "client/render/report_docx.h"

#include <pugixml.hpp>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/render/docx_parts.h"
#include "client/render/form_document.h"
#include "client/render/printable.h"
#include "client/render/xml_text.h"
#include "client/render/zip_writer.h"

namespace annals::client {
namespace {

constexpr char kMain[] =
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
constexpr char kOfficeRelations[] =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr char kFixedTime[] = "2000-01-01T00:00:00Z";

// GB/T 9704-2012, 5.2: A4 with a text of 156 mm by 225 mm, in twentieths of a
// point.
constexpr int kPageWidth = 11906;
constexpr int kPageHeight = 16838;
constexpr int kMarginTop = 2098;
constexpr int kMarginLeft = 1588;
constexpr int kMarginRight = 1474;
constexpr int kMarginBottom = 1984;
constexpr int kTextWidth = kPageWidth - kMarginLeft - kMarginRight;
// How far the page's number stands from the edge.
constexpr int kFooterDistance = 1417;
// So high
// are rows at least, and so thick, in eighths of a point, are lines.
constexpr int kRowHeight = 340;
constexpr int kLineWidth = 4;

pugi::xml_node Add(pugi::xml_node parent, const char* name) {
  return parent.append_child(name);
}

template <typename Value>
void Set(pugi::xml_node node, const char* name, const Value& value) {
  node.append_attribute(name).set_value(value);
}

// <name w:val="value"/>
template <typename Value>
void AddValue(pugi::xml_node parent, const char* name, const Value& value) {
  Set(Add(parent, name), "w:val", value);
}

void AddRun(pugi::xml_node paragraph, const std::string& text, int half_points,
            absl::string_view face) {
  pugi::xml_node run = Add(paragraph, "w:r");
  if (half_points > 0) {
    pugi::xml_node properties = Add(run, "w:rPr");
    if (!face.empty()) {
      Set(Add(properties, "w:rFonts"), "w:eastAsia", std::string(face).c_str());
    }
    AddValue(properties, "w:sz", half_points);
    AddValue(properties, "w:szCs", half_points);
  }
  pugi::xml_node node = Add(run, "w:t");
  Set(node, "xml:space", "preserve");
  node.text().set(XmlText(text).c_str());
}

pugi::xml_node AddParagraph(pugi::xml_node parent, const char* style) {
  pugi::xml_node paragraph = Add(parent, "w:p");
  AddValue(Add(paragraph, "w:pPr"), "w:pStyle", style);
  return paragraph;
}

void AddText(pugi::xml_node body, const char* style, const std::string& text) {
  AddRun(AddParagraph(body, style), text, 0, "");
}

// Draws one table.
class TableWriter {
 public:
  TableWriter(const FormTable& table, pugi::xml_node body)
      : table_(table), node_(Add(body, "w:tbl")), columns_(table.columns()) {
    int total = 0;
    for (const int width : table.widths) total += width;
    for (const int width : table.widths) {
      widths_.push_back(width * kTextWidth / total);
    }
  }

  void Write() {
    WriteProperties();
    pugi::xml_node grid = Add(node_, "w:tblGrid");
    for (const int width : widths_) Set(Add(grid, "w:gridCol"), "w:w", width);
    for (size_t i = 0; i < table_.rows.size(); ++i) WriteRow(i);
  }

 private:
  // A cell that reaches down from a row above.
  struct Reaching {
    size_t rows_left = 0;
    size_t columns = 0;
  };

  void WriteProperties() {
    pugi::xml_node properties = Add(node_, "w:tblPr");
    pugi::xml_node width = Add(properties, "w:tblW");
    Set(width, "w:w", kTextWidth);
    Set(width, "w:type", "dxa");
    AddValue(properties, "w:jc", "center");
    pugi::xml_node borders = Add(properties, "w:tblBorders");
    for (const char* side :
         {"w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"}) {
      pugi::xml_node border = Add(borders, side);
      Set(border, "w:val", "single");
      Set(border, "w:sz", kLineWidth);
      Set(border, "w:space", 0);
      Set(border, "w:color", "000000");
    }
    Set(Add(properties, "w:tblLayout"), "w:type", "fixed");
    pugi::xml_node margins = Add(properties, "w:tblCellMar");
    for (const char* side : {"w:left", "w:right"}) {
      pugi::xml_node margin = Add(margins, side);
      Set(margin, "w:w", 40);
      Set(margin, "w:type", "dxa");
    }
  }

  void WriteRow(size_t index) {
    pugi::xml_node row = Add(node_, "w:tr");
    pugi::xml_node properties = Add(row, "w:trPr");
    Add(properties, "w:cantSplit");
    pugi::xml_node height = Add(properties, "w:trHeight");
    Set(height, "w:val", kRowHeight);
    Set(height, "w:hRule", "atLeast");
    if (index < table_.head_rows) Add(properties, "w:tblHeader");
    size_t column = 0;
    for (const FormCell& cell : table_.rows[index].cells) {
      column = WriteReaching(column, cell.column, row);
      WriteCell(cell, row);
      column += cell.column_span;
    }
    WriteReaching(column, columns_.size(), row);
  }

  // What reaches into the row from above, up to a column.
  size_t WriteReaching(size_t column, size_t end, pugi::xml_node row) {
    while (column < end && columns_[column].rows_left > 0) {
      Reaching& reaching = columns_[column];
      --reaching.rows_left;
      pugi::xml_node cell =
          AddCell(column, reaching.columns, Merge::kContinued, row);
      AddParagraph(cell, kCellStyle);
      column += reaching.columns;
    }
    return column;
  }

  enum class Merge { kNone, kBegun, kContinued };

  pugi::xml_node AddCell(size_t column, size_t span, Merge merge,
                         pugi::xml_node row) {
    pugi::xml_node cell = Add(row, "w:tc");
    pugi::xml_node properties = Add(cell, "w:tcPr");
    int total = 0;
    for (size_t i = column; i < column + span; ++i) total += widths_[i];
    pugi::xml_node width = Add(properties, "w:tcW");
    Set(width, "w:w", total);
    Set(width, "w:type", "dxa");
    if (span > 1) {
      AddValue(properties, "w:gridSpan", static_cast<unsigned>(span));
    }
    if (merge == Merge::kBegun) AddValue(properties, "w:vMerge", "restart");
    if (merge == Merge::kContinued) Add(properties, "w:vMerge");
    AddValue(properties, "w:vAlign", "center");
    return cell;
  }

  void WriteCell(const FormCell& cell, pugi::xml_node row) {
    const bool reaches = cell.row_span > 1;
    if (reaches) columns_[cell.column] = {cell.row_span - 1, cell.column_span};
    pugi::xml_node node = AddCell(cell.column, cell.column_span,
                                  reaches ? Merge::kBegun : Merge::kNone, row);
    pugi::xml_node paragraph = AddParagraph(node, kCellStyle);
    const bool is_left =
        cell.role == FormRole::kRowHead || cell.role == FormRole::kNote;
    AddValue(paragraph.child("w:pPr"), "w:jc", is_left ? "left" : "center");
    // 小四 in the wide table, 小五 in the others.
    const int half_points = table_.number == 2 ? 24 : 18;
    if (!cell.text.empty()) {
      AddRun(paragraph, PrintableLine(cell.text), half_points, "SimSun");
    }
  }

  const FormTable& table_;
  pugi::xml_node node_;
  std::vector<int> widths_;
  std::vector<Reaching> columns_;
};

void AddBlock(const FormBlock& block, pugi::xml_node body) {
  switch (block.kind) {
    case BlockKind::kTitle:
      return AddText(body, kTitleStyle, PrintableLine(block.text));
    case BlockKind::kSectionHeading:
      return AddText(body, kSectionStyle, PrintableLine(block.text));
    case BlockKind::kTopicHeading:
      return AddText(body, kTopicStyle, PrintableLine(block.text));
    case BlockKind::kPublication:
    case BlockKind::kPreface:
    case BlockKind::kProse:
      for (const std::string& paragraph : ParagraphsOf(block.text)) {
        AddText(body, kTextStyle, paragraph);
      }
      return;
    case BlockKind::kTable:
      if (!block.table.rows.empty()) TableWriter(block.table, body).Write();
      return;
  }
}

void AddPage(pugi::xml_node body) {
  pugi::xml_node section = Add(body, "w:sectPr");
  pugi::xml_node footer = Add(section, "w:footerReference");
  Set(footer, "w:type", "default");
  Set(footer, "r:id", "rId3");
  pugi::xml_node size = Add(section, "w:pgSz");
  Set(size, "w:w", kPageWidth);
  Set(size, "w:h", kPageHeight);
  pugi::xml_node margins = Add(section, "w:pgMar");
  Set(margins, "w:top", kMarginTop);
  Set(margins, "w:right", kMarginRight);
  Set(margins, "w:bottom", kMarginBottom);
  Set(margins, "w:left", kMarginLeft);
  Set(margins, "w:header", kFooterDistance);
  Set(margins, "w:footer", kFooterDistance);
  Set(margins, "w:gutter", 0);
}

std::string Serialized(const pugi::xml_document& document) {
  std::ostringstream xml;
  document.save(xml, "", pugi::format_raw, pugi::encoding_utf8);
  return xml.str();
}

pugi::xml_node NewRoot(const char* name, pugi::xml_document* document) {
  pugi::xml_node declaration = document->append_child(pugi::node_declaration);
  Set(declaration, "version", "1.0");
  Set(declaration, "encoding", "UTF-8");
  Set(declaration, "standalone", "yes");
  return Add(*document, name);
}

std::string DocumentPart(const v1::Report& report) {
  pugi::xml_document document;
  pugi::xml_node root = NewRoot("w:document", &document);
  Set(root, "xmlns:w", kMain);
  Set(root, "xmlns:r", kOfficeRelations);
  pugi::xml_node body = Add(root, "w:body");
  for (const FormBlock& block :
       LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
    AddBlock(block, body);
  }
  AddPage(body);
  return Serialized(document);
}

std::string PropertiesPart(const v1::Report& report) {
  pugi::xml_document document;
  pugi::xml_node root = NewRoot("cp:coreProperties", &document);
  Set(root, "xmlns:cp",
      "http://schemas.openxmlformats.org/package/2006/metadata/"
      "core-properties");
  Set(root, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
  Set(root, "xmlns:dcterms", "http://purl.org/dc/terms/");
  Set(root, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  Add(root, "dc:title")
      .text()
      .set(XmlText(PrintableLine(report.title())).c_str());
  Add(root, "dc:language").text().set("zh-CN");
  for (const char* name : {"dcterms:created", "dcterms:modified"}) {
    pugi::xml_node time = Add(root, name);
    Set(time, "xsi:type", "dcterms:W3CDTF");
    time.text().set(kFixedTime);
  }
  return Serialized(document);
}

}  // namespace

absl::StatusOr<std::string> RenderReportDocx(const v1::Report& report) {
  return WriteZip({{"[Content_Types].xml", kDocxContentTypes},
                   {"_rels/.rels", kDocxRelations},
                   {"docProps/core.xml", PropertiesPart(report)},
                   {"word/document.xml", DocumentPart(report)},
                   {"word/_rels/document.xml.rels", kDocxDocumentRelations},
                   {"word/styles.xml", kDocxStyles},
                   {"word/settings.xml", kDocxSettings},
                   {"word/footer1.xml", kDocxFooter}});
}

}  // namespace annals::client
