// The rules on what is plausible in one report: who may have made rules, what
// the tables say of each other, and what the texts must say.

#ifndef ANNALS_SERVICE_REPORT_PLAUSIBILITY_RULES_H_
#define ANNALS_SERVICE_REPORT_PLAUSIBILITY_RULES_H_

#include <optional>

#include "annals/v1/agency.pb.h"
#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Whether the agency, or the government it reports for, may make rules (规章)
// under 立法法 articles 91 and 93: departments of the State Council, and the
// governments of provinces, of cities divided into districts and of autonomous
// prefectures. nullopt if what the register says of it does not tell.
std::optional<bool> HasRuleMakingPower(const v1::Agency& agency);

v1::Outcome ApplyRegulationPowerRule(const RuleInstance& instance,
                                     const CheckInput& input,
                                     v1::Finding* finding);

// Its left term is a part, its right one the whole.
v1::Outcome ApplyOtherShareRule(const RuleInstance& instance,
                                const CheckInput& input, v1::Finding* finding);

// Its left terms are the disputes, its right ones the applications.
v1::Outcome ApplyOrphanRule(const RuleInstance& instance,
                            const CheckInput& input, v1::Finding* finding);

v1::Outcome ApplyFeeNoteRule(const RuleInstance& instance,
                             const CheckInput& input, v1::Finding* finding);

v1::Outcome ApplyProblemsRule(const RuleInstance& instance,
                              const CheckInput& input, v1::Finding* finding);

v1::Outcome ApplyTemplateRule(const RuleInstance& instance,
                              const CheckInput& input, v1::Finding* finding);

v1::Outcome ApplySubTopicsRule(const RuleInstance& instance,
                               const CheckInput& input, v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_PLAUSIBILITY_RULES_H_
