#include "tests/import/hostile_figures.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "client/import/reading.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr size_t kApplicantColumns = 7;

class FigureDrawer {
 public:
  FigureDrawer(v1::Edition table2, v1::Edition table3, std::mt19937* random)
      : table2_(table2), table3_(table3), random_(*random) {}

  int64_t DrawFigure(int density) {
    if (Draw(100) >= static_cast<size_t>(density)) return 0;
    switch (Draw(5)) {
      case 0:
        return static_cast<int64_t>(Draw(3000));
      case 1:
        return static_cast<int64_t>(Draw(100));
      default:
        return static_cast<int64_t>(Draw(10));
    }
  }

  // Table three balances, as the form says it must.
  void DrawInto(Figures* figures) {
    const int density = Chance(10) ? 0 : Chance(50) ? 20 : 80;
    for (const FormRow& row : FormRows(2)) {
      for (report::CellIndex cell : row.CellsIn(table2_)) {
        const auto& info = report::Schema::Get().cells()[cell];
        int64_t value = DrawFigure(80);
        if (info.unit != v1::UNIT_UNSPECIFIED) value *= 12345;
        if (info.may_be_negative && Chance(50)) value = -value;
        if (Chance(5) && info.unit == v1::UNIT_UNSPECIFIED) value += 11398889;
        (*figures)[info.id] = value;
      }
    }
    for (size_t c = 0; c + 1 < kApplicantColumns; ++c) {
      DrawApplicants(c, density, figures);
    }
    for (const FormRow& row : FormRows(3)) {
      if (row.CellsIn(table3_).empty()) continue;
      SumInto(row.cells, figures);
    }
    for (const FormRow& row : FormRows(4)) {
      for (size_t c = 0; c + 1 < row.cells.size(); ++c) {
        (*figures)[Id(row.cells[c])] = DrawFigure(density);
      }
      SumInto(row.cells, figures);
    }
  }

  static const std::string& Id(report::CellIndex cell) {
    return report::Schema::Get().cells()[cell].id;
  }

  static void SumInto(const std::vector<report::CellIndex>& cells,
                      Figures* figures) {
    int64_t sum = 0;
    for (size_t c = 0; c + 1 < cells.size(); ++c) {
      sum += figures->at(Id(cells[c]));
    }
    (*figures)[Id(cells.back())] = sum;
  }

  void DrawApplicants(size_t column, int density, Figures* figures) {
    const auto rows = FormRows(3);
    int64_t processed = 0;
    std::string total;
    std::string received;
    for (const FormRow& row : rows) {
      if (row.CellsIn(table3_).empty()) continue;
      const std::string& name = row.field->name();
      const std::string& id = Id(row.cells[column]);
      if (name == "total_processed") {
        (*figures)[id] = processed;
      } else if (name == "new_received") {
        received = id;
      } else {
        const int64_t value = DrawFigure(density);
        (*figures)[id] = value;
        if (!absl::StartsWith(name, "carried_over")) processed += value;
      }
    }
    const std::string in = Id(rows[1].cells[column]);
    const std::string out = Id(rows.back().cells[column]);
    int64_t fresh = processed + (*figures)[out] - (*figures)[in];
    if (fresh < 0) {
      (*figures)[out] -= fresh;
      fresh = 0;
    }
    (*figures)[received] = fresh;
  }

 private:
  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  size_t Draw(size_t count) { return random_() % count; }

  const v1::Edition table2_;
  const v1::Edition table3_;
  std::mt19937& random_;
};

}  // namespace

Figures SoundFigures(v1::Edition table2, v1::Edition table3,
                     std::mt19937* random) {
  Figures figures;
  FigureDrawer(table2, table3, random).DrawInto(&figures);
  return figures;
}

}  // namespace annals::client
