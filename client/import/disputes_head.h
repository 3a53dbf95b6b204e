// Which kinds of dispute the head over figures of table four names.

#ifndef ANNALS_CLIENT_IMPORT_DISPUTES_HEAD_H_
#define ANNALS_CLIENT_IMPORT_DISPUTES_HEAD_H_

#include <cstddef>
#include <vector>

#include "client/import/document.h"
#include "client/import/reading.h"
#include "client/import/sections.h"

namespace annals::client {

// The outcomes of one kind of dispute.
inline constexpr size_t kOutcomes = 5;

// The rows of the form whose outcomes the head names, in the order of its
// columns, if it names so many kinds, the outcomes of each in their order, and
// nothing else. Empty if it does not.
std::vector<size_t> KindsNamed(const std::vector<Line>& lines, LineRange head,
                               const std::vector<FormRow>& form, size_t kinds);

// Whether the head names the outcomes once, in their order, and nothing that
// may not stand over rows labelled with the kinds.
bool NamesOutcomesOnly(const std::vector<Line>& lines, LineRange head,
                       const std::vector<FormRow>& form);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DISPUTES_HEAD_H_
