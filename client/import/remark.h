// What the importer could not settle about a text as a whole.

#ifndef ANNALS_CLIENT_IMPORT_REMARK_H_
#define ANNALS_CLIENT_IMPORT_REMARK_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/source_place.h"
#include "ledger/error.h"

namespace annals::client {

// A doubt that is not about one cell.
struct Remark {
  // UPPER_SNAKE_CASE, never renamed, such as YEAR_NOT_FOUND.
  std::string code;
  // Counted from 1; 0 if it is about no line.
  int line = 0;
  ErrorText text;
  // The line's place in the file.
  SourcePlace place;
};

inline void AddRemark(absl::string_view code, int line, ErrorText text,
                      std::vector<Remark>* remarks) {
  remarks->push_back({std::string(code), line, std::move(text), {}});
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_REMARK_H_
