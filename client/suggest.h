// What a mistyped word was meant to be.

#ifndef ANNALS_CLIENT_SUGGEST_H_
#define ANNALS_CLIENT_SUGGEST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::client {

// The candidate that takes the fewest insertions, deletions, replacements and
// swaps of neighbours to become `word`; nullopt if all take more than a third
// of its letters.
std::optional<std::string> Suggest(absl::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_SUGGEST_H_
