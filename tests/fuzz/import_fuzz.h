// What must be true of the import of any file.

#ifndef ANNALS_TESTS_FUZZ_IMPORT_FUZZ_H_
#define ANNALS_TESTS_FUZZ_IMPORT_FUZZ_H_

#include "absl/strings/string_view.h"
#include "client/import/importer.h"
#include "ledger/error.h"
#include "ledger/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace annals {

inline void ImportAnything(absl::string_view bytes) {
  const auto result = client::ImportFile(bytes);
  if (!result.ok()) {
    FuzzRequire(!ErrorReason(result.status()).empty() &&
                    !ErrorTextZh(result.status()).empty(),
                "an error has a reason and a Chinese text");
    return;
  }
  FuzzRequire(ledger::IsValidUtf8(result->report.title()) &&
                  ledger::IsValidUtf8(result->report.s6_other()),
              "texts are UTF-8");
  for (const client::CellReading& cell : result->cells) {
    const bool certain = cell.certainty == client::Certainty::kCertain;
    FuzzRequire(!certain || cell.value.has_value(),
                "a certain cell has a figure");
    FuzzRequire(certain == cell.reason.en.empty(),
                "a cell that is not certain says why");
    FuzzRequire(!certain || cell.place.IsKnown(), "a certain cell has a place");
  }
}

}  // namespace annals

#endif  // ANNALS_TESTS_FUZZ_IMPORT_FUZZ_H_
