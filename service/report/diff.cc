#include "service/report/diff.h"

#include <map>
#include <utility>

#include "service/report/field_texts.h"

namespace annals::report {
namespace {

std::vector<CellDifference> CellDifferences(const v1::Report& older,
                                            const v1::Report& newer) {
  const Cells old_cells = ReadCells(older);
  const Cells new_cells = ReadCells(newer);
  std::vector<CellDifference> differences;
  for (size_t i = 0; i < old_cells.size(); ++i) {
    if (old_cells[i] == new_cells[i]) continue;
    differences.push_back(
        {static_cast<CellIndex>(i), old_cells[i], new_cells[i]});
  }
  return differences;
}

std::vector<TextDifference> TextDifferences(const v1::Report& older,
                                            const v1::Report& newer) {
  std::map<FieldPlace, TextDifference> differences;
  for (auto& [place, text] : ReadFieldTexts(older)) {
    differences[place] = {text.path, text.text, std::nullopt};
  }
  for (auto& [place, text] : ReadFieldTexts(newer)) {
    TextDifference& difference = differences[place];
    difference.field = text.path;
    difference.new_text = text.text;
  }
  std::vector<TextDifference> changed;
  for (auto& [place, difference] : differences) {
    if (difference.old_text != difference.new_text) {
      changed.push_back(std::move(difference));
    }
  }
  return changed;
}

}  // namespace

Difference DiffReports(const v1::Report& older, const v1::Report& newer) {
  return {CellDifferences(older, newer), TextDifferences(older, newer)};
}

}  // namespace annals::report
