#include "tests/import/office_files.h"

#include <zip.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/source_text.h"
#include "client/import/unicode.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

constexpr char kXml[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr char kOfficeUri[] =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Relationships(
    const std::vector<std::pair<std::string, std::string>>& targets) {
  std::string xml = absl::StrCat(
      kXml,
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
      "relationships\">");
  for (size_t i = 0; i < targets.size(); ++i) {
    absl::StrAppend(&xml, "<Relationship Id=\"rId", i + 1, "\" Type=\"",
                    kOfficeUri, "/", targets[i].first, "\" Target=\"",
                    targets[i].second, "\"/>");
  }
  return absl::StrCat(xml, "</Relationships>");
}

bool IsNumber(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of("-.0123456789") == std::string::npos;
}

class DocxWriter {
 public:
  explicit DocxWriter(const DocxStyle& style) : style_(style) {}

  std::string Body(const std::vector<DocumentBlock>& document) {
    for (const DocumentBlock& block : document) {
      if (style_.wrapped) body_ += "<w:sdt><w:sdtPr/><w:sdtContent>";
      if (block.table.empty()) {
        Heading(block);
      } else {
        Table(block.table);
      }
      if (style_.wrapped) body_ += "</w:sdtContent></w:sdt>";
    }
    return body_;
  }

 private:
  void Run(absl::string_view text) {
    absl::StrAppend(&body_, "<w:r><w:rPr><w:b/></w:rPr><w:t>", Escaped(text),
                    "</w:t></w:r>");
  }

  void Runs(const std::string& text) {
    if (!style_.split_runs) {
      Run(text);
      return;
    }
    for (absl::string_view rest = text; !rest.empty();) {
      const CodePoint point = DecodeFirst(rest);
      Run(rest.substr(0, point.size));
      rest.remove_prefix(point.size);
    }
  }

  void Paragraph(const std::string& text, const std::string& properties = "") {
    absl::StrAppend(&body_, "<w:p><w:pPr>", properties, "</w:pPr>");
    const bool changed = style_.tracked_changes && IsNumber(text);
    if (changed) {
      body_ +=
          "<w:del w:id=\"1\"><w:r><w:delText>7</w:delText></w:r></w:del>"
          "<w:moveFrom><w:r><w:t>9</w:t></w:r></w:moveFrom>"
          "<w:ins w:id=\"2\">";
    }
    if (!text.empty()) Runs(text);
    if (!style_.note_style.empty() && IsNumber(text)) {
      absl::StrAppend(&body_, "<w:r><w:rPr><w:rStyle w:val=\"",
                      style_.note_style, "\"/></w:rPr><w:t>1</w:t></w:r>");
    }
    if (changed) {
      body_ +=
          "</w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>8</w:t></w:r>"
          "<w:r><w:rPr><w:strike/></w:rPr><w:t>6</w:t></w:r>"
          "<w:r><w:instrText>PAGE 5</w:instrText></w:r>";
    }
    body_ += "</w:p>";
  }

  void Heading(const DocumentBlock& block) {
    const size_t comma = block.paragraph.find("、");
    if (style_.numbered_headings && block.heading &&
        comma != std::string::npos && comma < 7) {
      Paragraph(block.paragraph.substr(comma + 3),
                "<w:pStyle w:val=\"Section\"/>");
    } else {
      Paragraph(block.paragraph);
    }
  }

  void Cell(const std::string& text, int columns, const char* merge) {
    absl::StrAppend(&body_, "<w:tc><w:tcPr><w:gridSpan w:val=\"", columns,
                    "\"/>", merge, "</w:tcPr>");
    Paragraph(text);
    body_ += "</w:tc>";
  }

  void Table(const std::vector<DocumentRow>& table) {
    struct Reach {
      int rows = 0;
      int columns = 0;
    };
    std::vector<Reach> reaches(100);
    body_ += "<w:tbl><w:tblPr/>";
    for (const DocumentRow& row : table) {
      body_ += "<w:tr>";
      size_t column = 0;
      const auto covered = [&] {
        while (reaches[column].rows > 0) {
          --reaches[column].rows;
          const int columns = reaches[column].columns;
          Cell("", columns, "<w:vMerge/>");
          column += static_cast<size_t>(columns);
        }
      };
      for (const DocumentCell& cell : row) {
        covered();
        Cell(cell.text, cell.columns,
             cell.rows > 1 ? "<w:vMerge w:val=\"restart\"/>" : "");
        if (cell.rows > 1) reaches[column] = {cell.rows - 1, cell.columns};
        column += static_cast<size_t>(cell.columns);
      }
      covered();
      body_ += "</w:tr>";
    }
    body_ += "</w:tbl>";
  }

  const DocxStyle& style_;
  std::string body_;
};

constexpr char kNumbering[] =
    "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"4\">"
    "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>"
    "<w:numFmt w:val=\"chineseCounting\"/><w:pStyle w:val=\"Section\"/>"
    "<w:lvlText w:val=\"%1、\"/></w:lvl></w:abstractNum>"
    "<w:num w:numId=\"9\"><w:abstractNumId w:val=\"4\"/></w:num></w:numbering>";
constexpr char kStyles[] =
    "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"Section\"><w:pPr><w:numPr>"
    "<w:numId w:val=\"9\"/></w:numPr></w:pPr></w:style></w:styles>";

class XlsxWriter {
 public:
  explicit XlsxWriter(const XlsxStyle& style) : style_(style) {}

  ZipParts Write(const std::vector<DocumentBlock>& document) {
    sheets_.push_back({"报告", "", {}});
    for (const DocumentBlock& block : document) {
      if (block.table.empty()) {
        if (style_.sheet_per_table && block.heading && row_ > 0) {
          sheets_.push_back({absl::StrCat("页", sheets_.size()), "", {}});
          row_ = 0;
        }
        Row({{block.paragraph, 1, 1}});
      } else {
        for (const DocumentRow& row : block.table) Row(row);
      }
    }
    return XlsxParts(sheets_, strings_);
  }

 private:
  static std::string Scientific(const std::string& digits) {
    const bool negative = digits[0] == '-';
    const std::string bare = digits.substr(negative ? 1 : 0);
    if (bare.size() < 2 || bare.find('.') != std::string::npos) return digits;
    return absl::StrCat(negative ? "-" : "", bare.substr(0, 1), ".",
                        bare.substr(1), "E", bare.size() - 1);
  }

  std::string Content(const std::string& text) {
    if (IsNumber(text)) {
      return absl::StrCat("><v>", style_.scientific ? Scientific(text) : text,
                          "</v>");
    }
    if (style_.inline_strings) {
      return absl::StrCat(" t=\"inlineStr\"><is><t>", Escaped(text),
                          "</t></is>");
    }
    strings_.push_back(text);
    return absl::StrCat(" t=\"s\"><v>", strings_.size() - 1, "</v>");
  }

  void Row(const DocumentRow& row) {
    XlsxSheet& sheet = sheets_.back();
    ++row_;
    absl::StrAppend(&sheet.rows, "<row r=\"", row_, "\">");
    int column = 0;
    for (const DocumentCell& cell : row) {
      const auto covered = [&] {
        return std::find(covered_.begin(), covered_.end(),
                         std::make_pair(row_, column)) != covered_.end();
      };
      while (covered()) ++column;
      const std::string name = absl::StrCat(ColumnName(column), row_);
      if (!cell.text.empty()) {
        absl::StrAppend(&sheet.rows, "<c r=\"", name, "\"", Content(cell.text),
                        "</c>");
      }
      const int last = column + cell.columns - 1;
      const int bottom = row_ + cell.rows - 1;
      if (last > column || bottom > row_) {
        sheet.merged.push_back(
            absl::StrCat(name, ":", ColumnName(last), bottom));
      }
      for (int r = row_ + 1; r <= bottom; ++r) {
        for (int c = column; c <= last; ++c) covered_.emplace_back(r, c);
      }
      column = last + 1;
    }
    sheet.rows += "</row>";
  }

  const XlsxStyle& style_;
  int row_ = 0;
  std::vector<std::pair<int, int>> covered_;
  std::vector<XlsxSheet> sheets_;
  std::vector<std::string> strings_;
};

}  // namespace

std::string ZipOf(const ZipParts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive =
      zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const auto& [name, content] : parts) {
    zip_source_t* source =
        zip_source_buffer(archive, content.data(), content.size(), 0);
    EXPECT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_stat_t stat;
  zip_source_stat(target, &stat);
  std::string bytes(stat.size, '\0');
  zip_source_open(target);
  EXPECT_EQ(zip_source_read(target, bytes.data(), bytes.size()),
            static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  zip_error_fini(&error);
  return bytes;
}

ZipParts DocxParts(const std::string& body) {
  return {
      {"_rels/.rels", Relationships({{"officeDocument", "word/document.xml"}})},
      {"word/_rels/document.xml.rels",
       Relationships(
           {{"numbering", "numbering.xml"}, {"styles", "styles.xml"}})},
      {"word/numbering.xml", kNumbering},
      {"word/styles.xml", kStyles},
      {"word/document.xml",
       absl::StrCat(kXml, "<w:document xmlns:w=\"w\"><w:body>", body,
                    "<w:sectPr/></w:body></w:document>")}};
}

std::string DocxOf(const std::vector<DocumentBlock>& document,
                   const DocxStyle& style) {
  return ZipOf(DocxPartsOf(document, style));
}

ZipParts DocxPartsOf(const std::vector<DocumentBlock>& document,
                     const DocxStyle& style) {
  return DocxParts(DocxWriter(style).Body(document));
}

ZipParts XlsxParts(const std::vector<XlsxSheet>& sheets,
                   const std::vector<std::string>& shared_strings) {
  ZipParts parts = {
      {"_rels/.rels", Relationships({{"officeDocument", "xl/workbook.xml"}})}};
  std::string book =
      absl::StrCat(kXml, "<workbook xmlns:r=\"", kOfficeUri, "\"><sheets>");
  std::vector<std::pair<std::string, std::string>> targets;
  for (size_t i = 0; i < sheets.size(); ++i) {
    absl::StrAppend(&book, "<sheet name=\"", Escaped(sheets[i].name),
                    "\" sheetId=\"", 10 - i, "\" r:id=\"rId", i + 1, "\"/>");
    // Named in another order than they stand in the book.
    const std::string name =
        absl::StrCat("worksheets/sheet", sheets.size() - i, ".xml");
    targets.emplace_back("worksheet", name);
    std::string merged;
    for (const std::string& range : sheets[i].merged) {
      absl::StrAppend(&merged, "<mergeCell ref=\"", range, "\"/>");
    }
    parts.emplace_back(absl::StrCat("xl/", name),
                       absl::StrCat(kXml, "<worksheet><sheetData>",
                                    sheets[i].rows, "</sheetData><mergeCells>",
                                    merged, "</mergeCells></worksheet>"));
  }
  targets.emplace_back("sharedStrings", "/xl/sharedStrings.xml");
  std::string strings = absl::StrCat(kXml, "<sst>");
  for (const std::string& text : shared_strings) {
    absl::StrAppend(&strings, "<si><t>", Escaped(text),
                    "</t><rPh><t>pinyin</t></rPh></si>");
  }
  parts.emplace_back("xl/sharedStrings.xml", absl::StrCat(strings, "</sst>"));
  parts.emplace_back("xl/workbook.xml",
                     absl::StrCat(book, "</sheets></workbook>"));
  parts.emplace_back("xl/_rels/workbook.xml.rels", Relationships(targets));
  return parts;
}

std::string XlsxOf(const std::vector<DocumentBlock>& document,
                   const XlsxStyle& style) {
  return ZipOf(XlsxPartsOf(document, style));
}

ZipParts XlsxPartsOf(const std::vector<DocumentBlock>& document,
                     const XlsxStyle& style) {
  return XlsxWriter(style).Write(document);
}

}  // namespace annals::client
