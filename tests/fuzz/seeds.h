// Where the fuzz targets begin: true samples of their formats.

#ifndef ANNALS_TESTS_FUZZ_SEEDS_H_
#define ANNALS_TESTS_FUZZ_SEEDS_H_

#include <string>
#include <vector>

namespace annals {

// The seeds of the target, such as "note". Empty if there is no such target.
std::vector<std::string> SeedsOf(const std::string& target);

}  // namespace annals

#endif  // ANNALS_TESTS_FUZZ_SEEDS_H_
