// Reads what a report says of itself: title, agency, year, days covered.

#ifndef ANNALS_CLIENT_IMPORT_TITLE_H_
#define ANNALS_CLIENT_IMPORT_TITLE_H_

#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/remark.h"
#include "client/import/sections.h"
#include "client/import/source_text.h"

namespace annals::client {

// Fills title, agency_name, year and period, and remarks what was not found or
// is in doubt. `source` says which lines are links, and what else the file
// states for its title. `preface` is what stands between the title and section
// one.
void ReadTitle(const std::vector<Line>& lines, const Sections& sections,
               const SourceText& source, v1::Report* report, LineRange* preface,
               std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TITLE_H_
