#include "client/import/docx_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/docx_alternative.h"
#include "client/import/docx_paragraph.h"
#include "client/import/docx_rows.h"
#include "client/import/table_grid.h"
#include "client/import/unicode.h"
#include "client/import/word_numbering.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// Whether a table has more than one cell, or a table inside that has.
bool HasCells(pugi::xml_node table) {
  size_t cells = 0;
  for (pugi::xml_node row : DocxNodesIn(table, "tr")) {
    for (pugi::xml_node cell : DocxNodesIn(row, "tc")) {
      if (++cells > 1) return true;
      for (pugi::xml_node inner : DocxNodesIn(cell, "tbl")) {
        if (HasCells(inner)) return true;
      }
    }
  }
  return false;
}

bool IsLayout(pugi::xml_node table) {
  for (pugi::xml_node row : DocxNodesIn(table, "tr")) {
    for (pugi::xml_node cell : DocxNodesIn(row, "tc")) {
      for (pugi::xml_node inner : DocxNodesIn(cell, "tbl")) {
        if (HasCells(inner)) return true;
      }
    }
  }
  return false;
}

class DocxReader {
 public:
  DocxReader(pugi::xml_node numbering, pugi::xml_node styles,
             const ImportLimits& limits)
      : numbering_(numbering, styles),
        paragraphs_(styles),
        writer_(FileFormat::kDocx, limits) {}

  absl::StatusOr<SourceText> Read(pugi::xml_node document) {
    ReadBlocks(Child(document, "body"), nullptr);
    return writer_.Finish();
  }

 private:
  using Lines = std::vector<std::string>;

  // Paragraphs go to `cell`, or to the writer if it is null.
  void ReadBlocks(pugi::xml_node parent, Lines* cell) {
    for (pugi::xml_node node : parent.children()) {
      if (writer_.IsFull()) return;
      const absl::string_view name = LocalName(node);
      if (name == "p") {
        ReadParagraph(node, cell);
      } else if (name == "tbl") {
        ReadTable(node, cell);
      } else if (IsDocxWrapper(name)) {
        ReadBlocks(node, cell);
      } else if (name == "AlternateContent") {
        ReadBlocks(ShownAlternative(node), cell);
      }
    }
  }

  void ReadParagraph(pugi::xml_node node, Lines* cell) {
    ParagraphText paragraph = paragraphs_.Read(node);
    const std::string number = numbering_.Next(Child(node, "pPr"));
    if (!number.empty() && !TrimBlanks(paragraph.text).empty()) {
      JoinNumber(number, &paragraph.text);
    }
    for (absl::string_view line : absl::StrSplit(paragraph.text, '\n')) {
      if (cell == nullptr) {
        writer_.AddParagraph(line, SourceLine());
      } else {
        cell->emplace_back(line);
      }
    }
    for (pugi::xml_node box : paragraph.boxes) ReadBlocks(box, cell);
  }

  // A number and a figure after it never make one figure.
  static void JoinNumber(const std::string& number, std::string* text) {
    const absl::string_view rest = TrimBlanks(*text);
    const bool digit = IsAsciiDigit(Fold(DecodeFirst(rest).value));
    *text = absl::StrCat(number, digit ? " " : "", rest);
  }

  void ReadTable(pugi::xml_node table, Lines* cell) {
    const std::vector<DocxRow> rows = DocxRowsOf(table);
    if (cell != nullptr || IsLayout(table)) {
      for (const DocxRow& row : rows) {
        for (const DocxCell& inner : row) {
          if (!inner.is_covered) ReadCell(inner.node, cell);
        }
      }
      return;
    }
    TableGrid grid(++table_count_, &writer_);
    for (const DocxRow& row : rows) {
      if (writer_.IsFull()) return;
      grid.AddRow(ReadRow(row));
    }
  }

  void ReadCell(pugi::xml_node node, Lines* cell) {
    OpenFields around = paragraphs_.SetFields({});
    ReadBlocks(node, cell);
    paragraphs_.SetFields(std::move(around));
  }

  std::vector<SpannedCell> ReadRow(const DocxRow& row) {
    std::vector<SpannedCell> cells;
    for (const DocxCell& place : row) {
      SpannedCell cell;
      cell.columns = place.columns;
      cell.is_doubtful = place.is_doubtful;
      // A cell that goes on one above is there, but shows nothing.
      if (!place.is_covered) ReadCell(place.node, &cell.paragraphs);
      cells.push_back(std::move(cell));
    }
    return cells;
  }

  WordNumbering numbering_;
  ParagraphReader paragraphs_;
  SourceTextWriter writer_;
  int table_count_ = 0;
};

}  // namespace

absl::StatusOr<SourceText> ReadDocx(OfficePackage* package,
                                    const ImportLimits& limits) {
  ASSIGN_OR_RETURN(const XmlPart document, package->Read(package->main_part()));
  ASSIGN_OR_RETURN(const auto relationships,
                   package->RelationshipsOf(package->main_part()));
  std::optional<XmlPart> numbering;
  std::optional<XmlPart> styles;
  for (const auto& [id, relationship] : relationships) {
    if (!package->Has(relationship.target)) continue;
    if (relationship.type == "numbering") {
      ASSIGN_OR_RETURN(numbering, package->Read(relationship.target));
    } else if (relationship.type == "styles") {
      ASSIGN_OR_RETURN(styles, package->Read(relationship.target));
    }
  }
  DocxReader reader(numbering ? numbering->root() : pugi::xml_node(),
                    styles ? styles->root() : pugi::xml_node(), limits);
  return reader.Read(document.root());
}

}  // namespace annals::client
