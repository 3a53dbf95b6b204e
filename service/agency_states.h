// What the register says, and said, of an agency: state N is the entry at
// position N - 1 of the agency's stream. The first is its registration.
//
// On a day the newest state holds whose `valid_from` is not after it; the first
// one, where there is none. Along the stream `valid_from` goes back only where
// a state takes the place of those before it, which then hold on no day.

#ifndef ANNALS_SERVICE_AGENCY_STATES_H_
#define ANNALS_SERVICE_AGENCY_STATES_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/ledger.h"

namespace annals {

// What the register says of a day, made of the first `size` entries of the
// ledger.
struct RegisterMoment {
  uint64_t size = 0;
  absl::CivilDay day;
};

// A state as it is recorded.
struct RecordedAgency {
  v1::LedgerEntry entry;
  // As an answer shows it.
  v1::Agency agency;
  int32_t number = 0;
  // As FindOn found it: no later state is recorded.
  bool is_latest = false;
};

// The first day of a state; the first day of all if it has none.
absl::CivilDay FirstDayOf(const v1::Agency& agency);

// Whether the agency exists on `day`, by a state that holds on that day.
bool ExistsOn(const v1::Agency& agency, absl::CivilDay day);

// Puts in what the service sets, but for the time of creation: `leaf`, the
// entry at `index`, records state `number`.
void SetStateFields(uint64_t index, absl::string_view leaf, int32_t number,
                    v1::Agency* agency);

// Thread-safe. Blocks on storage. A `size` is one of the ledger: what later
// entries say is not looked at.
class AgencyStates {
 public:
  // Not owned; must outlive this.
  explicit AgencyStates(ledger::Ledger* ledger) : ledger_(ledger) {}

  // The number of states; 0 if it is not registered. `agency` here and below is
  // `agencies/{code}`.
  absl::StatusOr<int32_t> Count(absl::string_view agency, uint64_t size) const;

  // REQUIRES: there is such a state.
  absl::StatusOr<RecordedAgency> Read(absl::string_view agency,
                                      int32_t number) const;

  // The latest state; nullopt if it is not registered.
  absl::StatusOr<std::optional<RecordedAgency>> FindLatest(
      absl::string_view agency, uint64_t size) const;

  // The state that holds on `day`; nullopt if it is not registered.
  absl::StatusOr<std::optional<RecordedAgency>> FindOn(
      absl::string_view agency, uint64_t size, absl::CivilDay day) const;
  // The same of an agency whose stream has that end.
  absl::StatusOr<std::optional<RecordedAgency>> FindOn(
      absl::string_view agency, const std::optional<ledger::StreamEnd>& end,
      absl::CivilDay day) const;

  // The state that `leaf`, the entry at `index`, records. DATA_LOSS with reason
  // INDEX_DAMAGED if it is none of `agency`.
  absl::StatusOr<RecordedAgency> Decode(absl::string_view agency,
                                        uint64_t index,
                                        absl::string_view leaf) const;

 private:
  absl::StatusOr<RecordedAgency> ReadAt(absl::string_view agency,
                                        uint64_t index) const;

  ledger::Ledger* const ledger_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_STATES_H_
