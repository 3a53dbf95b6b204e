#include "client/import/xlsx_workbook.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/import/figure.h"
#include "client/import/reader_error.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_number.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// Beyond so many, every cell of the sheet may be meant.
constexpr size_t kConditionalRangesMax = 1000;
constexpr XlsxRange kWholeSheet = {1, kXlsxRowsMax, 0, kXlsxColumnsMax - 1};

// "C12".
bool ParseCell(absl::string_view name, XlsxCellPlace* place) {
  size_t letters = 0;
  int number = 0;
  while (letters < name.size() &&
         absl::ascii_isupper(static_cast<unsigned char>(name[letters]))) {
    number = number * 26 + (name[letters++] - 'A' + 1);
    if (number > kXlsxColumnsMax) return false;
  }
  place->column = number - 1;
  place->row = NumberOf(name.substr(letters), 0);
  return letters > 0 && place->row > 0 && place->row <= kXlsxRowsMax;
}

// The character that `_x000D_` stands for (ISO/IEC 29500-1, 22.9.2.19) at the
// start of the text; 0 if none.
char32_t EscapedCharacter(absl::string_view text) {
  constexpr size_t kEscapeBytes = 7;
  uint32_t code = 0;
  if (text.size() < kEscapeBytes || text[0] != '_' || text[1] != 'x' ||
      text[6] != '_' || !absl::SimpleHexAtoi(text.substr(2, 4), &code)) {
    return 0;
  }
  const bool is_text = code == '\t' || code == '\n' || code == '\r' ||
                       (code >= 0x20 && (code < 0xD800 || code > 0xDFFF));
  return is_text ? code : 0;
}

std::string WithoutEscapes(absl::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const char32_t escaped = EscapedCharacter(text);
    if (escaped == 0) {
      plain.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    absl::StrAppend(&plain, ToUtf8(std::u32string(1, escaped)));
    text.remove_prefix(7);
  }
  return plain;
}

// The text of a shared or inline string: of all its runs, without the reading
// aids (rPh) of ideographs.
XlsxString StringOf(pugi::xml_node node) {
  XlsxString string;
  std::string& text = string.text;
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "t") text += WithoutEscapes(child.text().get());
    if (name != "r") continue;
    const std::string run = WithoutEscapes(Child(child, "t").text().get());
    const pugi::xml_node properties = Child(child, "rPr");
    const pugi::xml_node strike = Child(properties, "strike");
    if (strike && AttributeOf(strike, "val") != "0") continue;
    if (const auto colour = XlsxColour(Child(properties, "color"))) {
      string.colours.push_back(*colour);
    }
    if (IsTinyXlsxFont(properties)) string.has_tiny_run = true;
    const absl::string_view align =
        AttributeOf(Child(properties, "vertAlign"), "val");
    const bool beside_digit =
        !text.empty() && IsAsciiDigit(static_cast<unsigned char>(text.back()));
    const bool apart =
        align == "superscript" || (align == "subscript" && beside_digit);
    absl::StrAppend(&text, apart ? "（" : "", run, apart ? "）" : "");
  }
  return string;
}

}  // namespace

void DoubtXlsxFigure(std::string* text) {
  Figure figure;
  if (!ParseFigure(TrimBlanks(*text), &figure) || figure.placeholder) return;
  if (figure.IsUnsure()) return;
  absl::StrAppend(text, kUnsureFigure);
}

bool ParseXlsxRange(absl::string_view text, XlsxRange* range) {
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  XlsxCellPlace first;
  XlsxCellPlace last;
  if (!ParseCell(ends.first, &first) ||
      !ParseCell(ends.second.empty() ? ends.first : ends.second, &last)) {
    return false;
  }
  *range = {first.row, last.row, first.column, last.column};
  return true;
}

bool MoveToXlsxCell(pugi::xml_node cell, XlsxCellPlace* place) {
  XlsxCellPlace next{place->row, place->column + 1};
  const absl::string_view name = AttributeOf(cell, "r");
  if (!name.empty() && !ParseCell(name, &next)) return false;
  if (next.row != place->row || next.column >= kXlsxColumnsMax) return false;
  *place = next;
  return true;
}

bool NextXlsxCell(pugi::xml_node cell, XlsxCellPlace* place) {
  const int before = place->column;
  return MoveToXlsxCell(cell, place) && place->column > before;
}

bool IsXlsxOn(absl::string_view value) {
  return value == "1" || value == "true";
}

absl::StatusOr<XlsxWorkbook> XlsxWorkbook::Read(OfficePackage* package) {
  ASSIGN_OR_RETURN(const XmlPart main, package->Read(package->main_part()));
  ASSIGN_OR_RETURN(const auto relationships,
                   package->RelationshipsOf(package->main_part()));
  XlsxWorkbook workbook;
  RETURN_IF_ERROR(workbook.ReadShared(relationships, package));
  for (pugi::xml_node node : Child(main.root(), "sheets").children()) {
    if (LocalName(node) != "sheet") continue;
    // Not `sheetId`, which is another attribute.
    const auto found = relationships.find(std::string(AttributeOf(node, "id")));
    const std::string name(AttributeOf(node, "name"));
    const absl::string_view state = AttributeOf(node, "state");
    const bool is_hidden = state == "hidden" || state == "veryHidden";
    if (found == relationships.end()) {
      if (is_hidden) continue;
      return FileDamaged(FileFormat::kXlsx, name);
    }
    if (found->second.type != "worksheet") continue;
    workbook.sheets_.push_back({name, found->second.target, is_hidden});
  }
  workbook.ReadNames(Child(main.root(), "definedNames"));
  return workbook;
}

absl::Status XlsxWorkbook::ReadShared(
    const std::map<std::string, OfficePackage::Relationship>& relationships,
    OfficePackage* package) {
  for (const auto& [id, relationship] : relationships) {
    const bool styles =
        relationship.type == "styles" && package->Has(relationship.target);
    if (!styles && relationship.type != "sharedStrings") continue;
    ASSIGN_OR_RETURN(const XmlPart part, package->Read(relationship.target));
    if (styles) {
      styles_ = XlsxStyles(part.root());
      continue;
    }
    for (pugi::xml_node node : part.root().children()) {
      if (LocalName(node) == "si") strings_.push_back(StringOf(node));
    }
  }
  return absl::OkStatus();
}

// `'Sheet 1'!$A$2:$A$9`; what is no place, such as #REF!, is left out.
void XlsxWorkbook::ReadNames(pugi::xml_node names) {
  for (pugi::xml_node node : names.children()) {
    const absl::string_view reference = node.text().get();
    const size_t mark = reference.rfind('!');
    if (mark == absl::string_view::npos) continue;
    Name name;
    name.sheet = std::string(reference.substr(0, mark));
    if (name.sheet.size() >= 2 && name.sheet.front() == '\'') {
      name.sheet = absl::StrReplaceAll(
          name.sheet.substr(1, name.sheet.size() - 2), {{"''", "'"}});
    }
    const std::string cells =
        absl::StrReplaceAll(reference.substr(mark + 1), {{"$", ""}});
    if (!ParseXlsxRange(cells, &name.range)) continue;
    names_[std::string(AttributeOf(node, "name"))] = std::move(name);
  }
}

XlsxSheetLook XlsxWorkbook::LookOf(pugi::xml_node worksheet) const {
  XlsxSheetLook look;
  for (pugi::xml_node view : Child(worksheet, "sheetViews").children()) {
    const absl::string_view shows = AttributeOf(view, "showZeros");
    if (shows == "0" || shows == "false") look.shows_zeros = false;
  }
  for (pugi::xml_node node : worksheet.children()) {
    if (LocalName(node) == "conditionalFormatting") {
      AddConditional(node, AttributeOf(node, "sqref"), &look);
    }
  }
  // Excel 2010 and later put what is new into extensions.
  for (pugi::xml_node extension : Child(worksheet, "extLst").children()) {
    for (pugi::xml_node node :
         Child(extension, "conditionalFormattings").children()) {
      AddConditional(node, Child(node, "sqref").text().get(), &look);
    }
  }
  return look;
}

// `cells`: the ranges that the rules in `format` apply to, blanks between.
void XlsxWorkbook::AddConditional(pugi::xml_node format,
                                  absl::string_view cells,
                                  XlsxSheetLook* look) const {
  bool changes = false;
  for (pugi::xml_node rule : format.children()) {
    if (LocalName(rule) == "cfRule" && styles_.ChangesFigures(rule)) {
      changes = true;
    }
  }
  if (!changes) return;
  for (absl::string_view text : absl::StrSplit(cells, ' ', absl::SkipEmpty())) {
    XlsxRange range;
    const bool is_known = ParseXlsxRange(text, &range) &&
                          look->conditional.size() < kConditionalRangesMax;
    look->conditional.push_back(is_known ? range : kWholeSheet);
    if (!is_known) return;
  }
}

bool XlsxWorkbook::StoredText(pugi::xml_node cell, XlsxString* stored) const {
  const absl::string_view type = AttributeOf(cell, "t");
  const std::string value = Child(cell, "v").text().get();
  if (type == "inlineStr") {
    *stored = StringOf(Child(cell, "is"));
  } else if (type == "s") {
    const int index = NumberOf(value, -1);
    if (index < 0 || static_cast<size_t>(index) >= strings_.size()) {
      return value.empty();
    }
    *stored = strings_[static_cast<size_t>(index)];
  } else if (type == "b") {
    stored->text = IsXlsxOn(value) ? "TRUE" : "FALSE";
  } else if (type == "str" || type == "e" || type == "d") {
    stored->text = value;
  } else {
    stored->text = DecimalOfXlsxNumber(value).value_or(value);
  }
  return true;
}

bool XlsxWorkbook::TextOf(pugi::xml_node cell, const XlsxCellPlace& place,
                          const XlsxSheetLook& look, std::string* text) const {
  XlsxString stored;
  if (!StoredText(cell, &stored)) return false;
  *text = std::move(stored.text);
  if (text->empty()) return true;
  const absl::string_view type = AttributeOf(cell, "t");
  const absl::string_view style = AttributeOf(cell, "s");
  const bool is_number = type.empty() || type == "n";
  const bool plain = is_number ? (look.shows_zeros || *text != "0") &&
                                     styles_.PrintsNumber(style, *text)
                               : styles_.PrintsText(style);
  const bool seen =
      !stored.has_tiny_run && styles_.Shows(style, stored.colours);
  const bool on_condition = std::any_of(
      look.conditional.begin(), look.conditional.end(),
      [&place](const XlsxRange& range) { return range.Contains(place); });
  if (!plain || !seen || on_condition) DoubtXlsxFigure(text);
  return true;
}

}  // namespace annals::client
