// The rows and columns of the official tables, read from the schema: what the
// terminal tables and the plain text have in common.

#ifndef ANNALS_CLIENT_RENDER_TABLE_LAYOUT_H_
#define ANNALS_CLIENT_RENDER_TABLE_LAYOUT_H_

#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/text.h"
#include "service/report/schema.h"

namespace annals::client {

struct LayoutRow {
  const google::protobuf::FieldDescriptor* row = nullptr;
  std::vector<v1::Head> heads;           // From the outermost inwards.
  std::vector<report::CellIndex> cells;  // In the order of the columns.
};

// The rows of a table that the edition has, and any other row that holds a
// figure. EDITION_UNSPECIFIED is laid out as EDITION_2021.
std::vector<LayoutRow> LayOutTable(const v1::Report& report, int table_number);

// The heads above a field, from the outermost inwards.
std::vector<v1::Head> HeadsOf(const google::protobuf::FieldDescriptor* field);

// The fields of the report that hold its sections, in the order of the form.
std::vector<const google::protobuf::FieldDescriptor*> SectionFields();

// The label of a row or column in a table of the edition; of a foreign one, as
// the edition that has it prints it.
std::string LabelIn(v1::Edition edition,
                    const google::protobuf::FieldDescriptor* field,
                    Language language);

// What the form prints above the labels of the rows of table 2.
const Text& RowLabelHead();

// What stands in a cell: the figure as the form prints it, or nothing.
std::string CellText(const report::Cells& cells, report::CellIndex cell,
                     const v1::Report& report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_TABLE_LAYOUT_H_
