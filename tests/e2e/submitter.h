// A caller that submits and corrects reports of one agency, one after the
// other, until the daemon is gone.

#ifndef ANNALS_TESTS_E2E_SUBMITTER_H_
#define ANNALS_TESTS_E2E_SUBMITTER_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "grpc/support/time.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/report_maker.h"

namespace annals {

// Counts what all submitters together were told is recorded. Thread-safe.
class AcknowledgementCounter {
 public:
  void Add() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    changed_.notify_all();
  }

  // One of them has stopped.
  void End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
  }

  // Blocks until there are `count`; false if there are not when a submitter
  // stops, or within a minute.
  bool WaitFor(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::chrono::minutes(1),
                      [this, count] { return count_ >= count || has_ended_; });
    return count_ >= count;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  bool has_ended_ = false;
};

struct AcknowledgedSubmission {
  v1::SubmitRevisionRequest request;
  v1::SubmitRevisionResponse response;
};

// Not thread-safe: one thread at a time.
class Submitter {
 public:
  Submitter(int number, std::string agency_code)
      : number_(number), agency_code_(std::move(agency_code)) {}

  // Submits until a call fails.
  void Run(v1::ReportService::Stub* reports, AcknowledgementCounter* counter) {
    for (;;) {
      v1::SubmitRevisionRequest request = Next();
      v1::SubmitRevisionResponse response;
      const grpc::Status status = Call(reports, request, &response);
      if (!status.ok()) {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE)
            << status.error_message();
        unanswered_ = std::move(request);
        counter->End();
        return;
      }
      Keep(std::move(request), std::move(response));
      counter->Add();
    }
  }

  // Repeats every request that it keeps. What was acknowledged gets the same
  // answer; what was not answered is acknowledged now, twice with the same
  // answer.
  void RepeatAll(v1::ReportService::Stub* reports) {
    for (const AcknowledgedSubmission& one : acknowledged_) {
      ExpectAnswer(reports, one.request, one.response.revision());
    }
    if (!unanswered_.has_value()) return;
    v1::SubmitRevisionResponse response;
    const grpc::Status status = Call(reports, *unanswered_, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ExpectAnswer(reports, *unanswered_, response.revision());
    Keep(*std::move(unanswered_), std::move(response));
    unanswered_.reset();
  }

  // Keeps what was acknowledged so far no longer.
  void Forget() { acknowledged_.clear(); }

  // How many were acknowledged, those that it has forgotten included.
  int made() const { return made_; }

  const std::vector<AcknowledgedSubmission>& acknowledged() const {
    return acknowledged_;
  }

 private:
  static grpc::Status Call(v1::ReportService::Stub* reports,
                           const v1::SubmitRevisionRequest& request,
                           v1::SubmitRevisionResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                      gpr_time_from_minutes(1, GPR_TIMESPAN)));
    return reports->SubmitRevision(&context, request, response);
  }

  static void ExpectAnswer(v1::ReportService::Stub* reports,
                           const v1::SubmitRevisionRequest& request,
                           const v1::Revision& revision) {
    v1::SubmitRevisionResponse again;
    const grpc::Status status = Call(reports, request, &again);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(again.revision().SerializeAsString(),
              revision.SerializeAsString());
  }

  void Keep(v1::SubmitRevisionRequest request,
            v1::SubmitRevisionResponse response) {
    etags_[request.name()] = response.revision().etag();
    acknowledged_.push_back({std::move(request), std::move(response)});
    ++made_;
  }

  // By turns a report of another year and a correction of it; after some years
  // corrections only. Every other year: there is no last year's report to agree
  // with.
  v1::SubmitRevisionRequest Next() {
    constexpr int kReports = 8;
    const int made = made_;
    const int year = 2010 + 2 * (made / 2 % kReports);
    v1::SubmitRevisionRequest request;
    request.set_name(
        absl::StrCat("agencies/", agency_code_, "/reports/", year));
    *request.mutable_report() =
        MakeReport(static_cast<uint64_t>(1000 * number_ + made), year);
    request.set_reason(absl::StrCat("第 ", made, " 次"));
    request.set_request_id(
        absl::StrFormat("00000000-0000-4000-8000-%06x%06x", number_, made));
    if (const auto base = etags_.find(request.name()); base != etags_.end()) {
      request.mutable_report()->set_etag(base->second);
      request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    }
    return request;
  }

  const int number_;
  const std::string agency_code_;
  std::vector<AcknowledgedSubmission> acknowledged_;
  int made_ = 0;
  std::map<std::string, std::string> etags_;  // The latest of each report.
  // Whether it was recorded is not known.
  std::optional<v1::SubmitRevisionRequest> unanswered_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_SUBMITTER_H_
