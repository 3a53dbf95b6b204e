// Who may call what: one table, role by method, with the agencies that a call
// of that role may be about. What is not in it is denied. Where the public is
// let in and sees what is published, so does every role that may make the call,
// beyond the agencies that it sees all of.

#ifndef ANNALS_SERVICE_ACCESS_POLICY_H_
#define ANNALS_SERVICE_ACCESS_POLICY_H_

#include <array>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/identity.h"

namespace annals {

// The agencies that a call may be about.
enum class Reach {
  kNone,     // The call is denied.
  kOwn,      // The caller's agency.
  kSubtree,  // It and those below it in the register, as of today.
  kAny,
  kPublished,  // Any, and of each what is published (publication.h).
};

// What tells which agency a call is about.
enum class AccessSubject {
  kNobody,     // It is about none.
  kName,       // The resource named by the field `name`.
  kNameIfAny,  // The same; a call without it is about none.
  kParent,     // The resource named by the field `parent`.
  kAgency,     // The field `agency`, a resource name.
  kEntry,      // The entry at the index `index`.
  kReceipt,    // The field `name`, or the entry at `index`.
  kWatch,      // The filter's `agency`, with those below it if asked for.
};

struct AccessRule {
  // Without package, such as "ReportService.GetReport".
  absl::string_view method;
  AccessSubject subject;
  // By Role.
  std::array<Reach, kRoleCount> reach;
};

// Every method of the API, service by service.
const std::vector<AccessRule>& AccessRules();

// The rule for a method, as "ReportService.GetReport"; null, and nobody may
// call it, if there is none.
const AccessRule* FindAccessRule(absl::string_view method);

// Whether the method records something, which a follower does not.
bool RecordsEntries(absl::string_view method);

// As the table shows it: "own", "subtree", "any", "published", "-".
absl::string_view ReachName(Reach reach);

// The table as text, a method to a line (Markdown).
std::string AccessPolicyText();

}  // namespace annals

#endif  // ANNALS_SERVICE_ACCESS_POLICY_H_
