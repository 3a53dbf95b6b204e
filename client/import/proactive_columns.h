// How the columns of table two are named, by edition.

#ifndef ANNALS_CLIENT_IMPORT_PROACTIVE_COLUMNS_H_
#define ANNALS_CLIENT_IMPORT_PROACTIVE_COLUMNS_H_

#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/reading.h"

namespace annals::client {

using Cores = std::vector<std::u32string>;

// The wordings of a column, those of the edition only.
Cores ColumnWordings(report::CellIndex cell, v1::Edition edition);

// The same, also with a unit printed after the name of a sum of money.
Cores ColumnNames(report::CellIndex cell, v1::Edition edition);

// Words that only one edition's head has.
Cores WordsOnlyIn(v1::Edition edition, const std::vector<FormRow>& form);

// The columns as the form prints them: in 2019, 处理决定数量 came last, where
// the schema has it first.
std::vector<report::CellIndex> OfficialOrder(const FormRow& row,
                                             v1::Edition edition);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_PROACTIVE_COLUMNS_H_
