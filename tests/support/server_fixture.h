// A daemon in this process, on a real database and a free port, and a client on
// a real channel.

#ifndef ANNALS_TESTS_SUPPORT_SERVER_FIXTURE_H_
#define ANNALS_TESTS_SUPPORT_SERVER_FIXTURE_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "service/daemon.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"
#include "tests/support/raw_call.h"
#include "tests/support/report_maker.h"
#include "tests/support/temp_dir.h"

namespace annals {

// What a grpc::Status carries beside code and message.
struct ErrorDetails {
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage localized;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
};

inline ErrorDetails DetailsOf(const grpc::Status& status) {
  ErrorDetails details;
  google::rpc::Status rpc;
  EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
  for (const auto& any : rpc.details()) {
    any.UnpackTo(&details.info);
    any.UnpackTo(&details.localized);
    any.UnpackTo(&details.bad_request);
    any.UnpackTo(&details.retry);
  }
  return details;
}

inline std::string MetadataOf(const grpc::Status& status,
                              const std::string& key) {
  const auto metadata = DetailsOf(status).info.metadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

// A grpc::Status with the code and reason, the domain annals.v1, and a text in
// both languages.
MATCHER_P2(GrpcError, code, reason,
           absl::StrCat("has the code ", static_cast<int>(code),
                        " and the reason ", reason)) {
  const ErrorDetails details = DetailsOf(arg);
  *result_listener << "which is " << arg.error_code() << " "
                   << details.info.reason() << ": " << arg.error_message();
  return arg.error_code() == code && details.info.reason() == reason &&
         details.info.domain() == "annals.v1" && !arg.error_message().empty() &&
         !details.localized.message().empty() &&
         details.localized.locale() == "zh-CN";
}

MATCHER(GrpcOk, "is OK") {
  *result_listener << "which is " << arg.error_code() << ": "
                   << arg.error_message();
  return arg.ok();
}

// A new UUID for each call in a process.
inline std::string NewRequestId() {
  static std::atomic<int64_t> next = 1;
  return absl::StrFormat("00000000-0000-4000-8000-%012x", next++);
}

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.data_dir = dir_.Path("data");
    options_.listen = "127.0.0.1:0";
    options_.origin = "test.local/annals";
    Start();
  }

  void Start() {
    auto daemon = Daemon::Start(options_);
    ASSERT_THAT(daemon, IsOk());
    daemon_ = *std::move(daemon);
    Connect();
  }

  void Connect() {
    channel_ = grpc::CreateChannel(daemon_->address(),
                                   grpc::InsecureChannelCredentials());
    reports_ = v1::ReportService::NewStub(channel_);
    agencies_ = v1::AgencyService::NewStub(channel_);
    ledger_ = v1::LedgerService::NewStub(channel_);
  }

  void Restart() {
    daemon_->Drain(absl::Seconds(5));
    daemon_.reset();
    Start();
  }

  // Calls a unary method: `response` and the status.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(const std::unique_ptr<Stub>& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                 const Request&, Response*),
                    const Request& request, Response* response,
                    const std::string& actor = "zhang") {
    grpc::ClientContext context;
    if (!actor.empty()) context.AddMetadata("annals-actor", actor);
    return (stub.get()->*method)(&context, request, response);
  }

  grpc::Status Register(const std::string& code,
                        const std::string& supervisor = "") {
    v1::CreateAgencyRequest request;
    request.set_agency_id(code);
    request.mutable_agency()->set_display_name("洛阳市西工区人民政府办公室");
    request.mutable_agency()->set_division_code("410303");
    request.mutable_agency()->set_supervisor(supervisor);
    request.set_reason("首次登记");
    request.set_request_id(NewRequestId());
    v1::Agency agency;
    return Call(agencies_, &v1::AgencyService::Stub::CreateAgency, request,
                &agency);
  }

  static std::string ReportOf(const std::string& code, int year = 2024) {
    return absl::StrCat("agencies/", code, "/reports/", year);
  }

  static v1::SubmitRevisionRequest FirstSubmission(const std::string& code,
                                                   uint64_t seed,
                                                   int year = 2024) {
    v1::SubmitRevisionRequest request;
    request.set_name(ReportOf(code, year));
    *request.mutable_report() = MakeReport(seed, year);
    request.set_reason("年度报告首次提交");
    request.set_request_id(NewRequestId());
    return request;
  }

  static v1::SubmitRevisionRequest Correction(const std::string& code,
                                              uint64_t seed,
                                              const std::string& etag) {
    v1::SubmitRevisionRequest request = FirstSubmission(code, seed);
    request.mutable_report()->set_etag(etag);
    request.set_reason("核对后更正");
    request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    return request;
  }

  grpc::Status Submit(const v1::SubmitRevisionRequest& request,
                      v1::SubmitRevisionResponse* response,
                      const std::string& actor = "zhang") {
    return Call(reports_, &v1::ReportService::Stub::SubmitRevision, request,
                response, actor);
  }

  // Submits and expects success.
  v1::Revision Record(const v1::SubmitRevisionRequest& request) {
    v1::SubmitRevisionResponse response;
    EXPECT_THAT(Submit(request, &response), GrpcOk());
    return response.revision();
  }

  grpc::Status Get(const std::string& name, v1::Revision* revision) {
    v1::GetReportRequest request;
    request.set_name(name);
    return Call(reports_, &v1::ReportService::Stub::GetReport, request,
                revision);
  }

  // Calls "/package.Service/Method" with and for bytes, as they are on the
  // wire.
  grpc::Status RawCall(const std::string& method, const std::string& request,
                       std::string* response) {
    grpc::ClientContext context;
    return RawUnaryCall(channel_, &context, method, request, response);
  }

  std::string RawGetReport(const v1::GetReportRequest& request) {
    std::string response;
    EXPECT_THAT(RawCall("/annals.v1.ReportService/GetReport",
                        request.SerializeAsString(), &response),
                GrpcOk());
    return response;
  }

  uint64_t LedgerSize() {
    v1::Checkpoint checkpoint;
    EXPECT_THAT(Call(ledger_, &v1::LedgerService::Stub::GetCheckpoint,
                     v1::GetCheckpointRequest(), &checkpoint),
                GrpcOk());
    return checkpoint.tree_size();
  }

  TempDir dir_;
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ReportService::Stub> reports_;
  std::unique_ptr<v1::AgencyService::Stub> agencies_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_SERVER_FIXTURE_H_
