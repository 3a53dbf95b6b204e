// The cells of a report, a line each: for a program, or for a person to compare
// with the print.

#ifndef ANNALS_CLIENT_RENDER_CELL_LIST_H_
#define ANNALS_CLIENT_RENDER_CELL_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/import/importer.h"
#include "client/text.h"
#include "service/report/schema.h"

namespace annals::client {

// The cells of the edition that each table declares (2021 if it declares none),
// and any other that holds a figure.
std::vector<report::CellIndex> ListedCells(const v1::Report& report);

// For each listed cell its id, figure (or nothing) and official label,
// separated by tabs.
std::string RenderCells(const v1::Report& report, Language language);

// The same with two more columns for what was imported: the place in the file,
// and `certain`, `doubtful` or `missing`.
std::string RenderReadings(const ImportResult& imported, Language language);

// The same as a JSON object a line, with what is printed there, and the reason
// if it is not certain. Money is in fen.
absl::StatusOr<std::string> ReadingsJson(const ImportResult& imported);

// `certain`, `doubtful` or `missing`: words that programs go by.
const char* CertaintyWord(Certainty certainty);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_CELL_LIST_H_
