// Words that make a head or a caption say something else than the form's:
// another year, the opposite, a part, another unit.

#ifndef ANNALS_CLIENT_IMPORT_OTHER_MEANING_H_
#define ANNALS_CLIENT_IMPORT_OTHER_MEANING_H_

#include <string>

namespace annals::client {

// Whether the core of the head of table two or three has a word that none of
// the form's has; and the head of table four.
bool NamesOtherFigures(const std::u32string& head);
bool NamesOtherDisputes(const std::u32string& head);

// Whether a text at a table, folded and without blanks, says that the figures
// are of another year than `year`, if that is known and not 0; or of another
// period than the year of the report: 上年, 上半年. A sentence that compares or
// names the report's year as well says something else.
bool NamesOtherYear(const std::u32string& text, bool is_sentence, int year);
bool NamesOtherPeriod(const std::u32string& text, bool is_sentence);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_OTHER_MEANING_H_
