// The figures that a person read from each sample.

#ifndef ANNALS_TESTS_IMPORT_EXPECTED_FIGURES_H_
#define ANNALS_TESTS_IMPORT_EXPECTED_FIGURES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/import/importer.h"

namespace annals::client {

// By cell id; money in 分. A cell without a figure is not in it.
using Figures = std::map<std::string, int64_t>;

// Of tests/data/expected/{name}.json.
Figures ExpectedFigures(const std::string& name);

// The content of tests/data/{name}.
std::string SampleFile(const std::string& name);

// The content of tests/data/{name}.txt.
std::string SampleText(const std::string& name);

// The cells that are certain and not as in `truth`, as "id: read 3, is 5".
std::vector<std::string> WrongAndUnmarked(const ImportResult& result,
                                          const Figures& truth);

// The cells that are not certain, as "id: reason".
std::vector<std::string> NotCertain(const ImportResult& result);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_EXPECTED_FIGURES_H_
