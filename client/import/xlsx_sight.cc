#include "client/import/xlsx_sight.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "client/import/xml_part.h"

namespace annals::client {
namespace {

constexpr size_t kMergedRangesMax = 100000;
// Merged cells do not overlap, so that few meet in one row.
constexpr size_t kMergedInRowMax = 1024;
// In digits of the usual font, and in points.
constexpr double kWidthMin = 0.9;
constexpr double kHeightMin = 3;

bool IsLess(absl::string_view size, double least) {
  double number = 0;
  return absl::SimpleAtod(size, &number) && number < least;
}

}  // namespace

XlsxHiddenColumns::XlsxHiddenColumns(pugi::xml_node columns) {
  // By column, the change in how many elements hide it.
  std::vector<int> changes(kXlsxColumnsMax + 1);
  for (pugi::xml_node node : columns.children()) {
    const int first = NumberOf(AttributeOf(node, "min"), 0);
    const int last =
        std::min(NumberOf(AttributeOf(node, "max"), 0), kXlsxColumnsMax);
    const bool hidden = IsXlsxOn(AttributeOf(node, "hidden")) ||
                        IsLess(AttributeOf(node, "width"), kWidthMin);
    if (!hidden || first < 1 || first > last) continue;
    ++changes[static_cast<size_t>(first - 1)];
    --changes[static_cast<size_t>(last)];
  }
  hidden_.resize(kXlsxColumnsMax);
  int hiding = 0;
  for (size_t column = 0; column < hidden_.size(); ++column) {
    hiding += changes[column];
    hidden_[column] = hiding > 0;
  }
}

bool IsXlsxRowHidden(pugi::xml_node row) {
  return IsXlsxOn(AttributeOf(row, "hidden")) ||
         IsLess(AttributeOf(row, "ht"), kHeightMin);
}

bool XlsxMergedCells::Read(pugi::xml_node cells) {
  for (pugi::xml_node cell : cells.children()) {
    XlsxRange range;
    if (!ParseXlsxRange(AttributeOf(cell, "ref"), &range)) return false;
    ranges_.push_back(range);
    if (ranges_.size() > kMergedRangesMax) return false;
  }
  Sort();
  return true;
}

void XlsxMergedCells::Sort() {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const XlsxRange& a, const XlsxRange& b) {
              return a.first_row < b.first_row;
            });
}

bool XlsxMergedCells::MoveTo(int row) {
  const auto is_above = [row](const XlsxRange& range) {
    return range.last_row < row;
  };
  open_.erase(std::remove_if(open_.begin(), open_.end(), is_above),
              open_.end());
  while (next_ < ranges_.size() && ranges_[next_].first_row <= row) {
    const XlsxRange& range = ranges_[next_++];
    if (!is_above(range)) open_.push_back(range);
    if (open_.size() > kMergedInRowMax) return false;
  }
  return true;
}

bool XlsxMergedCells::Covers(const XlsxCellPlace& place) const {
  return std::any_of(
      open_.begin(), open_.end(), [&place](const XlsxRange& range) {
        return range.Contains(place) && (range.first_row != place.row ||
                                         range.first_column != place.column);
      });
}

bool XlsxMergedCells::ReachesDownFrom(const XlsxCellPlace& place) const {
  return std::any_of(
      open_.begin(), open_.end(), [&place](const XlsxRange& range) {
        return range.Contains(place) && range.last_row > place.row;
      });
}

}  // namespace annals::client
