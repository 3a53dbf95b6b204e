// Steps in the life of reports, and the policies that govern them, as they are
// recorded. Knows no gRPC.

#ifndef ANNALS_SERVICE_LIFECYCLE_H_
#define ANNALS_SERVICE_LIFECYCLE_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "ledger/ledger.h"
#include "service/identity.h"
#include "service/life_reader.h"
#include "service/report_history.h"
#include "service/worker_pool.h"

namespace annals {

// What recording works with. None is owned; all must outlive it.
struct LifeRecorderParts {
  ledger::Ledger* ledger = nullptr;
  const LifeReader* reader = nullptr;
  WorkerPool* workers = nullptr;
};

// Thread-safe. Blocks on storage, so it is called on a worker's thread.
//
// Whether a step is legal is checked on a worker; it is recorded on condition
// that neither the report's revisions and steps, nor the register and the
// policies above it have changed since. If they have, it is checked again, so
// that of two steps of which only one may be taken only one is recorded.
class LifeRecorder {
 public:
  using StepCallback =
      absl::AnyInvocable<void(absl::StatusOr<v1::TakeStepResponse>) &&>;
  using PolicyCallback =
      absl::AnyInvocable<void(absl::StatusOr<v1::Policy>) &&>;

  explicit LifeRecorder(LifeRecorderParts parts)
      : parts_(parts), history_(parts.ledger) {}

  // Calls `done` exactly once, on any thread: when the step is recorded under a
  // signed checkpoint, or with
  //   INVALID_ARGUMENT, as ValidateStep;
  //   NOT_FOUND, REPORT_NOT_FOUND, REVISION_NOT_FOUND or AGENCY_NOT_FOUND;
  //   FAILED_PRECONDITION, ILLEGAL_STEP;
  //   PERMISSION_DENIED, WRONG_PARTY or SAME_PERSON;
  //   ABORTED, TOO_MANY_CONFLICTS;
  //   ALREADY_EXISTS, REQUEST_ID_REUSED.
  void TakeStep(const CallerIdentity& caller, v1::TakeStepRequest request,
                StepCallback done);

  // The same with
  //   INVALID_ARGUMENT, as ValidatePolicySetting;
  //   NOT_FOUND, AGENCY_NOT_FOUND, or POLICY_NOT_FOUND if there is none to be
  //     removed;
  //   ABORTED, POLICY_MOVED, if another one was set at the same time;
  //   ALREADY_EXISTS, REQUEST_ID_REUSED.
  void SetPolicy(const CallerIdentity& caller, v1::SetPolicyRequest request,
                 PolicyCallback done);

 private:
  struct StepTask;

  void Attempt(std::unique_ptr<StepTask> task);
  // Whether it was recorded before, and then answers.
  bool AnswerRecorded(StepTask* task);
  absl::StatusOr<ledger::AppendRequest> Prepare(const StepTask& task) const;
  absl::Status RequireAllowed(const StepTask& task,
                              const GovernedLife& life) const;
  void Settle(std::unique_ptr<StepTask> task,
              absl::StatusOr<ledger::AppendResult> result);
  // The answer to the step that the entry `index` records, the same for good.
  absl::StatusOr<v1::TakeStepResponse> AnswerOf(uint64_t index) const;

  absl::StatusOr<ledger::AppendRequest> PreparePolicy(
      const CallerIdentity& caller, const v1::SetPolicyRequest& request) const;
  absl::StatusOr<v1::Policy> PolicyAnswerOf(uint64_t index,
                                            const std::string& leaf) const;

  const LifeRecorderParts parts_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LIFECYCLE_H_
