// The form of a year before anything is filled in.

#ifndef ANNALS_CLIENT_BLANK_FORM_H_
#define ANNALS_CLIENT_BLANK_FORM_H_

#include <string>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/figures.h"
#include "service/report/names.h"

namespace annals::client {

// The first year that the form has an edition for.
inline constexpr int kFirstFormYear = 2019;

using report::EditionForYear;

// A report with its title, agency, scope, statistical period and editions, the
// texts of its sections empty and every figure blank.
v1::Report BlankForm(const report::ReportName& name,
                     absl::string_view agency_name);

// Fills in what last year's report determines: the applications carried over
// into the year are those that it carried over out of its own. Returns how many
// figures were filled in; a figure that last year's report has not stays blank.
int CarryOver(const v1::Report& last_year, v1::Report* form);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_BLANK_FORM_H_
