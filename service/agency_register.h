// The register of agencies.

#ifndef ANNALS_SERVICE_AGENCY_REGISTER_H_
#define ANNALS_SERVICE_AGENCY_REGISTER_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/agency_service.pb.h"
#include "ledger/ledger.h"
#include "service/identity.h"

namespace annals {

// Thread-safe. Blocks on storage.
class AgencyRegister {
 public:
  using CreateCallback =
      absl::AnyInvocable<void(absl::StatusOr<v1::Agency>) &&>;

  // Not owned; must outlive this.
  explicit AgencyRegister(ledger::Ledger* ledger) : ledger_(ledger) {}

  // Calls `done` exactly once, when the registration is durable or with
  //   INVALID_ARGUMENT, INVALID_AGENCY_CODE, NAME_MISMATCH,
  //     INVALID_DIVISION_CODE, INVALID_VALUE, SUPERVISOR_IS_SELF and others;
  //   FAILED_PRECONDITION, SUPERVISOR_NOT_REGISTERED;
  //   ALREADY_EXISTS, AGENCY_EXISTS or REQUEST_ID_REUSED.
  void Create(const CallerIdentity& caller, v1::CreateAgencyRequest request,
              CreateCallback done);

  // NOT_FOUND with reason AGENCY_NOT_FOUND.
  absl::StatusOr<v1::Agency> Get(const v1::GetAgencyRequest& request) const;

  absl::StatusOr<v1::ListAgenciesResponse> List(
      const v1::ListAgenciesRequest& request) const;

  // nullopt if it is not registered.
  absl::StatusOr<std::optional<v1::Agency>> Find(
      absl::string_view agency_code) const;

  // The agencies that one supervises, in the order of their codes, the first
  // `count_max` of them.
  absl::StatusOr<std::vector<v1::Agency>> ListSupervised(
      absl::string_view supervisor_code, size_t count_max) const;

  absl::StatusOr<bool> IsRegistered(absl::string_view agency_code) const;

 private:
  absl::Status Validate(const v1::CreateAgencyRequest& request) const;
  absl::Status RequireSupervisor(const v1::Agency& agency) const;
  absl::StatusOr<v1::Agency> Read(absl::string_view name) const;

  ledger::Ledger* const ledger_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_REGISTER_H_
