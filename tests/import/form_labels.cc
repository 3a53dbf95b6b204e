#include "tests/import/form_labels.h"

#include <algorithm>

namespace annals::client {

const report::CellInfo& Info(report::CellIndex cell) {
  return report::Schema::Get().cells()[cell];
}

std::string Label(const google::protobuf::FieldDescriptor* field,
                  v1::Edition edition) {
  return report::FieldLabel(field, edition, report::Language::kZh);
}

std::vector<std::string> Heads(const google::protobuf::FieldDescriptor* field) {
  std::vector<std::string> heads;
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(v1::heads); ++i) {
    heads.push_back(report::EnumLabel(options.GetExtension(v1::heads, i),
                                      report::Language::kZh));
  }
  return heads;
}

std::vector<report::CellIndex> PrintedCells(const FormRow& row,
                                            v1::Edition edition) {
  std::vector<report::CellIndex> cells = row.CellsIn(edition);
  if (edition == v1::EDITION_2019 && cells.size() == 3 &&
      Info(cells[0]).figure->name() == "decisions") {
    std::rotate(cells.begin(), cells.begin() + 1, cells.end());
  }
  return cells;
}

}  // namespace annals::client
