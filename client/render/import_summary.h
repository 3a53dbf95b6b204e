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

// A line for each remark and for each doubtful or missing cell: id, official
// label, line, what is printed there, and why.
std::string RenderDoubts(const ImportResult& imported, Language language);

// What was read: title, year, editions, how many cells how surely.
std::string RenderImportSummary(const ImportResult& imported,
                                Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_IMPORT_SUMMARY_H_
