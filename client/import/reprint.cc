#include "client/import/reprint.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "client/import/normalise.h"
#include "client/import/title.h"
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

}  // namespace

TableReading ReadPrints(const TableSource& source, TableReader reader,
                        std::vector<Remark>* remarks) {
  TableReading table = reader(source, remarks);
  std::set<int> years = NamedYears(source, table);
  if (source.year != 0) years.insert(source.year);
  if (years.size() > 1) {
    DoubtAll({"The table prints figures of another year, too.",
              "该表同时列有其他年度的数字。"},
             &table);
  }
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
