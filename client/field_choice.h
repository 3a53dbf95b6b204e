// The fields of a report that a person means.

#ifndef ANNALS_CLIENT_FIELD_CHOICE_H_
#define ANNALS_CLIENT_FIELD_CHOICE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace annals::client {

// The cells' ids and the paths of texts that `words` means: an id or a path
// (`t3.granted.natural_person`, `s5_problems`); the beginning of one, up to a
// dot (`t3`, `t3.granted`); or words of the official label in either language,
// separated by spaces, all of which must be in it (`属于国家秘密 自然人`). A
// label written out whole means no other field whose label contains it.
// INVALID_ARGUMENT with reason FIELD_NOT_FOUND.
absl::StatusOr<std::vector<std::string>> FindFields(const std::string& words);

// The one cell that `words` means. As FindFields, and INVALID_ARGUMENT with
// reason FIELD_NOT_FOUND or FIELD_AMBIGUOUS, which names some of them.
absl::StatusOr<std::string> FindCell(const std::string& words);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FIELD_CHOICE_H_
