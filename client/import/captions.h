// What the text around a table says of all its figures: that they are of
// another year, or counted in another unit, than the form asks for.

#ifndef ANNALS_CLIENT_IMPORT_CAPTIONS_H_
#define ANNALS_CLIENT_IMPORT_CAPTIONS_H_

#include "client/import/reading.h"
#include "client/import/tables.h"

namespace annals::client {

// Makes the figures of a table doubtful that its heading, the texts above it,
// its heads, or a note below it say to be others than the form's. `table` was
// read from `source`.
void DoubtByCaptions(const TableSource& source, TableReading* table);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CAPTIONS_H_
