// Whether the words of a table's head stand in the official order, where no
// grid tells the columns.

#ifndef ANNALS_CLIENT_IMPORT_HEAD_ORDER_H_
#define ANNALS_CLIENT_IMPORT_HEAD_ORDER_H_

#include <vector>

#include "client/import/document.h"
#include "client/import/sections.h"

namespace annals::client {

// The kinds of applicants, 自然人 to 总计; false if one is not found.
bool ApplicantsInOrder(const std::vector<Line>& lines, LineRange head);

// The outcomes of disputes, 结果维持 to 总计, once or several times.
bool OutcomesInOrder(const std::vector<Line>& lines, LineRange head);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_HEAD_ORDER_H_
