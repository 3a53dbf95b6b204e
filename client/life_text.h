// Steps and policies in words.

#ifndef ANNALS_CLIENT_LIFE_TEXT_H_
#define ANNALS_CLIENT_LIFE_TEXT_H_

#include <string>
#include <vector>

#include "annals/v1/lifecycle.pb.h"
#include "client/text.h"

namespace annals::client {

// The step's label: `signed off`.
Text StepLabel(v1::Step step);

// `agencies/…/reports/2024 revision 1: signed off`, with where and when it was
// made public, if it was.
Text StepText(const v1::StepTaken& step);

// `agencies/…, policy 2`, or that it was removed.
Text PolicyText(const v1::PolicySet& policy);

// When a step may be taken and by whom, in a line without the step itself;
// empty if there is no condition.
Text RuleText(const v1::StepRule& rule);

// A policy in words: a line for each step, one for what takes effect, one for
// each deadline.
std::vector<Text> PolicyInWords(const v1::ReviewPolicy& policy);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_LIFE_TEXT_H_
