// Figures as a sound report has them: every sum of the form holds.

#ifndef ANNALS_TESTS_IMPORT_HOSTILE_FIGURES_H_
#define ANNALS_TESTS_IMPORT_HOSTILE_FIGURES_H_

#include <random>

#include "annals/v1/report.pb.h"
#include "tests/import/expected_figures.h"

namespace annals::client {

// Mostly zeros, many figures, or nothing but zeros, with a few large ones.
Figures SoundFigures(v1::Edition table2, v1::Edition table3,
                     std::mt19937* random);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_HOSTILE_FIGURES_H_
