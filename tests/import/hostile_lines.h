// What becomes of the lines of a hostile text after it was laid out.

#ifndef ANNALS_TESTS_IMPORT_HOSTILE_LINES_H_
#define ANNALS_TESTS_IMPORT_HOSTILE_LINES_H_

#include <random>
#include <string>

namespace annals::client {

// One to three accidents anywhere: two lines change places, one is lost,
// doubled, cut or joined to the next one, or a page number stands between.
void TearLines(std::mt19937* random, std::string* text);

// In lines laid out in columns, the last digit of figures of three and more
// goes to the next line, under the figure.
void BreakDigits(std::string* text);

// The blank between a label and its first figure is lost.
void GlueLabels(std::string* text);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_HOSTILE_LINES_H_
