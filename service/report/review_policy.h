// What an office demands of the life of reports: the default, and what a policy
// must be to be set.

#ifndef ANNALS_SERVICE_REPORT_REVIEW_POLICY_H_
#define ANNALS_SERVICE_REPORT_REVIEW_POLICY_H_

#include "absl/status/status.h"
#include "annals/v1/lifecycle.pb.h"

namespace annals::report {

// Where no office has set any: 编制, 审签 by another person, 保密审查, 发布审查
// and 发布 by the agency, one after the other; 退回 and 接收 by an office above
// it at any time; 撤回 and 恢复 by anybody. A revision is in effect as soon as
// it is recorded.
const v1::ReviewPolicy& DefaultReviewPolicy();

// The step's rule; null if the policy does not have it.
const v1::StepRule* FindStepRule(const v1::ReviewPolicy& policy, v1::Step step);

// OK if it can be followed: every step known and once, those that it refers to
// among them, no step after itself over however many others, a revision able to
// take effect, one deadline for a kind of agency, on a day that there is.
// INVALID_ARGUMENT with reason INVALID_POLICY, and a violation per fault whose
// field path begins with "policy.".
absl::Status ValidateReviewPolicy(const v1::ReviewPolicy& policy);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_REVIEW_POLICY_H_
