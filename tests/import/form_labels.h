// Labels and columns of the form, for tests that print reports.

#ifndef ANNALS_TESTS_IMPORT_FORM_LABELS_H_
#define ANNALS_TESTS_IMPORT_FORM_LABELS_H_

#include <string>
#include <vector>

#include "client/import/reading.h"
#include "service/report/schema.h"

namespace annals::client {

const report::CellInfo& Info(report::CellIndex cell);

// In Chinese.
std::string Label(const google::protobuf::FieldDescriptor* field,
                  v1::Edition edition);

// What stands over the label of a row, outermost first.
std::vector<std::string> Heads(const google::protobuf::FieldDescriptor* field);

// The columns of a row as the form prints them: 处理决定数量 is printed last in
// 2019, where the schema has it first.
std::vector<report::CellIndex> PrintedCells(const FormRow& row,
                                            v1::Edition edition);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_FORM_LABELS_H_
