#include "client/import/docx_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "client/import/docx_paragraph.h"
#include "client/import/docx_run_look.h"
#include "client/import/table_grid.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

// In twentieths of a point: a row that is exactly as low shows no whole digit.
constexpr int kRowHeightMin = 120;

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

bool IsSkippedRow(pugi::xml_node properties) {
  return Child(properties, "del") || IsDocxPropertyOn(properties, "hidden");
}

bool IsCutOff(pugi::xml_node row_properties) {
  const pugi::xml_node height = Child(row_properties, "trHeight");
  return AttributeOf(height, "hRule") == "exact" &&
         NumberOf(AttributeOf(height, "val"), kRowHeightMin) < kRowHeightMin;
}

int Columns(pugi::xml_node properties, absl::string_view name, int otherwise) {
  return std::min(
      NumberOf(AttributeOf(Child(properties, name), "val"), otherwise),
      TableGrid::kColumnsMax);
}

// Whether it goes on the cell before or above it; one that says neither does.
bool GoesOn(pugi::xml_node merge) {
  return merge && AttributeOf(merge, "val") != "restart";
}

class RowReader {
 public:
  std::vector<DocxRow> Read(pugi::xml_node table) {
    for (pugi::xml_node row : DocxNodesIn(table, "tr")) {
      const pugi::xml_node properties = Child(row, "trPr");
      if (!IsSkippedRow(properties)) ReadRow(row, properties);
    }
    return std::move(rows_);
  }

 private:
  // A cell that may go on below.
  struct Merge {
    size_t row = 0;
    size_t cell = 0;
  };

  void ReadRow(pugi::xml_node row, pugi::xml_node properties) {
    rows_.emplace_back();
    below_.clear();
    column_ = 0;
    AddFree(Columns(properties, "gridBefore", 0));
    const bool is_cut_off = IsCutOff(properties);
    for (pugi::xml_node node : DocxNodesIn(row, "tc")) {
      ReadCell(node, Child(node, "tcPr"), is_cut_off);
    }
    AddFree(Columns(properties, "gridAfter", 0));
    merges_ = std::move(below_);
  }

  void AddFree(int columns) {
    if (columns == 0) return;
    rows_.back().push_back({pugi::xml_node(), column_, columns, false, false});
    column_ += columns;
  }

  void ReadCell(pugi::xml_node node, pugi::xml_node properties,
                bool is_cut_off) {
    if (Child(properties, "cellDel")) return;
    DocxRow& row = rows_.back();
    const int columns = std::max(Columns(properties, "gridSpan", 1), 1);
    if (GoesOn(Child(properties, "hMerge")) && !row.empty() &&
        row.back().node) {
      row.back().columns += columns;
      column_ += columns;
      return;
    }
    const bool is_change_of_merge =
        static_cast<bool>(Child(properties, "cellMerge"));
    row.push_back(
        {node, column_, columns, false, is_cut_off || is_change_of_merge});
    MergeDown(Child(properties, "vMerge"));
    column_ += columns;
  }

  // Joins the last cell to that above it, as its properties ask.
  void MergeDown(pugi::xml_node merge) {
    if (!merge) return;
    DocxCell& cell = rows_.back().back();
    const Merge own = {rows_.size() - 1, rows_.back().size() - 1};
    const auto above = merges_.find(cell.begin);
    if (!GoesOn(merge)) {
      below_[cell.begin] = own;
    } else if (above == merges_.end() ||
               At(above->second).columns != cell.columns) {
      // Nothing above begins it, such as a row that was deleted. Programs show
      // its own content, or that of the cell above.
      cell.is_doubtful = true;
      below_[cell.begin] = own;
    } else {
      cell.is_covered = true;
      At(above->second).is_doubtful = true;
      below_[cell.begin] = above->second;
    }
  }

  DocxCell& At(const Merge& merge) { return rows_[merge.row][merge.cell]; }

  std::vector<DocxRow> rows_;
  int column_ = 0;
  // By first column: the cells of the row before, and of this one.
  std::map<int, Merge> merges_;
  std::map<int, Merge> below_;
};

}  // namespace

std::vector<pugi::xml_node> DocxNodesIn(pugi::xml_node node,
                                        absl::string_view name) {
  std::vector<pugi::xml_node> found;
  FindInWrappers(node, name, &found);
  return found;
}

std::vector<DocxRow> DocxRowsOf(pugi::xml_node table) {
  return RowReader().Read(table);
}

}  // namespace annals::client
