// What becomes of the shape of the tables in a hostile text.

#ifndef ANNALS_TESTS_IMPORT_HOSTILE_GRID_H_
#define ANNALS_TESTS_IMPORT_HOSTILE_GRID_H_

#include <random>
#include <string>

#include "tests/import/expected_figures.h"
#include "tests/import/hostile_text.h"
#include "tests/import/report_grid.h"

namespace annals::client {

// Rows of a grid before its first row of figures.
size_t HeadRows(const Grid& grid);

class GridTwister {
 public:
  // `truth` loses the figures that are no longer printed.
  GridTwister(Twist twist, int year, const Figures& last_year, Figures* truth,
              std::mt19937* random)
      : twist_(twist),
        year_(year),
        last_year_(last_year),
        truth_(*truth),
        random_(*random) {}

  void TwistTable(int table, Grid* grid);

 private:
  void TwistProactive(Grid* grid);
  void TwistApplications(Grid* grid);
  void TwistDisputes(Grid* grid);
  void Forget(const std::string& row);
  void AddRow(Grid* grid, size_t row, const char* label);
  void AddColumn(Grid* grid);
  void AddLastYear(Grid* grid);
  void AddSubtotals(Grid* grid);
  void CompareYears(Grid* grid);
  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  size_t Draw(size_t count) { return random_() % count; }

  const Twist twist_;
  const int year_;
  const Figures& last_year_;
  Figures& truth_;
  std::mt19937& random_;
};

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_HOSTILE_GRID_H_
