#include "client/import/column_grid.h"

#include <algorithm>
#include <cstddef>

#include "client/import/normalise.h"

namespace annals::client {
namespace {

// Wider tables are no part of the form.
constexpr int kMaxCells = 64;

using Cores = std::vector<std::u32string>;

// The lowest text of each cell in the lines of the head.
Cores CellNames(const std::vector<Line>& lines, LineRange head, int cells) {
  Cores names(cells);
  for (size_t i = head.begin; i < head.end; ++i) {
    const Line& line = lines[i];
    if (line.decoration || !line.barred || line.cells != cells ||
        line.HasFigure())
      continue;
    Cores printed(cells);
    for (const Atom& atom : line.atoms) {
      if (atom.kind == AtomKind::kText) {
        printed[atom.cell] += CoreOf(atom.text);
      }
    }
    for (int c = 0; c < cells; ++c) {
      if (!printed[c].empty()) names[c] = printed[c];
    }
  }
  return names;
}

int ColumnNamed(const std::u32string& name, const std::vector<Cores>& wordings,
                int otherwise) {
  for (size_t column = 0; column < wordings.size(); ++column) {
    const Cores& cores = wordings[column];
    if (std::find(cores.begin(), cores.end(), name) != cores.end()) {
      return static_cast<int>(column);
    }
  }
  return otherwise;
}

}  // namespace

std::optional<ColumnGrid> ColumnGrid::Find(const std::vector<Line>& lines,
                                           LineRange head, int cells,
                                           const std::vector<Cores>& wordings) {
  if (cells < 2 || cells > kMaxCells) return std::nullopt;
  ColumnGrid grid;
  grid.column_count_ = wordings.size();
  for (const std::u32string& name : CellNames(lines, head, cells)) {
    grid.columns_.push_back(name.empty() ? kNameless
                                         : ColumnNamed(name, wordings, kOther));
  }
  if (grid.NamedColumns() == 0) return std::nullopt;
  return grid;
}

size_t ColumnGrid::NamedColumns() const {
  size_t named = 0;
  for (size_t column = 0; column < column_count_; ++column) {
    const bool found = std::find(columns_.begin(), columns_.end(),
                                 static_cast<int>(column)) != columns_.end();
    if (found) ++named;
  }
  return named;
}

bool ColumnGrid::HasNamelessFigure(const Run& run) const {
  return std::any_of(
      run.cells.begin(), run.cells.end(), [this](const Atom* atom) {
        return atom->kind == AtomKind::kFigure &&
               columns_[static_cast<size_t>(atom->cell)] == kNameless;
      });
}

bool ColumnGrid::Fits(const Line& line) const {
  return line.barred && line.cells == static_cast<int>(columns_.size()) &&
         std::none_of(
             line.atoms.begin(), line.atoms.end(), [this](const Atom& atom) {
               return atom.kind == AtomKind::kText && columns_[atom.cell] >= 0;
             });
}

std::vector<const Atom*> ColumnGrid::Align(const Run& run,
                                           bool* conflict) const {
  *conflict = false;
  std::vector<const Atom*> cells(column_count_, nullptr);
  std::vector<bool> blank(column_count_, false);
  for (const Atom* atom : run.cells) {
    const int column = columns_[atom->cell];
    if (column < 0) continue;
    if (atom->kind == AtomKind::kBlank) {
      blank[column] = true;
      continue;
    }
    const Atom* known = cells[column];
    if (known != nullptr &&
        (known->text != atom->text || known->cell == atom->cell)) {
      *conflict = true;
    }
    cells[column] = atom;
  }
  for (size_t c = 0; c < column_count_; ++c) {
    if (blank[c] && cells[c] != nullptr) *conflict = true;
  }
  return cells;
}

}  // namespace annals::client
