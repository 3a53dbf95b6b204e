#include "tests/import/hostile_grid.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annals::client {
namespace {

constexpr size_t kLabelColumns = 3;
constexpr size_t kApplicantColumns = 7;

// The heads of the dropped row go to the next one.
void UncoverBelow(Grid* grid, size_t row) {
  if (row + 1 >= grid->size()) return;
  for (size_t c = 0; c < kLabelColumns; ++c) {
    if ((*grid)[row].cells[c].covered_above) continue;
    (*grid)[row + 1].cells[c].covered_above = false;
  }
}

// Spans of the head are printed out.
void SwapColumns(size_t a, size_t b, Grid* grid) {
  for (MadeRow& row : *grid) {
    if (row.cells[kLabelColumns].text.find("申请人") != std::string::npos) {
      continue;
    }
    row.cells[a].covered_left = false;
    row.cells[b].covered_left = false;
    std::swap(row.cells[a], row.cells[b]);
  }
}

}  // namespace

size_t HeadRows(const Grid& grid) {
  size_t row = 0;
  while (row < grid.size() && grid[row].id.empty()) ++row;
  return row;
}

void GridTwister::TwistTable(int table, Grid* grid) {
  if (table == 2) TwistProactive(grid);
  if (table == 3) TwistApplications(grid);
  if (table == 4) TwistDisputes(grid);
}

// Truth loses what is no longer printed.
void GridTwister::Forget(const std::string& row) {
  for (auto it = truth_.begin(); it != truth_.end();) {
    it = absl::StartsWith(it->first, absl::StrCat(row, ".")) ? truth_.erase(it)
                                                             : std::next(it);
  }
}

void GridTwister::TwistApplications(Grid* grid) {
  const size_t first = HeadRows(*grid);
  const size_t row = first + Draw(grid->size() - first);
  switch (twist_) {
    case Twist::kRowDropped:
      Forget((*grid)[row].id);
      UncoverBelow(grid, row);
      grid->erase(grid->begin() + row);
      return;
    case Twist::kRowAdded:
      AddRow(grid, row, Chance(50) ? "9.其他不予公开情形" : "其中：网上申请");
      return;
    case Twist::kColumnAdded:
      AddColumn(grid);
      return;
    case Twist::kColumnsSwapped: {
      const size_t a = kLabelColumns + Draw(kApplicantColumns);
      const size_t b = kLabelColumns + Draw(kApplicantColumns);
      SwapColumns(a, b, grid);
      return;
    }
    case Twist::kTotalFirst:
      for (size_t c = kLabelColumns; c + 1 < 10; ++c) {
        SwapColumns(c, 9, grid);
      }
      return;
    case Twist::kColumnsMerged:
      for (MadeRow& line : *grid) {
        line.cells.erase(line.cells.begin() + 5, line.cells.begin() + 9);
      }
      return;
    case Twist::kTransposed:
      *grid = Transposed(*grid);
      return;
    case Twist::kSubtotals:
      AddSubtotals(grid);
      return;
    case Twist::kYearsBeside:
      AddLastYear(grid);
      return;
    case Twist::kYearsCompared:
      CompareYears(grid);
      return;
    case Twist::kHeadMissing:
      grid->erase(grid->begin(), grid->begin() + first);
      return;
    default:
      return;
  }
}

void GridTwister::AddRow(Grid* grid, size_t row, const char* label) {
  MadeRow added = (*grid)[row];
  added.id.clear();
  for (MadeCell& cell : added.cells) {
    if (cell.figure) cell.text = absl::StrCat(Draw(9));
  }
  for (size_t c = kLabelColumns; c-- > 0;) {
    if (added.cells[c].covered_left) continue;
    added.cells[c].text = label;
    break;
  }
  grid->insert(grid->begin() + row, added);
  for (size_t c = 0; c < 2; ++c) {
    MadeCell& below = (*grid)[row + 1].cells[c];
    if (below.text == added.cells[c].text) below.covered_above = true;
  }
}

void GridTwister::AddColumn(Grid* grid) {
  const size_t at = kLabelColumns + Draw(kApplicantColumns + 1);
  const bool figures = Chance(60);
  const size_t head = HeadRows(*grid);
  for (size_t r = 0; r < grid->size(); ++r) {
    MadeCell cell;
    cell.text = r + 1 == head ? (figures ? "上年总计" : "备注") : "";
    if (r >= head && figures) {
      cell.text = absl::StrCat(Draw(2) * Draw(900));
      cell.figure = true;
    }
    auto& cells = (*grid)[r].cells;
    if (at < cells.size()) cell.covered_left = cells[at].covered_left;
    if (r + 1 == head || r >= head) cell.covered_left = false;
    cells.insert(cells.begin() + at, cell);
  }
}

void GridTwister::AddSubtotals(Grid* grid) {
  const char* const label = Chance(50) ? "小计" : "合计";
  for (size_t r = grid->size(); r-- > HeadRows(*grid);) {
    const MadeCell group = (*grid)[r].cells[1];
    const bool opens = !group.covered_left && !group.covered_above &&
                       !(*grid)[r].cells[2].covered_left;
    if (!opens) continue;
    MadeRow sums = (*grid)[r];
    sums.id.clear();
    sums.cells[2].text = label;
    for (size_t c = kLabelColumns; c < sums.cells.size(); ++c) {
      sums.cells[c].text = absl::StrCat(Draw(2) * Draw(500));
    }
    (*grid)[r].cells[0].covered_above = true;
    (*grid)[r].cells[1].covered_above = true;
    grid->insert(grid->begin() + r, sums);
  }
}

void GridTwister::AddLastYear(Grid* grid) {
  const size_t head = HeadRows(*grid);
  for (size_t r = 0; r < grid->size(); ++r) {
    auto& cells = (*grid)[r].cells;
    std::vector<MadeCell> added(cells.begin() + kLabelColumns, cells.end());
    for (size_t c = 0; r >= head && c < added.size(); ++c) {
      added[c].text = absl::StrCat(Draw(2) * Draw(100));
    }
    const bool before = year_ % 4 == 0;
    cells.insert(before ? cells.begin() + kLabelColumns : cells.end(),
                 added.begin(), added.end());
  }
}

void GridTwister::CompareYears(Grid* grid) {
  for (MadeRow& row : *grid) {
    row.cells.resize(kLabelColumns);
    if (row.id.empty()) {
      for (int year : {year_ - 1, year_}) {
        MadeCell head;
        head.text = absl::StrCat(year, "年");
        row.cells.push_back(head);
      }
      continue;
    }
    const std::string id = absl::StrCat(row.id, ".total");
    const Figures* const years[] = {&last_year_, &truth_};
    for (const Figures* figures : years) {
      MadeCell cell;
      cell.figure = true;
      const auto found = figures->find(id);
      cell.text = found == figures->end() ? "" : absl::StrCat(found->second);
      row.cells.push_back(cell);
    }
  }
}

void GridTwister::TwistProactive(Grid* grid) {
  const size_t first = HeadRows(*grid);
  if (twist_ == Twist::kRowDropped) {
    size_t row = first + Draw(grid->size() - first);
    while ((*grid)[row].id.empty()) --row;
    Forget((*grid)[row].id);
    grid->erase(grid->begin() + row);
  }
  if (twist_ == Twist::kRowAdded) {
    MadeRow added = (*grid)[first];
    added.id.clear();
    added.cells[0].text = "其他主动公开文件";
    for (MadeCell& cell : added.cells) {
      if (cell.figure) cell.text = absl::StrCat(Draw(500));
    }
    grid->insert(grid->begin() + first + 2, added);
  }
  if (twist_ == Twist::kColumnsSwapped) {
    for (size_t r = 1; r < 4; ++r) {
      std::swap((*grid)[r].cells[1], (*grid)[r].cells[2]);
    }
  }
  if (twist_ == Twist::kTotalFirst) {
    for (size_t r = 1; r < 4; ++r) {
      std::swap((*grid)[r].cells[1], (*grid)[r].cells[3]);
    }
  }
}

void GridTwister::TwistDisputes(Grid* grid) {
  if (twist_ == Twist::kTransposed) *grid = Transposed(*grid);
  if (twist_ == Twist::kColumnsSwapped) {
    const size_t a = Draw(5);
    const size_t b = Draw(5);
    for (size_t r = 1; r < 4; ++r) {
      for (size_t group = 0; group < 15; group += 5) {
        if (r == 1 && group > 0) break;
        std::swap((*grid)[r].cells[group + a], (*grid)[r].cells[group + b]);
      }
    }
  }
  if (twist_ == Twist::kTotalFirst) {
    for (size_t r = 1; r < 4; ++r) {
      for (size_t group = 0; group < 15; group += 5) {
        if (r == 1 && group > 0) break;
        auto begin = (*grid)[r].cells.begin() + group;
        std::rotate(begin, begin + 4, begin + 5);
      }
    }
  }
}
}  // namespace annals::client
