// Which agencies an office and those below it are, at one moment of the
// register.

#ifndef ANNALS_SERVICE_SUBTREE_H_
#define ANNALS_SERVICE_SUBTREE_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "service/agency_states.h"

namespace annals {

// Remembers what it found of offices. Not thread-safe. Blocks on storage.
class Subtree {
 public:
  // `office`: `agencies/{code}`. `ledger` is not owned and must outlive this.
  Subtree(std::string office, const RegisterMoment& moment,
          ledger::Ledger* ledger)
      : office_(std::move(office)), moment_(moment), states_(ledger) {}

  const std::string& office() const { return office_; }
  const RegisterMoment& moment() const { return moment_; }

  // Whether `agency`, `agencies/{code}`, is the office or below it; false of
  // one that is not registered, and of none (empty).
  absl::StatusOr<bool> Contains(const std::string& agency);

  // Who supervises it then; empty if nobody does.
  absl::StatusOr<std::string> SupervisorOf(const std::string& agency) const;

 private:
  const std::string office_;
  const RegisterMoment moment_;
  const AgencyStates states_;
  absl::flat_hash_map<std::string, bool> known_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_SUBTREE_H_
