// A table that is printed more than once, or for more than one year.

#ifndef ANNALS_CLIENT_IMPORT_REPRINT_H_
#define ANNALS_CLIENT_IMPORT_REPRINT_H_

#include <vector>

#include "client/import/reading.h"
#include "client/import/remark.h"
#include "client/import/tables.h"

namespace annals::client {

using TableReader = TableReading (*)(const TableSource& source,
                                     std::vector<Remark>* remarks);

// Reads the table with `reader`, of several under their years the one of the
// report's. A figure is doubtful if another print of the table has another one,
// and all are if the table names another year besides, or if the text around it
// says so of them.
TableReading ReadPrints(const TableSource& whole, TableReader reader,
                        std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_REPRINT_H_
