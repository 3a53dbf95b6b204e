#include "client/render/table_layout.h"

#include <algorithm>

#include "annals/v1/schema_options.pb.h"

namespace annals::client {
namespace {

using google::protobuf::FieldDescriptor;
using report::CellIndex;
using report::CellInfo;

bool IsShown(const LayoutRow& row, v1::Edition edition,
             const report::Cells& cells) {
  for (const CellIndex index : row.cells) {
    if (report::Schema::Get().cells()[index].In(edition)) return true;
    if (cells[index].has_value()) return true;
  }
  return false;
}

// Drops the columns that the edition does not have and that hold nothing. A row
// that the edition does not have at all is shown with all its columns.
void DropForeignColumns(v1::Edition edition, const report::Cells& cells,
                        LayoutRow* row) {
  const std::vector<CellInfo>& schema = report::Schema::Get().cells();
  const bool is_of_edition =
      std::any_of(row->cells.begin(), row->cells.end(),
                  [&](CellIndex index) { return schema[index].In(edition); });
  if (!is_of_edition) return;
  std::erase_if(row->cells, [&](CellIndex index) {
    return !schema[index].In(edition) && !cells[index].has_value();
  });
}

// The 2019 edition (国办公开办函〔2019〕60号) prints the columns that only it
// has before the one that the 2021 edition kept: 处理决定数量 comes last.
void OrderColumns(v1::Edition edition, LayoutRow* row) {
  if (edition != v1::EDITION_2019) return;
  std::stable_partition(
      row->cells.begin(), row->cells.end(), [](CellIndex index) {
        return !report::Schema::Get().cells()[index].In(v1::EDITION_2021);
      });
}

}  // namespace

std::vector<v1::Head> HeadsOf(const FieldDescriptor* field) {
  std::vector<v1::Head> heads;
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::heads); ++i) {
    heads.push_back(options.GetExtension(v1::heads, i));
  }
  return heads;
}

std::vector<LayoutRow> LayOutTable(const v1::Report& report, int table_number) {
  v1::Edition edition = report::EditionOf(report, table_number);
  if (edition == v1::EDITION_UNSPECIFIED) edition = v1::EDITION_2021;
  const report::Cells cells = report::ReadCells(report);
  const std::vector<CellInfo>& schema = report::Schema::Get().cells();
  std::vector<LayoutRow> rows;
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].table_number != table_number) continue;
    if (rows.empty() || rows.back().row != schema[i].row) {
      rows.push_back({schema[i].row, HeadsOf(schema[i].row), {}});
    }
    rows.back().cells.push_back(static_cast<CellIndex>(i));
  }
  std::erase_if(rows, [&](const LayoutRow& row) {
    return !IsShown(row, edition, cells);
  });
  for (LayoutRow& row : rows) {
    DropForeignColumns(edition, cells, &row);
    OrderColumns(edition, &row);
  }
  return rows;
}

std::vector<const FieldDescriptor*> SectionFields() {
  std::vector<const FieldDescriptor*> fields;
  const auto* descriptor = v1::Report::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    if (descriptor->field(i)->options().HasExtension(v1::section)) {
      fields.push_back(descriptor->field(i));
    }
  }
  return fields;
}

std::string LabelIn(v1::Edition edition, const FieldDescriptor* field,
                    Language language) {
  const std::string label = report::FieldLabel(field, edition, language);
  return label.empty()
             ? report::FieldLabel(field, v1::EDITION_UNSPECIFIED, language)
             : label;
}

const Text& RowLabelHead() {
  static const auto* const head = new Text{"信息内容", "Content"};
  return *head;
}

std::string CellText(const report::Cells& cells, CellIndex cell,
                     const v1::Report& report) {
  if (!cells[cell].has_value()) return std::string();
  return report::FormatFigure(*cells[cell], report::Schema::Get().cells()[cell],
                              report);
}

}  // namespace annals::client
