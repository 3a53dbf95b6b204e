// Which reports of a year an office's regional report adds up: its own, and of
// the agencies below it on the last day of the year each one once, all as they
// are in effect: a draft is added up nowhere, and hides nothing. Found by
// streams and leaves; contents are never read.

#ifndef ANNALS_SERVICE_ROLL_UP_MEMBERS_H_
#define ANNALS_SERVICE_ROLL_UP_MEMBERS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/agency.pb.h"
#include "ledger/ledger.h"
#include "service/publication.h"
#include "service/register_walk.h"
#include "service/report/names.h"
#include "service/subtree.h"

namespace annals {

// What is added up.
struct RollUpQuestion {
  std::string office_code;
  int year = 0;
  // As the ledger had it then.
  uint64_t size = 0;
  // At most so many agencies are looked at.
  size_t agencies_max = 0;
  // Of an agency that has left it, what is not shown to everybody is not added
  // up.
  std::optional<Subtree> viewer;
  // Whether to look below an agency with a regional report as well, for the
  // reports that it speaks of.
  bool names_spoken_for = false;
};

struct RollUpMember {
  // As it was on the last day of the year.
  v1::Agency agency;
  // Its regional report if one is in effect and was not erased, else its own.
  report::ReportName report;
  // The revision in effect; absent if none is.
  std::optional<ledger::StreamEnd> end;
};

// A report that a regional one above its agency speaks of.
struct SpokenFor {
  std::string report;
  std::string included_in;
};

struct RollUpMembers {
  // The office and its own report first, then in the register's order. An
  // agency below one with a regional report is none.
  std::vector<RollUpMember> members;
  // If they are asked for.
  std::vector<SpokenFor> spoken_for;
  // The revisions of regional reports that would speak for members, but were
  // erased: what they were made of is added up itself.
  std::vector<std::string> erased_regional;
  // The reports in effect of agencies that do not exist on the last day of the
  // year.
  std::vector<std::string> of_dissolved;
  // False if there are more than agencies_max: what is here is a part then.
  bool is_complete = true;
};

// Blocks on storage. NOT_FOUND with reason AGENCY_NOT_FOUND.
absl::StatusOr<RollUpMembers> FindRollUpMembers(
    const RollUpQuestion& question, const Publications& publications,
    ledger::Ledger* ledger);

}  // namespace annals

#endif  // ANNALS_SERVICE_ROLL_UP_MEMBERS_H_
