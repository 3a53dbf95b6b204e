#include "client/import/docx_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/table_grid.h"
#include "client/import/unicode.h"
#include "client/import/word_numbering.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// Wraps blocks or runs that are shown as if it were not there.
bool IsWrapper(absl::string_view name) {
  return name == "ins" || name == "moveTo" || name == "hyperlink" ||
         name == "smartTag" || name == "sdt" || name == "sdtContent" ||
         name == "customXml" || name == "fldSimple" || name == "dir" ||
         name == "bdo" || name == "ruby" || name == "rubyBase";
}

// The content that a program of today shows of alternatives.
pugi::xml_node Alternative(pugi::xml_node node) {
  const pugi::xml_node choice = Child(node, "Choice");
  return choice ? choice : Child(node, "Fallback");
}

// Whether a property such as w:vanish is on.
bool IsOn(pugi::xml_node properties, absl::string_view name) {
  const pugi::xml_node property = Child(properties, name);
  if (!property) return false;
  const absl::string_view value = AttributeOf(property, "val");
  return value != "0" && value != "false" && value != "off";
}

bool IsSkippedRun(pugi::xml_node properties) {
  return IsOn(properties, "vanish") || IsOn(properties, "strike") ||
         IsOn(properties, "dstrike");
}

// Text of a paragraph, and of the text boxes that are anchored in it.
struct ParagraphText {
  std::string text;
  std::vector<pugi::xml_node> boxes;
};

void FindBoxes(pugi::xml_node node, std::vector<pugi::xml_node>* boxes) {
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "txbxContent") {
      boxes->push_back(child);
    } else if (name == "AlternateContent") {
      FindBoxes(Alternative(child), boxes);
    } else {
      FindBoxes(child, boxes);
    }
  }
}

void AppendSymbol(pugi::xml_node node, std::string* text) {
  uint32_t code = 0;
  const absl::string_view digits = AttributeOf(node, "char");
  if (!absl::SimpleHexAtoi(digits, &code)) return;
  const bool is_private = code >= 0xE000 && code <= 0xF8FF;
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  // A private code is a picture of its font.
  AppendUtf8(is_private || surrogate || code > 0x10FFFF || code < 0x20
                 ? 0xFFFD
                 : static_cast<char32_t>(code),
             text);
}

void AppendRunChild(pugi::xml_node child, ParagraphText* paragraph) {
  const absl::string_view name = LocalName(child);
  if (name == "t") {
    paragraph->text += child.text().get();
  } else if (name == "tab") {
    paragraph->text += "\t";
  } else if (name == "br" || name == "cr") {
    paragraph->text += "\n";
  } else if (name == "noBreakHyphen") {
    paragraph->text += "-";
  } else if (name == "sym") {
    AppendSymbol(child, &paragraph->text);
  } else if (name == "drawing" || name == "pict" || name == "object") {
    FindBoxes(child, &paragraph->boxes);
  } else if (name == "AlternateContent") {
    for (pugi::xml_node inner : Alternative(child).children()) {
      AppendRunChild(inner, paragraph);
    }
  }
}

void AppendRun(pugi::xml_node run, ParagraphText* paragraph) {
  const pugi::xml_node properties = Child(run, "rPr");
  if (IsSkippedRun(properties)) return;
  // A raised number is the mark of a note and no digit of the figure before.
  const bool raised =
      AttributeOf(Child(properties, "vertAlign"), "val") == "superscript";
  const size_t before = paragraph->text.size();
  for (pugi::xml_node child : run.children()) AppendRunChild(child, paragraph);
  if (raised && paragraph->text.size() > before) {
    paragraph->text.insert(before, "（");
    paragraph->text += "）";
  }
}

void AppendRuns(pugi::xml_node node, ParagraphText* paragraph) {
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "r") {
      AppendRun(child, paragraph);
    } else if (IsWrapper(name)) {
      AppendRuns(child, paragraph);
    } else if (name == "AlternateContent") {
      AppendRuns(Alternative(child), paragraph);
    }
  }
}

// The nodes of a name, directly below or in wrappers.
void FindInWrappers(pugi::xml_node node, absl::string_view name,
                    std::vector<pugi::xml_node>* found) {
  for (pugi::xml_node child : node.children()) {
    if (LocalName(child) == name) {
      found->push_back(child);
    } else if (IsWrapper(LocalName(child))) {
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

bool IsDeletedRow(pugi::xml_node row) {
  return static_cast<bool>(Child(Child(row, "trPr"), "del"));
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
      : numbering_(numbering, styles), writer_(FileFormat::kDocx, limits) {}

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
      } else if (IsWrapper(name)) {
        ReadBlocks(node, cell);
      } else if (name == "AlternateContent") {
        ReadBlocks(Alternative(node), cell);
      }
    }
  }

  void ReadParagraph(pugi::xml_node node, Lines* cell) {
    ParagraphText paragraph;
    AppendRuns(node, &paragraph);
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
        if (IsDeletedRow(row)) continue;
        for (pugi::xml_node inner : InWrappers(row, "tc")) {
          ReadBlocks(inner, cell);
        }
      }
      return;
    }
    TableGrid grid(++table_count_, &writer_);
    for (pugi::xml_node row : InWrappers(table, "tr")) {
      if (writer_.IsFull()) return;
      if (!IsDeletedRow(row)) grid.AddRow(ReadRow(row));
    }
  }

  std::vector<GridCell> ReadRow(pugi::xml_node row) {
    std::vector<GridCell> cells;
    for (pugi::xml_node node : InWrappers(row, "tc")) {
      const pugi::xml_node properties = Child(node, "tcPr");
      const pugi::xml_node beside = Child(properties, "hMerge");
      if (beside && AttributeOf(beside, "val") != "restart") continue;
      GridCell cell;
      cell.columns =
          NumberOf(AttributeOf(Child(properties, "gridSpan"), "val"), 1);
      // A cell that continues one above is there, but shows nothing.
      const pugi::xml_node above = Child(properties, "vMerge");
      if (!above || AttributeOf(above, "val") == "restart") {
        ReadBlocks(node, &cell.paragraphs);
      }
      cells.push_back(std::move(cell));
    }
    return cells;
  }

  WordNumbering numbering_;
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
