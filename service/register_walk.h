// The register below an office on a day, depth first: each office before the
// agencies below it, in the order of their codes.
//
// Every agency of the register stands in the tree once, also one that is
// dissolved or not there yet on that day, so that the agencies below it are not
// lost; a walk says which exist.

#ifndef ANNALS_SERVICE_REGISTER_WALK_H_
#define ANNALS_SERVICE_REGISTER_WALK_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/agency.pb.h"
#include "ledger/ledger.h"
#include "service/agency_register.h"
#include "service/agency_states.h"
#include "service/filing_deadlines.h"
#include "service/review_policies.h"
#include "service/subtree.h"

namespace annals {

struct WalkedAgency {
  v1::Agency agency;
  // Whether it exists on the day.
  bool exists = true;
  // How many offices that exist stand between it and where the walk began,
  // which is at 0.
  int depth = 0;
  // Those that its policies and those of the offices above it set.
  std::shared_ptr<const FilingDeadlines> deadlines;
  // It does not stand below the viewer of the walk.
  bool has_left = false;
};

// Not thread-safe. Blocks on storage. Holds an office and a piece of its index
// for each level, whatever the size of the register.
class RegisterWalk {
 public:
  // Begins at `agencies/{code}`, or with `agencies/-` at each agency that none
  // supervises. `ledger` is not owned and must outlive this. `viewer`: for whom
  // the walk is, at the present moment, whatever moment it is of; nullopt: for
  // one that no agency leaves. NOT_FOUND with
  // reason AGENCY_NOT_FOUND.
  static absl::StatusOr<RegisterWalk> Start(
      ledger::Ledger* ledger, const std::string& parent,
      const RegisterMoment& moment,
      std::optional<Subtree> viewer = std::nullopt);

  // Takes a step: the next agency; nullopt if that one stands elsewhere on the
  // day. REQUIRES: not AtEnd().
  absl::StatusOr<std::optional<WalkedAgency>> Step();

  // Goes on behind the agencies below `office`, which the step before handed
  // out.
  absl::Status SkipBelow(const std::string& office);

  bool AtEnd() const { return levels_.empty() && !root_.has_value(); }

 private:
  using StreamEnd = std::optional<ledger::StreamEnd>;

  struct Child {
    // `agencies/{code}`
    std::string name;
    // Of its states and of its policies.
    StreamEnd states;
    StreamEnd policies;
  };

  // What is left of the agencies below an office.
  struct Level {
    // Whose agencies; empty for those that none supervises.
    std::string office;
    std::shared_ptr<const FilingDeadlines> deadlines;
    std::vector<Child> children;
    size_t next = 0;
    // The index row of the last of them.
    std::string last_key;
    bool is_last_piece = false;
    // Whether the office itself counts as a level.
    int depth = 0;
  };

  RegisterWalk(ledger::Ledger* ledger, const RegisterMoment& moment,
               std::optional<Subtree> viewer)
      : ledger_(ledger),
        states_(ledger),
        policies_(ledger),
        moment_(moment),
        viewer_(std::move(viewer)) {}

  absl::StatusOr<std::shared_ptr<const FilingDeadlines>> InheritedBy(
      const v1::Agency& agency) const;
  // Those below `office`, with its own policies, which end there, after those
  // above it.
  absl::StatusOr<std::shared_ptr<const FilingDeadlines>> Below(
      std::shared_ptr<const FilingDeadlines> above, const std::string& office,
      const StreamEnd& policies) const;
  absl::StatusOr<StreamEnd> EndOfPolicies(const std::string& office) const;
  absl::StatusOr<WalkedAgency> Enter(WalkedAgency agency,
                                     const StreamEnd& policies);
  absl::StatusOr<bool> SupervisesNone(const std::string& office);
  absl::Status ReadChildren(Level* level);
  // Whether the agency of `state` does not stand below the viewer now.
  absl::StatusOr<bool> HasLeft(const RecordedAgency& state);
  // Leaves the levels that are done.
  absl::Status Settle();

  ledger::Ledger* ledger_;
  AgencyStates states_;
  ReviewPolicies policies_;
  RegisterMoment moment_;
  std::optional<Subtree> viewer_;
  // Where the walk begins, until its first step.
  std::optional<WalkedAgency> root_;
  std::string root_name_;
  std::vector<Level> levels_;
  // From the first key up to the second, which is empty if that is the end,
  // there are no rows of supervised agencies.
  std::string gap_begin_;
  std::string gap_end_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REGISTER_WALK_H_
