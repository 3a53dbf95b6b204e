// Reads a Word document (DOCX).

#ifndef ANNALS_CLIENT_IMPORT_DOCX_READER_H_
#define ANNALS_CLIENT_IMPORT_DOCX_READER_H_

#include "absl/status/statusor.h"
#include "client/import/office_package.h"
#include "client/import/source_text.h"

namespace annals::client {

// The body as Word shows it with all changes accepted: insertions are read,
// deletions, hidden and struck-out text are not, nor the codes of fields;
// automatic numbers stand before their paragraphs. A table that has tables of
// more than one cell inside is layout: its cells are read one after the other.
// Headers, footers, notes and comments are not read.
absl::StatusOr<SourceText> ReadDocx(OfficePackage* package,
                                    const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DOCX_READER_H_
