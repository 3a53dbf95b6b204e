// Seeds for the targets of the import: pieces of the samples, and reports in
// each format.

#ifndef ANNALS_TESTS_FUZZ_IMPORT_SEEDS_H_
#define ANNALS_TESTS_FUZZ_IMPORT_SEEDS_H_

#include <string>
#include <vector>

namespace annals {

// Empty for a target that is not of the import.
std::vector<std::string> ImportSeedsOf(const std::string& target);

}  // namespace annals

#endif  // ANNALS_TESTS_FUZZ_IMPORT_SEEDS_H_
