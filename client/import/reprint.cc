#include "client/import/reprint.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "client/import/captions.h"
#include "client/import/normalise.h"
#include "client/import/title_lines.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// No report prints a table more often.
constexpr size_t kMaxReprints = 8;
// 2023年度数据; a longer text is a sentence.
constexpr size_t kMaxYearText = 9;
constexpr size_t kMaxYearBytes = 40;

void DoubtAll(const ErrorText& reason, TableReading* table) {
  for (CellReading& reading : table->cells) Doubt(reason, &reading);
}

void Compare(const TableReading& other, TableReading* table) {
  std::map<report::CellIndex, std::optional<int64_t>> figures;
  for (const CellReading& reading : other.cells) {
    // Printed, though it may be blank or unreadable there.
    if (reading.line > 0) figures[reading.cell] = reading.value;
  }
  for (CellReading& reading : table->cells) {
    const auto found = figures.find(reading.cell);
    if (found == figures.end() || reading.value == found->second) continue;
    Doubt({"The table is printed more than once with different figures.",
           "该表重复出现且数字不同。"},
          &reading);
  }
}

// The years that cells or lines name as their only content, down to the last
// row that was read.
std::set<int> NamedYears(const TableSource& source, const TableReading& table) {
  std::set<int> years;
  int last = 0;
  for (const CellReading& cell : table.cells) last = std::max(last, cell.line);
  for (size_t i = source.range.begin;
       i < source.range.end && source.lines[i].number <= last; ++i) {
    if (source.lines[i].decoration) continue;
    for (const Atom& atom : source.lines[i].atoms) {
      if (atom.kind != AtomKind::kText || atom.text.size() > kMaxYearBytes) {
        continue;
      }
      const std::u32string core = CoreOf(atom.text);
      const int year = YearAtStart(core);
      if (year != 0 && core.size() <= kMaxYearText) years.insert(year);
    }
  }
  return years;
}

// A line that says nothing but the year of the table below it.
int YearOfLine(const Line& line) {
  if (line.IsEmpty() || line.atoms.size() != 1 ||
      line.text.size() > kMaxYearBytes) {
    return 0;
  }
  constexpr size_t kYearSize = 5;
  const std::u32string core = CoreOf(line.text);
  const int year = YearAtStart(core);
  if (year == 0) return 0;
  const std::u32string rest = core.substr(kYearSize);
  const bool alone = rest.empty() || rest == U"度" || rest == U"数据" ||
                     rest == U"度数据" || rest == U"情况" || rest == U"度情况";
  return alone ? year : 0;
}

// Where tables of several years stand below each other, each under its year:
// the lines of the report's year. The whole range if that is not so.
LineRange RangeOfYear(const TableSource& source) {
  LineRange own = {};
  size_t own_lines = 0;
  bool other_years = false;
  size_t last = source.range.end;
  for (size_t i = source.range.end; i > source.range.begin; --i) {
    const int year = YearOfLine(source.lines[i - 1]);
    if (year == 0) continue;
    if (year == source.year) {
      own = {i, last};
      ++own_lines;
    } else {
      other_years = true;
    }
    last = i - 1;
  }
  return own_lines == 1 && other_years ? own : source.range;
}

}  // namespace

TableReading ReadPrints(const TableSource& whole, TableReader reader,
                        std::vector<Remark>* remarks) {
  TableSource source = whole;
  source.range = RangeOfYear(whole);
  TableReading table = reader(source, remarks);
  std::set<int> years = NamedYears(source, table);
  if (source.year != 0) years.insert(source.year);
  if (years.size() > 1) {
    DoubtAll({"The table prints figures of another year, too.",
              "该表同时列有其他年度的数字。"},
             &table);
  }
  DoubtByCaptions(source, &table);
  if (source.reprints.size() > kMaxReprints) {
    DoubtAll({"The table is printed too many times to compare.",
              "该表重复次数过多，无法比对。"},
             &table);
    return table;
  }
  for (const LineRange& range : source.reprints) {
    TableSource reprint = source;
    reprint.range = range;
    std::vector<Remark> ignored;
    Compare(reader(reprint, &ignored), &table);
  }
  return table;
}

}  // namespace annals::client
