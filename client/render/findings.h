// What the rules say of a report, for a person.

#ifndef ANNALS_CLIENT_RENDER_FINDINGS_H_
#define ANNALS_CLIENT_RENDER_FINDINGS_H_

#include <string>
#include <vector>

#include "annals/v1/finding.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/text.h"

namespace annals::client {

// Which findings are listed; the summary counts all.
enum class Listing { kAll, kFailed };

using Acknowledgements =
    google::protobuf::RepeatedPtrField<v1::Acknowledgement>;

// The findings grouped by severity, each with both sides, and a summary.
// `colored`: with colours. Beside a warning stand the acknowledgements that
// cover it.
std::string RenderFindings(const v1::CheckResult& check, Listing listing,
                           Language language, bool colored,
                           const Acknowledgements& acknowledgements = {});

// The failed findings of severity WARNING that no acknowledgement covers.
std::vector<const v1::Finding*> UnacknowledgedWarnings(
    const v1::CheckResult& check,
    const std::vector<v1::Acknowledgement>& acknowledgements);

// One side of a finding: `35 = t3.new_received.total 35 + …`, or the figures
// that the prose could have meant: `35 (t3.new_received.total) | …`.
std::string RenderSide(const v1::Side& side, Language language);

// Whether what is new is told in full, or by its rules: all findings of today
// stand above.
enum class Appeared { kInFull, kByRule };

// What a reassessment says since the revision was recorded: what is new, what
// fails with other figures, and what failed then and does not any more.
std::string RenderReassessment(const v1::Reassessment& reassessment,
                               Language language, bool colored = false,
                               Appeared appeared = Appeared::kInFull);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_FINDINGS_H_
