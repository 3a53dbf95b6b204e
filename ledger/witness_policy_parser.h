// Reads a policy line by line: a part of witness_policy.cc, which alone uses
// it.

#ifndef ANNALS_LEDGER_WITNESS_POLICY_PARSER_H_
#define ANNALS_LEDGER_WITNESS_POLICY_PARSER_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/witness_policy.h"

namespace annals::ledger {

// A name as a message can show it: names are opaque bytes, messages are UTF-8.
std::string ShownName(absl::string_view name);

class WitnessPolicyParser {
 public:
  absl::StatusOr<WitnessPolicy> Parse(absl::string_view policy);

 private:
  using Items = absl::Span<const absl::string_view>;

  absl::Status ReadLine(absl::string_view line);
  absl::Status ReadLog(Items items);
  absl::Status ReadWitness(Items items);
  absl::Status ReadGroup(Items items);
  absl::Status ReadQuorum(Items items);

  absl::Status CheckNewName(absl::string_view name) const;
  absl::Status AddMember(absl::string_view name, WitnessPolicy::Party* group);
  absl::StatusOr<size_t> Find(absl::string_view name) const;
  void AddParty(WitnessPolicy::Party party);

  // An error at the line being read.
  absl::Status Malformed(absl::string_view en, absl::string_view zh) const;
  absl::Status TooMany(absl::string_view en, absl::string_view zh) const;
  absl::Status KeyError(const absl::Status& status) const;

  size_t line_ = 0;  // Counts from 1.
  WitnessPolicy policy_;
  std::map<std::string, size_t> party_of_name_;
  std::set<size_t> members_of_some_group_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_WITNESS_POLICY_PARSER_H_
