// A batch against servers that answer for now, not at all, or falsely.

#include "client/batch/batch_stream.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;

using ServerStream = grpc::ServerReaderWriter<v1::SubmitRevisionsResponse,
                                              v1::SubmitRevisionRequest>;

class FakeReports final : public v1::ReportService::Service {
 public:
  grpc::Status SubmitRevisions(grpc::ServerContext* /*context*/,
                               ServerStream* stream) override {
    std::vector<std::string> names;
    v1::SubmitRevisionRequest request;
    while (stream->Read(&request)) {
      names.push_back(request.name());
      if (answer_each) answer_each(names, stream);
    }
    streams.push_back(names);
    return answer ? answer(names, stream) : grpc::Status::OK;
  }

  // What each stream was told.
  std::vector<std::vector<std::string>> streams;
  std::function<grpc::Status(const std::vector<std::string>& names,
                             ServerStream* stream)>
      answer;
  // Called with what came so far, whenever another one comes.
  std::function<void(const std::vector<std::string>& names,
                     ServerStream* stream)>
      answer_each;
};

void Record(int64_t item, const std::string& name, ServerStream* stream) {
  v1::SubmitRevisionsResponse response;
  response.set_item(item);
  response.mutable_recorded()->mutable_revision()->set_name(name);
  stream->Write(response);
}

// For now, or for good.
void Refuse(int64_t item, bool for_now, ServerStream* stream) {
  v1::SubmitRevisionsResponse response;
  response.set_item(item);
  google::rpc::Status* refused = response.mutable_refused();
  refused->set_code(for_now ? grpc::StatusCode::RESOURCE_EXHAUSTED
                            : grpc::StatusCode::INVALID_ARGUMENT);
  refused->set_message("no");
  google::rpc::ErrorInfo info;
  info.set_reason(for_now ? "QUEUE_FULL" : "REPORT_BREAKS_RULES");
  info.set_domain("annals.v1");
  refused->add_details()->PackFrom(info);
  if (for_now) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(1000);
    refused->add_details()->PackFrom(retry);
  }
  stream->Write(response);
}

class BatchStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&reports_);
    server_ = builder.BuildAndStart();
    ConnectionOptions options;
    options.server = absl::StrCat("127.0.0.1:", port);
    options.retry.attempts_max = 3;
    options.retry.backoff_initial = absl::Milliseconds(1);
    connection_ = std::make_unique<Connection>(options, ledger::Clock::System(),
                                               Sleeper::System());
  }

  // Submits three reports; what came is in `results_`.
  absl::Status Submit(const std::vector<std::string>& names = {"a", "b", "c"}) {
    std::vector<v1::SubmitRevisionRequest> requests(3);
    for (size_t i = 0; i < 3; ++i) requests[i].set_name(names[i]);
    return SubmitBatch(
        requests,
        [this](size_t place,
               const absl::StatusOr<v1::SubmitRevisionResponse>& result) {
          const std::string text = result.ok() ? result->revision().name()
                                               : ErrorReason(result.status());
          EXPECT_TRUE(results_.emplace(place, text).second) << place;
          return absl::OkStatus();
        },
        connection_.get());
  }

  FakeReports reports_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Connection> connection_;
  std::map<size_t, std::string> results_;
};

TEST_F(BatchStreamTest, WhatIsRefusedForNowIsSentAgain) {
  reports_.answer = [](const std::vector<std::string>& names,
                       ServerStream* stream) {
    if (names.size() == 3) {
      Refuse(2, /*for_now=*/true, stream);
      Refuse(0, /*for_now=*/false, stream);
      Record(1, "of b", stream);
    } else {
      Record(0, "of c", stream);
    }
    return grpc::Status::OK;
  };
  EXPECT_OK(Submit());
  EXPECT_THAT(reports_.streams,
              ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("c")));
  EXPECT_THAT(results_,
              ElementsAre(std::pair(0u, "REPORT_BREAKS_RULES"),
                          std::pair(1u, "of b"), std::pair(2u, "of c")));
}

TEST_F(BatchStreamTest, WhatHasNoResultWhenAStreamEndsIsSentAgain) {
  reports_.answer = [](const std::vector<std::string>& names,
                       ServerStream* stream) {
    Record(0, "of " + names[0], stream);
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone");
  };
  EXPECT_OK(Submit());
  EXPECT_THAT(reports_.streams,
              ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("b", "c"),
                          ElementsAre("c")));
  EXPECT_THAT(results_,
              ElementsAre(std::pair(0u, "of a"), std::pair(1u, "of b"),
                          std::pair(2u, "of c")));
}

// The server reads on while it checks what came: the next year of an agency
// must not be there to be checked beside the one before.
TEST_F(BatchStreamTest, AYearIsSentWhenTheOneBeforeHasItsResult) {
  const std::string x21 = "agencies/x/reports/2021";
  const std::string x22 = "agencies/x/reports/2022";
  const std::string y21 = "agencies/y/reports/2021";
  reports_.answer_each = [&](const std::vector<std::string>& names,
                             ServerStream* stream) {
    const bool is_first_stream = reports_.streams.empty();
    if (names.size() < 2 && is_first_stream) return;
    if (is_first_stream) {
      Record(1, "of y21", stream);
      // Not even now: its agency's next one would overtake it.
      Refuse(0, /*for_now=*/true, stream);
    } else {
      Record(static_cast<int64_t>(names.size()) - 1, "of " + names.back(),
             stream);
    }
  };
  EXPECT_OK(Submit({x21, x22, y21}));
  EXPECT_THAT(reports_.streams,
              ElementsAre(ElementsAre(x21, y21), ElementsAre(x21, x22)));
  EXPECT_THAT(results_,
              ElementsAre(std::pair(0u, "of " + x21),
                          std::pair(1u, "of " + x22), std::pair(2u, "of y21")));
}

TEST_F(BatchStreamTest, AServerThatGivesNoResultsIsGivenUp) {
  reports_.answer = [](const std::vector<std::string>&, ServerStream*) {
    return grpc::Status::OK;
  };
  EXPECT_THAT(Submit(),
              StatusHasReason(StatusCode::kUnavailable, "BATCH_NOT_ANSWERED"));
  EXPECT_EQ(reports_.streams.size(), 3u);
}

TEST_F(BatchStreamTest, ARefusalOfTheStreamIsNotRepeated) {
  reports_.answer = [](const std::vector<std::string>&, ServerStream*) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no");
  };
  EXPECT_EQ(Submit().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(reports_.streams.size(), 1u);
}

TEST_F(BatchStreamTest, AResultOfNoItemEndsTheBatch) {
  for (const int64_t item : {int64_t{-1}, int64_t{3}, int64_t{1}}) {
    results_.clear();
    reports_.answer = [item](const std::vector<std::string>&,
                             ServerStream* stream) {
      Record(1, "of b", stream);
      Record(item, "of another", stream);
      return grpc::Status::OK;
    };
    EXPECT_THAT(Submit(),
                StatusHasReason(StatusCode::kDataLoss, "ANSWER_MISMATCH"));
    EXPECT_THAT(results_, ElementsAre(std::pair(1u, "of b")));
  }
}

}  // namespace
}  // namespace annals::client
