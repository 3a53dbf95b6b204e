// The register of agencies.

#ifndef ANNALS_SERVICE_AGENCY_REGISTER_H_
#define ANNALS_SERVICE_AGENCY_REGISTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/agency_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/agency_states.h"
#include "service/as_of.h"
#include "service/identity.h"
#include "service/page_token.h"

namespace annals {

// Thread-safe. Blocks on storage.
class AgencyRegister {
 public:
  using WriteCallback = absl::AnyInvocable<void(absl::StatusOr<v1::Agency>) &&>;

  // Neither is owned; both must outlive this.
  explicit AgencyRegister(ledger::Ledger* ledger,
                          ledger::Clock* clock = ledger::Clock::System(),
                          PageLimit page_limit = PageLimit())
      : ledger_(ledger),
        clock_(clock),
        page_limit_(page_limit),
        states_(ledger),
        as_of_(ledger, clock) {}

  // Calls `done` exactly once, when the registration is durable or with
  //   INVALID_ARGUMENT, as ValidateCreation;
  //   FAILED_PRECONDITION, SUPERVISOR_NOT_REGISTERED, SUPERVISOR_DISSOLVED,
  //     SUPERVISION_TOO_DEEP or SUCCESSOR_NOT_REGISTERED;
  //   ALREADY_EXISTS, AGENCY_EXISTS or REQUEST_ID_REUSED.
  void Create(const CallerIdentity& caller, v1::CreateAgencyRequest request,
              WriteCallback done);

  // Calls `done` exactly once, when the change is durable or with
  //   INVALID_ARGUMENT, as ValidateUpdate and ApplyUpdate;
  //   NOT_FOUND, AGENCY_NOT_FOUND;
  //   FAILED_PRECONDITION, VALID_FROM_TOO_EARLY, SUPERVISOR_NOT_REGISTERED,
  //     SUPERVISOR_DISSOLVED, SUCCESSOR_NOT_REGISTERED, SUPERVISION_TOO_DEEP or
  //     SUPERVISION_CYCLE;
  //   ABORTED, ETAG_MISMATCH, or REGISTER_MOVED if an office above it changed
  //     at the same time;
  //   ALREADY_EXISTS, REQUEST_ID_REUSED.
  void Update(const CallerIdentity& caller, v1::UpdateAgencyRequest request,
              WriteCallback done);

  // NOT_FOUND with reason AGENCY_NOT_FOUND; as AsOf; INVALID_ARGUMENT with
  // reason INVALID_VALUE if the day is none.
  absl::StatusOr<v1::Agency> Get(const v1::GetAgencyRequest& request) const;

  absl::StatusOr<v1::ListAgenciesResponse> List(
      const v1::ListAgenciesRequest& request) const;

  // NOT_FOUND with reason AGENCY_NOT_FOUND.
  absl::StatusOr<v1::ListAgencyChangesResponse> ListChanges(
      const v1::ListAgencyChangesRequest& request) const;

  // The latest moment: all entries, and the last of all days.
  RegisterMoment Latest() const;

  // Its latest state; nullopt if it is not registered.
  absl::StatusOr<std::optional<v1::Agency>> Find(
      absl::string_view agency_code) const {
    return Find(agency_code, Latest());
  }
  absl::StatusOr<std::optional<v1::Agency>> Find(
      absl::string_view agency_code, const RegisterMoment& moment) const;

  // The agencies that exist and that one supervises, in the order of their
  // codes, the first `count_max` of them.
  absl::StatusOr<std::vector<v1::Agency>> ListSupervised(
      absl::string_view supervisor_code, size_t count_max) const {
    return ListSupervised(supervisor_code, Latest(), count_max);
  }
  absl::StatusOr<std::vector<v1::Agency>> ListSupervised(
      absl::string_view supervisor_code, const RegisterMoment& moment,
      size_t count_max) const;

  absl::StatusOr<bool> IsRegistered(absl::string_view agency_code) const;

  // What the register says of an agency today.
  struct Today {
    absl::CivilDay day;
    // Nullopt if it is not registered.
    std::optional<RecordedAgency> state;
    // As long as its stream was when that was read.
    ledger::StreamLength stream;
  };
  absl::StatusOr<Today> FindToday(absl::string_view agency_code) const;

 private:
  // That the agencies that it names can be named. A supervisor that it had
  // before may stay, whatever became of it.
  absl::Status RequireLinked(const v1::Agency& agency,
                             absl::string_view supervisor_before) const;
  // That the agency's supervisor exists when it begins to supervise, and does
  // not stand too deep itself.
  absl::Status RequireSupervisor(const v1::Agency& agency) const;
  absl::StatusOr<std::optional<ledger::AppendResult>> FindRecorded(
      const ledger::AppendRequest& append) const;
  absl::StatusOr<v1::Agency> Recorded(const std::string& name,
                                      const ledger::AppendResult& result) const;
  absl::StatusOr<v1::Agency> PrepareUpdate(
      const v1::UpdateAgencyRequest& request,
      ledger::AppendRequest* append) const;

  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  const PageLimit page_limit_;
  const AgencyStates states_;
  const AsOf as_of_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_REGISTER_H_
