// What an import made of a text, for a person.

#ifndef ANNALS_CLIENT_RENDER_IMPORT_SUMMARY_H_
#define ANNALS_CLIENT_RENDER_IMPORT_SUMMARY_H_

#include <cstddef>
#include <string>

#include "client/import/importer.h"
#include "client/text.h"

namespace annals::client {

// How many cells are doubtful or missing, and doubts there are besides.
size_t CountDoubts(const ImportResult& imported);

// Each remark, and the doubtful and missing cells by the row of the print that
// a person must look at: place and reason once, then each row of the form with
// its id, official label, and what is printed for it.
std::string RenderDoubts(const ImportResult& imported, Language language);

// What was read: title, format, year, agency, period, sub-topics, and of each
// table the edition and how many cells how surely.
std::string RenderImportSummary(const ImportResult& imported,
                                Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_IMPORT_SUMMARY_H_
