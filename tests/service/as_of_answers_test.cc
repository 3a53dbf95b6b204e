// Answers as of a size or a time of the ledger are the same for good.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCell[] = "t3.new_received.total";

class AsOfAnswersTest : public ServerTest {
 protected:
  // Entries 0 to 3: two agencies, a report of each.
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_THAT(Register(code_), GrpcOk());
    ASSERT_THAT(Register(other_), GrpcOk());
    first_ = Record(FirstSubmission(code_, 1));
    Record(FirstSubmission(other_, 2));
    last_early_ = Get(ReportOf(other_));
  }

  // What changes every answer that is not as of a size.
  void RecordMore() {
    const v1::Revision second = Record(Correction(code_, 3, first_.etag()));
    Record(Correction(code_, 4, second.etag()));
    Record(FirstSubmission(code_, 5, 2023));
    Record(FirstSubmission(other_, 6, 2022));
  }

  v1::Revision Get(const std::string& name) {
    v1::Revision revision;
    EXPECT_THAT(ServerTest::Get(name, &revision), GrpcOk());
    return revision;
  }

  template <typename Request, typename Response>
  std::string Ask(grpc::Status (v1::ReportService::Stub::*method)(
                      grpc::ClientContext*, const Request&, Response*),
                  const Request& request) {
    Response response;
    EXPECT_THAT(Call(reports_, method, request, &response), GrpcOk());
    return response.SerializeAsString();
  }

  // Every question that can be asked as of a size, asked with `when`.
  template <typename When>
  std::vector<std::string> AskAll(When when) {
    using Stub = v1::ReportService::Stub;
    std::vector<std::string> answers;
    v1::ListReportsRequest reports;
    reports.set_parent("agencies/-");
    when(&reports);
    answers.push_back(Ask(&Stub::ListReports, reports));
    v1::ListRevisionsRequest revisions;
    revisions.set_parent(ReportOf(code_));
    when(&revisions);
    answers.push_back(Ask(&Stub::ListRevisions, revisions));
    v1::GetReportRequest get;
    get.set_name(ReportOf(code_));
    when(&get);
    answers.push_back(Ask(&Stub::GetReport, get));
    v1::BlameReportRequest blame;
    blame.set_name(ReportOf(code_));
    when(&blame);
    answers.push_back(Ask(&Stub::BlameReport, blame));
    v1::ListCellValuesRequest values;
    values.set_name(ReportOf(code_));
    values.set_cell(kCell);
    when(&values);
    answers.push_back(Ask(&Stub::ListCellValues, values));
    return answers;
  }

  const std::string code_ = MakeAgencyCode(1);
  const std::string other_ = MakeAgencyCode(2);
  v1::Revision first_;
  v1::Revision last_early_;
};

TEST_F(AsOfAnswersTest, AreTheSameForGood) {
  const auto now = [](auto*) {};
  const auto at_size = [](auto* request) { request->set_as_of_size(4); };
  const auto at_time = [this](auto* request) {
    *request->mutable_as_of() = last_early_.recorded_at();
  };
  const std::vector<std::string> early = AskAll(now);
  EXPECT_EQ(AskAll(at_size), early);
  RecordMore();
  EXPECT_EQ(AskAll(at_size), early);
  EXPECT_EQ(AskAll(at_time), early);
  const std::vector<std::string> late = AskAll(now);
  for (size_t i = 0; i < early.size(); ++i) EXPECT_NE(late[i], early[i]) << i;
  Restart();
  EXPECT_EQ(AskAll(at_size), early);
  EXPECT_EQ(AskAll(now), late);
}

TEST_F(AsOfAnswersTest, PagesAreTheSameForGood) {
  const auto pages = [this](int page_size) {
    std::vector<std::string> found;
    v1::ListReportsRequest request;
    request.set_parent("agencies/-");
    request.set_page_size(page_size);
    request.set_as_of_size(4);
    for (bool is_last = false; !is_last;) {
      v1::ListReportsResponse page;
      EXPECT_THAT(
          Call(reports_, &v1::ReportService::Stub::ListReports, request, &page),
          GrpcOk());
      found.push_back(page.SerializeAsString());
      request.set_page_token(page.next_page_token());
      is_last = page.next_page_token().empty();
    }
    return found;
  };
  const auto in_ones = pages(1);
  const auto in_twos = pages(2);
  EXPECT_EQ(in_ones.size(), 2u);
  EXPECT_EQ(in_twos.size(), 1u);
  RecordMore();
  EXPECT_EQ(pages(1), in_ones);
  EXPECT_EQ(pages(2), in_twos);
}

TEST_F(AsOfAnswersTest, PagesAreOfOneSize) {
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(1);
  request.set_as_of_size(4);
  v1::ListReportsResponse page;
  ASSERT_THAT(
      Call(reports_, &v1::ReportService::Stub::ListReports, request, &page),
      GrpcOk());
  ASSERT_THAT(page.next_page_token(), Not(IsEmpty()));
  request.set_page_token(page.next_page_token());
  request.set_as_of_size(3);
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::ListReports, request, &page),
      GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
}

// Else whoever asks for one moment after the other would learn when an entry
// was recorded that it may not see.
TEST_F(AsOfAnswersTest, DoNotTellHowManyEntriesThereWere) {
  v1::GetReportRequest get;
  get.set_name(ReportOf(MakeAgencyCode(3)));
  v1::Revision revision;
  *get.mutable_as_of() = first_.recorded_at();
  const grpc::Status early =
      Call(reports_, &v1::ReportService::Stub::GetReport, get, &revision);
  EXPECT_THAT(early, GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  *get.mutable_as_of() = last_early_.recorded_at();
  const grpc::Status late =
      Call(reports_, &v1::ReportService::Stub::GetReport, get, &revision);
  EXPECT_EQ(late.error_message(), early.error_message());
  EXPECT_EQ(late.error_details(), early.error_details());
}

TEST_F(AsOfAnswersTest, PagesAreOfOneTime) {
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(1);
  *request.mutable_as_of() = last_early_.recorded_at();
  v1::ListReportsResponse page;
  const auto list = [&] {
    return Call(reports_, &v1::ReportService::Stub::ListReports, request,
                &page);
  };
  ASSERT_THAT(list(), GrpcOk());
  request.set_page_token(page.next_page_token());
  ASSERT_THAT(list(), GrpcOk());
  EXPECT_EQ(page.revisions_size(), 1);
  // The same entries, but another question.
  *request.mutable_as_of() =
      ToTimestamp(FromTimestamp(request.as_of()) + absl::Nanoseconds(1));
  EXPECT_THAT(list(),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
}

TEST_F(AsOfAnswersTest, RefuseWhatIsNotThereOrNotYet) {
  using Stub = v1::ReportService::Stub;
  v1::Revision revision;
  v1::GetReportRequest get;
  get.set_name(ReportOf(code_));
  get.set_as_of_size(2);
  EXPECT_THAT(Call(reports_, &Stub::GetReport, get, &revision),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  get.set_as_of_size(5);
  EXPECT_THAT(Call(reports_, &Stub::GetReport, get, &revision),
              GrpcError(StatusCode::OUT_OF_RANGE, "TREE_SIZE_NOT_REACHED"));
  get.set_as_of_size(4);
  *get.mutable_as_of() = first_.recorded_at();
  EXPECT_THAT(Call(reports_, &Stub::GetReport, get, &revision),
              GrpcError(StatusCode::INVALID_ARGUMENT, "AS_OF_TWICE"));
  get.clear_as_of();
  get.set_name(first_.name());
  EXPECT_THAT(Call(reports_, &Stub::GetReport, get, &revision),
              GrpcError(StatusCode::INVALID_ARGUMENT, "AS_OF_WITH_REVISION"));
  v1::BlameReportRequest blame;
  blame.set_name(ReportOf(code_));
  blame.set_as_of_size(2);
  v1::BlameReportResponse blamed;
  EXPECT_THAT(Call(reports_, &Stub::BlameReport, blame, &blamed),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
}

}  // namespace
}  // namespace annals
