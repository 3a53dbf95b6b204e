#include "client/import/docx_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/docx_alternative.h"
#include "client/import/docx_paragraph.h"
#include "client/import/docx_run_look.h"
#include "client/import/table_grid.h"
#include "client/import/unicode.h"
#include "client/import/word_numbering.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// The nodes of a name, directly below or in wrappers.
void FindInWrappers(pugi::xml_node node, absl::string_view name,
                    std::vector<pugi::xml_node>* found) {
  for (pugi::xml_node child : node.children()) {
    if (LocalName(child) == name) {
      found->push_back(child);
    } else if (IsDocxWrapper(LocalName(child))) {
      FindInWrappers(child, name, found);
    }
  }
}

std::vector<pugi::xml_node> InWrappers(pugi::xml_node node,
                                       absl::string_view name) {
  std::vector<pugi::xml_node> found;
  FindInWrappers(node, name, &found);
  return found;
}

bool IsSkippedRow(pugi::xml_node row) {
  const pugi::xml_node properties = Child(row, "trPr");
  return Child(properties, "del") || IsDocxPropertyOn(properties, "hidden");
}

bool IsDeletedCell(pugi::xml_node cell) {
  return static_cast<bool>(Child(Child(cell, "tcPr"), "cellDel"));
}

// Whether a table has more than one cell, or a table inside that has.
bool HasCells(pugi::xml_node table) {
  size_t cells = 0;
  for (pugi::xml_node row : InWrappers(table, "tr")) {
    for (pugi::xml_node cell : InWrappers(row, "tc")) {
      if (++cells > 1) return true;
      for (pugi::xml_node inner : InWrappers(cell, "tbl")) {
        if (HasCells(inner)) return true;
      }
    }
  }
  return false;
}

bool IsLayout(pugi::xml_node table) {
  for (pugi::xml_node row : InWrappers(table, "tr")) {
    for (pugi::xml_node cell : InWrappers(row, "tc")) {
      for (pugi::xml_node inner : InWrappers(cell, "tbl")) {
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
    if (cell != nullptr || IsLayout(table)) {
      for (pugi::xml_node row : InWrappers(table, "tr")) {
        if (IsSkippedRow(row)) continue;
        for (pugi::xml_node inner : InWrappers(row, "tc")) {
          if (!IsDeletedCell(inner)) ReadCell(inner, cell);
        }
      }
      return;
    }
    TableGrid grid(++table_count_, &writer_);
    for (pugi::xml_node row : InWrappers(table, "tr")) {
      if (writer_.IsFull()) return;
      if (!IsSkippedRow(row)) grid.AddRow(ReadRow(row));
    }
  }

  void ReadCell(pugi::xml_node node, Lines* cell) {
    OpenFields around = paragraphs_.SetFields({});
    ReadBlocks(node, cell);
    paragraphs_.SetFields(std::move(around));
  }

  std::vector<SpannedCell> ReadRow(pugi::xml_node row) {
    std::vector<SpannedCell> cells;
    for (pugi::xml_node node : InWrappers(row, "tc")) {
      if (IsDeletedCell(node)) continue;
      const pugi::xml_node properties = Child(node, "tcPr");
      const pugi::xml_node beside = Child(properties, "hMerge");
      if (beside && AttributeOf(beside, "val") != "restart") continue;
      SpannedCell cell;
      cell.columns =
          NumberOf(AttributeOf(Child(properties, "gridSpan"), "val"), 1);
      // A cell that continues one above is there, but shows nothing.
      const pugi::xml_node above = Child(properties, "vMerge");
      if (!above || AttributeOf(above, "val") == "restart") {
        ReadCell(node, &cell.paragraphs);
      }
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
