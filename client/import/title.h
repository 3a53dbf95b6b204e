// Reads what a report says of itself: title, agency, year, days covered.

#ifndef ANNALS_CLIENT_IMPORT_TITLE_H_
#define ANNALS_CLIENT_IMPORT_TITLE_H_

#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/remark.h"
#include "client/import/sections.h"

namespace annals::client {

// The year that the text begins with: 2024年, 二〇二四年; 0 if it does not.
int YearAtStart(const std::u32string& text);

// The year of a line that is, or ends, the title of a report; 0 if it is none
// or names no year.
int TitleYear(const Line& line);

// Fills title, agency_name, year and period, and remarks what was not found or
// is in doubt. `preface` is what stands between the title and section one.
void ReadTitle(const std::vector<Line>& lines, const Sections& sections,
               v1::Report* report, LineRange* preface,
               std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TITLE_H_
