#include "service/report/figures.h"

#include <vector>

#include "ledger/check.h"
#include "service/report/wire_fields.h"

namespace annals::report {
namespace {

// 国办公开办函〔2021〕30号 applies from the report for 2021 on.
constexpr int kFirstYearOf2021Edition = 2021;
constexpr int kNone = -1;

// Where the figures stand, by the numbers of fields.
class FigurePlaces {
 public:
  struct Row {
    std::vector<CellIndex> cells;
  };
  struct Table {
    int number = 0;  // 2, 3 or 4; 0 for no table.
    int edition_field = 0;
    std::vector<Row> rows;
  };

  static const FigurePlaces& Get() {
    static const FigurePlaces places;
    return places;
  }

  const Table* FindTable(int field) const {
    const Table* table = Find(tables_, field);
    return table == nullptr || table->number == 0 ? nullptr : table;
  }
  static const Row* FindRow(const Table& table, int field) {
    return Find(table.rows, field);
  }
  static CellIndex FindCell(const Row& row, int field) {
    const CellIndex* cell = Find(row.cells, field);
    return cell == nullptr ? kNone : *cell;
  }

 private:
  FigurePlaces() {
    const std::vector<CellInfo>& cells = Schema::Get().cells();
    for (size_t i = 0; i < cells.size(); ++i) {
      Table& table = Grow(cells[i].table->number(), {}, &tables_);
      table.number = cells[i].table_number;
      table.edition_field =
          cells[i].table->message_type()->FindFieldByName("edition")->number();
      Row& row = Grow(cells[i].row->number(), {}, &table.rows);
      Grow(cells[i].figure->number(), kNone, &row.cells) =
          static_cast<CellIndex>(i);
    }
  }

  template <typename Item>
  static Item& Grow(int number, const Item& filler, std::vector<Item>* items) {
    const auto i = static_cast<size_t>(number);
    if (items->size() <= i) items->resize(i + 1, filler);
    return (*items)[i];
  }

  template <typename Item>
  static const Item* Find(const std::vector<Item>& items, int number) {
    const auto i = static_cast<size_t>(number);
    return i < items.size() ? &items[i] : nullptr;
  }

  std::vector<Table> tables_;
};

bool ReadRow(absl::string_view bytes, const FigurePlaces::Row& row,
             Cells* cells) {
  WireFields fields(bytes);
  while (fields.Next()) {
    if (fields.kind() != WireKind::kVarint) continue;
    const CellIndex cell = FigurePlaces::FindCell(row, fields.number());
    if (cell == kNone) continue;
    (*cells)[static_cast<size_t>(cell)] = static_cast<int64_t>(fields.varint());
  }
  return !fields.is_malformed();
}

bool ReadTable(absl::string_view bytes, const FigurePlaces::Table& table,
               Figures* figures) {
  WireFields fields(bytes);
  while (fields.Next()) {
    if (fields.kind() == WireKind::kVarint &&
        fields.number() == table.edition_field) {
      figures->editions[static_cast<size_t>(table.number)] =
          static_cast<v1::Edition>(fields.varint());
      continue;
    }
    if (fields.kind() != WireKind::kBytes) continue;
    const FigurePlaces::Row* row =
        FigurePlaces::FindRow(table, fields.number());
    if (row == nullptr) continue;
    if (!ReadRow(fields.bytes(), *row, &figures->cells)) return false;
  }
  return !fields.is_malformed();
}

}  // namespace

v1::Edition EditionForYear(int year) {
  return year < kFirstYearOf2021Edition ? v1::EDITION_2019 : v1::EDITION_2021;
}

std::optional<int64_t> Figures::Counted(CellIndex cell) const {
  const auto i = static_cast<size_t>(cell);
  return Has(Schema::Get().cells()[i]) ? cells[i] : std::nullopt;
}

bool ReadFigures(absl::string_view report, Figures* figures) {
  figures->agency_name.clear();
  figures->editions = {};
  figures->cells.assign(Schema::Get().cells().size(), std::nullopt);
  WireFields fields(report);
  while (fields.Next()) {
    if (fields.kind() != WireKind::kBytes) continue;
    if (fields.number() == v1::Report::kAgencyNameFieldNumber) {
      figures->agency_name.assign(fields.bytes().data(), fields.bytes().size());
      continue;
    }
    const FigurePlaces::Table* table =
        FigurePlaces::Get().FindTable(fields.number());
    if (table == nullptr) continue;
    if (!ReadTable(fields.bytes(), *table, figures)) return false;
  }
  return !fields.is_malformed();
}

Figures FiguresOf(const v1::Report& report) {
  Figures figures;
  ANNALS_CHECK(ReadFigures(report.SerializeAsString(), &figures));
  return figures;
}

}  // namespace annals::report
