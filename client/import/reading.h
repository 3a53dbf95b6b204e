// What was read for each cell of a table, and how surely.

#ifndef ANNALS_CLIENT_IMPORT_READING_H_
#define ANNALS_CLIENT_IMPORT_READING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/remark.h"
#include "client/import/source_place.h"
#include "ledger/error.h"
#include "service/report/schema.h"

namespace annals::client {

enum class Certainty {
  kCertain,   // Label and layout leave no other reading.
  kDoubtful,  // A person must compare it with the print; may have no value.
  kMissing,   // The text has no figure for it.
};

struct CellReading {
  report::CellIndex cell = 0;
  std::optional<int64_t> value;
  Certainty certainty = Certainty::kMissing;
  // Where it is printed, from 1; 0 if nowhere.
  int line = 0;
  // Its cell in a delimited line, from 1; 0 if it has none or none is known.
  int cell_in_line = 0;
  // The same place in the file.
  SourcePlace place;
  // As printed.
  std::string printed;
  // The print says more than the figure, or that there is none:
  // 22（其中修订16件）.
  bool has_remark = false;
  // Why it is doubtful or missing; empty if it is certain.
  ErrorText reason;
};

struct TableReading {
  v1::Edition edition = v1::EDITION_UNSPECIFIED;
  // One for each cell of the edition, in the order of the form.
  std::vector<CellReading> cells;
  // Set by table two: the unit that procurement amounts are printed in.
  v1::Unit procurement_unit = v1::UNIT_UNSPECIFIED;
};

// A row of the form with its cells, in the order of the form.
struct FormRow {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::vector<report::CellIndex> cells;

  // The row's cells that an edition has.
  std::vector<report::CellIndex> CellsIn(v1::Edition edition) const;
};

std::vector<FormRow> FormRows(int table_number);

// Reads a cell as the schema says it must be; a null or blank atom is missing,
// on `line`. `unit`: the unit that the table prints for a sum of money.
CellReading ReadCell(report::CellIndex cell, const Atom* atom, int line,
                     v1::Unit unit);

// Makes a certain reading doubtful; other readings keep their reason.
void Doubt(ErrorText reason, CellReading* reading);

// A reading with no figure.
CellReading MissingCell(report::CellIndex cell, ErrorText reason);
// A reading whose figures are printed on a line but can't be told apart.
CellReading UnreadableCell(report::CellIndex cell, int line,
                           std::string printed, ErrorText reason);

// The edition's cells of a table in the order of the form: those in `readings`,
// and the others as missing with `reason`.
std::vector<CellReading> CompleteCells(int table_number, v1::Edition edition,
                                       std::vector<CellReading> readings,
                                       const ErrorText& reason);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_READING_H_
