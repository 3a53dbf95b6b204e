// The head of table three: who applied.

#ifndef ANNALS_CLIENT_IMPORT_APPLICATIONS_HEAD_H_
#define ANNALS_CLIENT_IMPORT_APPLICATIONS_HEAD_H_

#include <string>
#include <vector>

#include "client/import/document.h"
#include "client/import/reading.h"
#include "client/import/sections.h"

namespace annals::client {

// The ways in which a column is named.
std::vector<std::u32string> ApplicantNames(report::CellIndex cell);

// Whether the head names the official columns in their order, and nothing else.
bool NamesApplicantsOnly(const std::vector<Line>& lines, LineRange head,
                         const std::vector<FormRow>& form);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_APPLICATIONS_HEAD_H_
