#include "client/import/proactive_columns.h"

#include <algorithm>
#include <string_view>

#include "client/import/label_match.h"
#include "client/import/normalise.h"

namespace annals::client {
namespace {

const google::protobuf::FieldDescriptor* FigureOf(report::CellIndex cell) {
  return report::Schema::Get().cells()[cell].figure;
}

// 本年制发件数 is 本年制发数 and 本年制发数量.
void AddOtherCounts(const std::u32string& core, Cores* cores) {
  constexpr std::u32string_view kCount = U"件数";
  if (core.size() <= kCount.size()) return;
  const size_t at = core.size() - kCount.size();
  if (core.compare(at, kCount.size(), kCount) != 0) return;
  for (const char32_t* count : {U"数", U"数量"}) {
    cores->push_back(core.substr(0, at) + count);
  }
}

}  // namespace

Cores ColumnWordings(report::CellIndex cell, v1::Edition edition) {
  Cores cores;
  for (const LabelWording& wording : LabelWordings(FigureOf(cell))) {
    const bool in_edition =
        edition == v1::EDITION_2019 ? wording.in_2019 : wording.in_2021;
    if (!in_edition) continue;
    cores.push_back(CoreOf(wording.text));
    const std::u32string bare = CoreOf(WithoutTrailingBracket(wording.text));
    if (bare != cores.back()) cores.push_back(bare);
    AddOtherCounts(bare, &cores);
  }
  return cores;
}

Cores ColumnNames(report::CellIndex cell, v1::Edition edition) {
  Cores names = ColumnWordings(cell, edition);
  if (report::Schema::Get().cells()[cell].unit == v1::UNIT_UNSPECIFIED) {
    return names;
  }
  for (const std::u32string& name : ColumnWordings(cell, edition)) {
    for (const char32_t* unit : {U"元", U"万元", U"单位元", U"单位万元"}) {
      names.push_back(name + unit);
    }
  }
  return names;
}

Cores WordsOnlyIn(v1::Edition edition, const std::vector<FormRow>& form) {
  Cores cores;
  for (const FormRow& row : form) {
    for (report::CellIndex cell : row.cells) {
      for (const LabelWording& wording : LabelWordings(FigureOf(cell))) {
        if (wording.in_2019 == wording.in_2021) continue;
        if (wording.in_2019 != (edition == v1::EDITION_2019)) continue;
        cores.push_back(CoreOf(WithoutTrailingBracket(wording.text)));
        AddOtherCounts(std::u32string(cores.back()), &cores);
      }
    }
  }
  std::sort(cores.begin(), cores.end());
  cores.erase(std::unique(cores.begin(), cores.end()), cores.end());
  return cores;
}

std::vector<report::CellIndex> OfficialOrder(const FormRow& row,
                                             v1::Edition edition) {
  std::vector<report::CellIndex> cells = row.CellsIn(edition);
  const bool decisions_last = edition == v1::EDITION_2019 &&
                              cells.size() == 3 &&
                              FigureOf(cells[0])->name() == "decisions";
  if (decisions_last)
    std::rotate(cells.begin(), cells.begin() + 1, cells.end());
  return cells;
}

}  // namespace annals::client
