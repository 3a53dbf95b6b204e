// SupervisionService and the frame of its streams, through a real server.

#include <memory>
#include <string>
#include <vector>

#include "annals/v1/supervision_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

class SupervisionTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    supervision_ = v1::SupervisionService::NewStub(channel_);
  }

  static v1::ListFilingsRequest Ask(const std::string& parent) {
    v1::ListFilingsRequest request;
    request.set_parent(parent);
    request.set_year(2024);
    return request;
  }

  grpc::Status List(const v1::ListFilingsRequest& request,
                    std::vector<v1::Filing>* filings) {
    grpc::ClientContext context;
    auto reader = supervision_->ListFilings(&context, request);
    v1::ListFilingsResponse page;
    while (reader->Read(&page)) {
      filings->insert(filings->end(), page.filings().begin(),
                      page.filings().end());
    }
    return reader->Finish();
  }

  std::unique_ptr<v1::SupervisionService::Stub> supervision_;
};

TEST_F(SupervisionTest, StreamsEveryFilingOnce) {
  const std::string office = MakeAgencyCode(0);
  ASSERT_THAT(Register(office), GrpcOk());
  for (int n = 1; n < 450; ++n) {
    ASSERT_THAT(Register(MakeAgencyCode(n), "agencies/" + office), GrpcOk());
  }
  Record(FirstSubmission(MakeAgencyCode(7), 7));
  std::vector<v1::Filing> filings;
  ASSERT_THAT(List(Ask("agencies/" + office), &filings), GrpcOk());
  ASSERT_EQ(filings.size(), 450u);
  EXPECT_EQ(filings[0].agency().name(), "agencies/" + office);
  int filed = 0;
  for (size_t i = 1; i < filings.size(); ++i) {
    EXPECT_EQ(filings[i].depth(), 1);
    if (i > 1) {
      EXPECT_LT(filings[i - 1].agency().name(), filings[i].agency().name());
    }
    if (filings[i].has_revision()) ++filed;
  }
  EXPECT_EQ(filed, 1);
}

TEST_F(SupervisionTest, AnErrorHasAReason) {
  std::vector<v1::Filing> filings;
  EXPECT_THAT(List(Ask("agencies/" + MakeAgencyCode(3)), &filings),
              GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));
  v1::ListFilingsRequest both = Ask("agencies/-");
  both.mutable_as_of()->set_seconds(1);
  both.set_as_of_size(1);
  EXPECT_THAT(List(both, &filings),
              GrpcError(StatusCode::INVALID_ARGUMENT, "AS_OF_TWICE"));
}

TEST_F(SupervisionTest, AddsUpAndListsWhatWasRecorded) {
  const std::string office = MakeAgencyCode(0);
  ASSERT_THAT(Register(office), GrpcOk());
  int64_t sum = 0;
  const auto cell = *report::Schema::Get().Find("t3.new_received.total");
  for (int n = 1; n < 4; ++n) {
    ASSERT_THAT(Register(MakeAgencyCode(n), "agencies/" + office), GrpcOk());
    const auto request =
        FirstSubmission(MakeAgencyCode(n), static_cast<uint64_t>(n));
    Record(request);
    sum += *report::ReadCells(request.report())[static_cast<size_t>(cell)];
  }
  v1::RollUpRequest asked;
  asked.set_agency("agencies/" + office);
  asked.set_year(2024);
  v1::RollUpResponse answer;
  ASSERT_THAT(
      Call(supervision_, &v1::SupervisionService::Stub::RollUp, asked, &answer),
      GrpcOk());
  EXPECT_EQ(answer.revisions_size(), 3);
  EXPECT_EQ(answer.missing_size(), 1);
  EXPECT_EQ(report::ReadCells(answer.draft())[static_cast<size_t>(cell)], sum);
  asked.set_agency("agencies/" + MakeAgencyCode(9));
  EXPECT_THAT(
      Call(supervision_, &v1::SupervisionService::Stub::RollUp, asked, &answer),
      GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));

  v1::ListFiguresRequest listed;
  listed.set_parent("agencies/-");
  listed.set_year(2024);
  grpc::ClientContext context;
  auto reader = supervision_->ListFigures(&context, listed);
  int64_t listed_sum = 0;
  v1::ListFiguresResponse page;
  while (reader->Read(&page)) {
    for (const v1::FigureRow& row : page.rows()) listed_sum += row.values(cell);
  }
  EXPECT_THAT(reader->Finish(), GrpcOk());
  EXPECT_EQ(listed_sum, sum);
}

// The frame goes on after readers that leave in the middle, and drains.
TEST_F(SupervisionTest, ReadersThatLeaveHoldNothing) {
  const std::string office = MakeAgencyCode(0);
  ASSERT_THAT(Register(office), GrpcOk());
  for (int n = 1; n < 450; ++n) {
    ASSERT_THAT(Register(MakeAgencyCode(n), "agencies/" + office), GrpcOk());
  }
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext context;
    auto reader =
        supervision_->ListFilings(&context, Ask("agencies/" + office));
    v1::ListFilingsResponse page;
    if (i % 2 == 0) reader->Read(&page);
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), StatusCode::CANCELLED);
  }
  std::vector<v1::Filing> filings;
  ASSERT_THAT(List(Ask("agencies/-"), &filings), GrpcOk());
  EXPECT_EQ(filings.size(), 450u);
  // One that does not read does not hold up the end of the daemon.
  grpc::ClientContext context;
  auto idle = supervision_->ListFilings(&context, Ask("agencies/" + office));
  daemon_->Drain(absl::Seconds(2));
  daemon_.reset();
  v1::ListFilingsResponse page;
  while (idle->Read(&page)) continue;
  idle->Finish();
}

}  // namespace
}  // namespace annals
