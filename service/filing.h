// Filing: a report checked and recorded as a revision. Knows no gRPC.

#ifndef ANNALS_SERVICE_FILING_H_
#define ANNALS_SERVICE_FILING_H_

#include <memory>
#include <optional>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"
#include "service/agency_register.h"
#include "service/assessment.h"
#include "service/identity.h"
#include "service/report/names.h"
#include "service/report/report_view.h"
#include "service/report/validate.h"
#include "service/report_history.h"
#include "service/submission_request.h"
#include "service/worker_pool.h"

namespace annals {

// What filing works with. None is owned; all must outlive it.
struct FilingParts {
  ledger::Ledger* ledger = nullptr;
  const AgencyRegister* agencies = nullptr;
  const Assessor* assessor = nullptr;
  // Runs what must be tried again.
  WorkerPool* workers = nullptr;
};

// Takes requests as bytes, because what is recorded is a report's bytes as they
// came. Thread-safe. Blocks on storage, so it is called on a worker's thread.
class Filing {
 public:
  // Gets the bytes of a v1::SubmitRevisionResponse.
  using SubmitCallback =
      absl::AnyInvocable<void(absl::StatusOr<std::string>) &&>;

  Filing(const FilingParts& parts, const FilingLimits& limits);

  // Applies the rules and records nothing. `request` is a serialized
  // v1::CheckReportRequest.
  absl::StatusOr<v1::CheckReportResponse> Check(
      absl::string_view request) const;

  // Calls `done` exactly once, on any thread: when the revision is durable and
  // under a signed checkpoint, or with the reason why nothing was recorded.
  // `request` is a serialized v1::SubmitRevisionRequest.
  void Submit(const CallerIdentity& caller, absl::string_view request,
              SubmitCallback done);

  // The same for a report as it was published. `request` is a serialized
  // v1::ArchiveReportRequest.
  void Archive(const CallerIdentity& caller, absl::string_view request,
               SubmitCallback done);

 private:
  // One request on its way to the ledger.
  struct Submission;
  // What a submission was checked against.
  struct Base;
  // What an answer is made of.
  struct Recorded;

  void File(const CallerIdentity& caller,
            absl::StatusOr<std::unique_ptr<SubmissionRequest>> request,
            SubmitCallback done);
  static void StartEntry(Submission* submission);
  void Attempt(std::unique_ptr<Submission> submission);
  absl::StatusOr<ledger::AppendRequest> Prepare(Submission* submission) const;
  absl::StatusOr<Base> ReadBase(const Submission& submission) const;
  absl::Status RequireDocument(const SubmissionRequest& request) const;
  absl::StatusOr<std::optional<std::string>> FindRecorded(
      const Submission& submission) const;
  absl::StatusOr<std::string> Answer(const SubmissionRequest& request,
                                     const Recorded& recorded) const;
  void FinishRecorded(std::unique_ptr<Submission> submission,
                      absl::Status otherwise);
  void Settle(std::unique_ptr<Submission> submission,
              absl::StatusOr<ledger::AppendResult> result);

  ledger::Ledger* const ledger_;
  const AgencyRegister* const agencies_;
  WorkerPool* const workers_;
  const Assessor* const assessor_;
  const ReportHistory history_;
  const FilingLimits limits_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FILING_H_
