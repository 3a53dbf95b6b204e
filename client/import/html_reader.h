// Reads HTML: whole pages, fragments, Word's "filtered HTML", and pages that a
// publisher's system lays out in tables.

#ifndef ANNALS_CLIENT_IMPORT_HTML_READER_H_
#define ANNALS_CLIENT_IMPORT_HTML_READER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/import/source_text.h"

namespace annals::client {

// What a browser shows of valid UTF-8 HTML, up to the foot of the page.
// Scripts, styles, comments, hidden and struck-out text are dropped. A table
// that has tables of more than one cell inside is layout: its cells are read
// one after the other.
absl::StatusOr<SourceText> ReadHtml(absl::string_view html,
                                    const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HTML_READER_H_
