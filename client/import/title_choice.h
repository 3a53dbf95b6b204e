// Which of the titles on a page is that of its report.

#ifndef ANNALS_CLIENT_IMPORT_TITLE_CHOICE_H_
#define ANNALS_CLIENT_IMPORT_TITLE_CHOICE_H_

#include <optional>
#include <vector>

#include "client/import/document.h"
#include "client/import/remark.h"
#include "client/import/source_text.h"
#include "client/import/title_lines.h"

namespace annals::client {

// The title that names a year and an agency, or else most. Where several name
// different ones, as beside a list of earlier reports, it is one that is no
// link, that the file states for its title, or whose year is that of the days
// covered; if that leaves more than one, it is the last of them, and remarked.
// `period_year`: 0 if the days covered are not known.
std::optional<TitleLines> ChooseTitle(std::vector<TitleLines> titles,
                                      const std::vector<Line>& lines,
                                      const SourceText& source, int period_year,
                                      std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TITLE_CHOICE_H_
