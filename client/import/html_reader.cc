#include "client/import/html_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/cpu_deadline.h"
#include "client/import/figure.h"
#include "client/import/html_article.h"
#include "client/import/html_copies.h"
#include "client/import/html_lines.h"
#include "client/import/html_look.h"
#include "client/import/html_shown.h"
#include "client/import/html_style.h"
#include "client/import/html_titles.h"
#include "client/import/html_tree.h"
#include "client/import/limit_error.h"
#include "client/import/table_grid.h"
#include "client/import/unicode.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// A report says so in its title.
constexpr absl::string_view kAnnualReport = "年度报告";
// After a number of a text, that a person may read too.
constexpr absl::string_view kUnsureInText = "(?)";

const GumboElement* ElementOf(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT ? &node->v.element : nullptr;
}

GumboTag TagOf(const GumboNode* node) {
  const GumboElement* element = ElementOf(node);
  return element == nullptr ? GUMBO_TAG_UNKNOWN : element->tag;
}

// Lets the figures be read as ones that the page may show otherwise.
void MarkFigures(std::vector<std::string>* lines) {
  for (std::string& line : *lines) {
    Figure figure;
    if (ParseFigure(CellLine(line), &figure)) {
      absl::StrAppend(&line, kUnsureFigure);
    }
  }
}

class HtmlReader {
 public:
  HtmlReader(const GumboNode* root, const ImportLimits& limits,
             const CpuDeadline& deadline)
      : root_(root),
        limits_(limits),
        deadline_(deadline),
        sheets_(root, deadline),
        titles_(StatedTitles(root)),
        writer_(FileFormat::kHtml, limits) {}

  bool has_external_styles() const { return sheets_.has_external(); }

  absl::StatusOr<SourceText> Read() {
    FindLayoutTables();
    FindCopies();
    AddTitleIfOnlyTitle();
    NoteNode(root_);
    Flow();
    if (deadline_.IsOver()) return TooMuchTime(FileFormat::kHtml, limits_);
    writer_.KeepLines(ArticleLines(writer_.text(), nodes_));
    if (EndsInsideTable()) writer_.EndInsideCell();
    ASSIGN_OR_RETURN(SourceText source, writer_.Finish());
    source.stated_titles = titles_;
    for (size_t i = 0; i < source.lines.size(); ++i) {
      source.lines[i].is_link = IsInLink(nodes_[i]);
    }
    return source;
  }

 private:
  // A table with tables of more than one cell inside, or of such tables.
  struct TableUse {
    int cells = 0;
    bool has_tables = false;
  };

  void FindLayoutTables() {
    std::vector<const GumboNode*> open;
    const GumboNode* node = root_;
    while (node != nullptr) {
      const GumboTag tag = TagOf(node);
      if (tag == GUMBO_TAG_TABLE) open.push_back(node);
      if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && !open.empty()) {
        ++tables_[open.back()].cells;
      }
      node = NextNode(node, root_, true, [&](const GumboNode* left) {
        if (TagOf(left) != GUMBO_TAG_TABLE) return;
        open.pop_back();
        const TableUse use = tables_[left];
        if (!open.empty() && (use.cells > 1 || use.has_tables)) {
          tables_[open.back()].has_tables = true;
        }
      });
    }
  }

  bool IsDataTable(const GumboNode* node) const {
    if (TagOf(node) != GUMBO_TAG_TABLE) return false;
    const auto found = tables_.find(node);
    return found != tables_.end() && !found->second.has_tables;
  }

  void FindCopies() {
    std::vector<const GumboNode*> tables;
    for (const auto& [table, use] : tables_) {
      if (!use.has_tables) tables.push_back(table);
    }
    copies_ = HiddenCopies(tables, sheets_);
  }

  // Whether the page is cut off in its last table, whose last figure may then
  // be cut off too.
  bool EndsInsideTable() const {
    return writer_.line_count() > 0 && writer_.line_count() == table_end_ &&
           last_table_->v.element.original_end_tag.length == 0;
  }

  // Nothing more can be read.
  bool IsStopped() const { return writer_.IsFull() || deadline_.IsOver(); }

  // Some pages print their title only as that of the window.
  void AddTitleIfOnlyTitle() {
    if (titles_.empty() || !absl::StrContains(titles_[0], kAnnualReport)) {
      return;
    }
    const GumboNode* node = root_;
    while (node != nullptr && !IsStopped()) {
      const bool shown = !IsSkipped(node);
      if (shown && node->type == GUMBO_NODE_TEXT &&
          absl::StrContains(node->v.text.text, kAnnualReport)) {
        return;
      }
      node = NextNode(node, root_, shown, [](const GumboNode*) {});
    }
    writer_.AddParagraph(titles_[0], SourceLine());
  }

  void Flow() {
    LineGatherer gatherer(&sheets_, /*in_web_font=*/false);
    const GumboNode* node = root_;
    while (node != nullptr && !IsStopped()) {
      bool enter = !IsSkipped(node) && copies_.count(node) == 0;
      if (enter && IsDataTable(node)) {
        gatherer.EndLine();
        FlushLines(&gatherer);
        ReadTable(node);
        NoteNode(node);
        last_table_ = node;
        table_end_ = writer_.line_count();
        enter = false;
      } else if (enter) {
        VisitInFlow(node, &gatherer);
      }
      const bool entered = enter;
      const GumboNode* const visited = node;
      node = NextNode(node, root_, enter, [&](const GumboNode* left) {
        if (left != visited || entered) gatherer.Leave(left);
      });
      FlushLines(&gatherer);
    }
    gatherer.EndLine();
    FlushLines(&gatherer);
  }

  // Whether an element within its line hides the text. Blocks are often hidden
  // until a script shows them.
  bool IsUnseenInLine(const GumboNode* text) const {
    bool visibility_is_known = false;
    for (const GumboNode* node = text->parent;
         ElementOf(node) != nullptr && IsInline(TagOf(node));
         node = node->parent) {
      const StyleEffects effects = sheets_.EffectsOn(node);
      if (effects.Has(StyleEffect::kNotDisplayed) ||
          effects.Has(StyleEffect::kTransparent) ||
          effects.Has(StyleEffect::kSizeZero) ||
          effects.Has(StyleEffect::kClipped)) {
        return true;
      }
      if (visibility_is_known || !effects.Speaks(StyleEffect::kInvisible)) {
        continue;
      }
      if (effects.Has(StyleEffect::kInvisible)) return true;
      visibility_is_known = true;
    }
    return false;
  }

  // A number outside of tables may be read as a figure too.
  void VisitInFlow(const GumboNode* node, LineGatherer* gatherer) const {
    Visit(node, gatherer);
    if (node->type != GUMBO_NODE_TEXT) return;
    const absl::string_view text = TrimBlanks(node->v.text.text);
    if ((BeginsInNumber(text) || EndsInNumber(text)) && IsUnseenInLine(node)) {
      gatherer->Append(kUnsureInText);
    }
  }

  static void Visit(const GumboNode* node, LineGatherer* gatherer) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA) {
      gatherer->Text(node);
    } else {
      gatherer->Enter(node);
    }
  }

  void FlushLines(LineGatherer* gatherer) {
    for (GatheredLine& line : gatherer->TakeEnded()) {
      MarkWebFont(&line);
      if (line.printed) {
        writer_.AddPrintedLine(line.text, SourceLine());
      } else {
        writer_.AddParagraph(line.text, SourceLine());
      }
      NoteNode(line.node);
    }
  }

  // The lines written since the last call begin in `node`.
  void NoteNode(const GumboNode* node) {
    nodes_.resize(writer_.line_count(), node);
  }

  void ReadTable(const GumboNode* table) {
    TableGrid grid(++table_count_, &writer_);
    const CellLook table_look(&sheets_, table);
    size_t column = 0;
    const GumboNode* node = table;
    while (node != nullptr && !IsStopped()) {
      const GumboTag tag = TagOf(node);
      bool enter = !IsSkipped(node);
      if (enter && tag == GUMBO_TAG_TR) {
        const std::vector<SpannedCell> cells =
            ReadRow(node, table_look.OfRow(node, table));
        if (IsCollapsedRow(node)) {
          grid.PassRow(cells);
        } else {
          grid.AddRow(cells);
        }
        enter = false;
      } else if (enter && tag == GUMBO_TAG_COLGROUP) {
        HideColumns(node, &column, &grid);
        enter = false;
      } else if (enter && tag == GUMBO_TAG_CAPTION) {
        for (const GatheredLine& line : LinesOf(node, false, nullptr)) {
          writer_.AddParagraph(line.text, SourceLine());
        }
        enter = false;
      }
      node = NextNode(node, table, enter, [](const GumboNode*) {});
    }
  }

  // Of the columns that a group sets, from `*column` on.
  void HideColumns(const GumboNode* group, size_t* column, TableGrid* grid) {
    const auto take = [column, grid](int span, bool hidden) {
      const size_t begin = *column;
      *column = std::min<size_t>(begin + static_cast<size_t>(std::max(span, 1)),
                                 TableGrid::kColumnsMax);
      if (hidden) grid->HideColumns(begin, *column);
    };
    const bool hidden = sheets_.EffectsOn(group).Has(StyleEffect::kCollapsed);
    const GumboVector& children = group->v.element.children;
    bool has_columns = false;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* node = static_cast<const GumboNode*>(children.data[i]);
      if (TagOf(node) != GUMBO_TAG_COL) continue;
      has_columns = true;
      const StyleEffects effects = sheets_.EffectsOn(node);
      take(NumberAttribute(node, "span", 1),
           effects.Speaks(StyleEffect::kCollapsed)
               ? effects.Has(StyleEffect::kCollapsed)
               : hidden);
    }
    if (!has_columns) take(NumberAttribute(group, "span", 1), hidden);
  }

  std::vector<SpannedCell> ReadRow(const GumboNode* row,
                                   const CellLook& row_look) {
    std::vector<SpannedCell> cells;
    const bool in_web_font = sheets_.IsInWebFont(row);
    const GumboVector& children = row->v.element.children;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* node = static_cast<const GumboNode*>(children.data[i]);
      const GumboTag tag = TagOf(node);
      if (tag != GUMBO_TAG_TD && tag != GUMBO_TAG_TH) continue;
      if (IsSkipped(node)) continue;
      SpannedCell cell;
      cell.columns = NumberAttribute(node, "colspan", 1);
      cell.rows = NumberAttribute(node, "rowspan", 1);
      CellLook look = row_look;
      look.Enter(node);
      SetText(LinesOf(node, in_web_font, &look), &cell);
      if (look.IsDoubtful()) MarkFigures(&cell.paragraphs);
      cells.push_back(std::move(cell));
    }
    return cells;
  }

  static void SetText(std::vector<GatheredLine> lines, SpannedCell* cell) {
    for (const GatheredLine& line : lines) {
      cell->paragraphs.push_back(line.text);
      if (!line.in_web_font.empty()) cell->is_in_web_font = true;
    }
    if (!cell->is_in_web_font) return;
    const std::string text = JoinedParagraphs(cell->paragraphs);
    Figure figure;
    if (ParseFigure(text, &figure) || IsUnreadableFigure(text)) return;
    // The figures among its words may be read as those of a row.
    for (size_t i = 0; i < lines.size(); ++i) {
      MarkWebFont(&lines[i]);
      cell->paragraphs[i] = std::move(lines[i].text);
    }
  }

  // `in_web_font`: what is around `root`. `look` is told of what is below it;
  // it may be null.
  std::vector<GatheredLine> LinesOf(const GumboNode* root, bool in_web_font,
                                    CellLook* look) const {
    LineGatherer gatherer(&sheets_, in_web_font);
    const GumboNode* node = root;
    while (node != nullptr && !IsStopped()) {
      const bool enter = !IsSkipped(node);
      if (!enter && look != nullptr && MayShowOtherwise(node)) look->Doubt();
      if (enter && look != nullptr && node != root) {
        if (node->type == GUMBO_NODE_ELEMENT) {
          look->Enter(node);
        } else {
          look->Text(node->v.text.text, gatherer.line());
        }
      }
      if (enter) Visit(node, &gatherer);
      const GumboNode* const visited = node;
      node = NextNode(node, root, enter, [&](const GumboNode* left) {
        if (left == visited && !enter) return;
        gatherer.Leave(left);
        if (look != nullptr && left != root) look->Leave(left);
      });
    }
    gatherer.EndLine();
    return gatherer.TakeEnded();
  }

  const GumboNode* root_;
  const ImportLimits limits_;
  const CpuDeadline deadline_;
  const StyleSheets sheets_;
  const std::vector<std::string> titles_;
  SourceTextWriter writer_;
  std::map<const GumboNode*, TableUse> tables_;
  std::set<const GumboNode*> copies_;
  // Where each line begins.
  std::vector<const GumboNode*> nodes_;
  int table_count_ = 0;
  const GumboNode* last_table_ = nullptr;
  size_t table_end_ = 0;  // The number of lines once it was read.
};

}  // namespace

absl::StatusOr<SourceText> ReadHtml(absl::string_view html,
                                    const ImportLimits& limits) {
  const CpuDeadline deadline(limits.parse_seconds);
  ASSIGN_OR_RETURN(const HtmlTree tree,
                   HtmlTree::Parse(html, limits, deadline));
  HtmlReader reader(tree.root(), limits, deadline);
  ASSIGN_OR_RETURN(SourceText source, reader.Read());
  source.has_external_styles = reader.has_external_styles();
  return source;
}

}  // namespace annals::client
