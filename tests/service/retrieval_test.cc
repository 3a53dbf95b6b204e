// Reports as they stand and stood, through a real server.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "ledger/proof.h"
#include "service/leaf_codec.h"
#include "service/page_token.h"
#include "service/report/days.h"
#include "service/report_history.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RetrievalTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_THAT(Register(code_), GrpcOk());
  }

  grpc::Status GetAsOf(const std::string& name, absl::Time time,
                       v1::Revision* revision) {
    v1::GetReportRequest request;
    request.set_name(name);
    *request.mutable_as_of() = ToTimestamp(time);
    return Call(reports_, &v1::ReportService::Stub::GetReport, request,
                revision);
  }

  grpc::Status Diff(int from, int to, v1::DiffRevisionsResponse* response) {
    v1::DiffRevisionsRequest request;
    request.set_name(report_);
    request.set_from(from);
    request.set_to(to);
    return Call(reports_, &v1::ReportService::Stub::DiffRevisions, request,
                response);
  }

  grpc::Status List(const v1::ListReportsRequest& request,
                    v1::ListReportsResponse* response) {
    return Call(reports_, &v1::ReportService::Stub::ListReports, request,
                response);
  }

  // The names of all reports, read page by page.
  std::vector<std::string> ListAll(const std::string& parent, int year,
                                   int page_size) {
    std::vector<std::string> names;
    v1::ListReportsRequest request;
    request.set_parent(parent);
    request.set_year(year);
    request.set_page_size(page_size);
    do {
      v1::ListReportsResponse response;
      EXPECT_THAT(List(request, &response), GrpcOk());
      EXPECT_LE(response.revisions_size(), page_size);
      for (const auto& revision : response.revisions()) {
        names.push_back(revision.name());
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  // Submits revision 1 and corrects it up to revision `count`; all of them.
  std::vector<v1::Revision> RecordHistory(int count) {
    std::vector<v1::Revision> history = {Record(FirstSubmission(code_, 1))};
    for (int i = 2; i <= count; ++i) {
      history.push_back(Record(
          Correction(code_, static_cast<uint64_t>(i), history.back().etag())));
    }
    return history;
  }

  const std::string code_ = MakeAgencyCode(1);
  const std::string report_ = ReportOf(code_);
};

TEST_F(RetrievalTest, GetsTheLatestAndEachRevisionAsSubmitted) {
  const std::vector<v1::Revision> history = RecordHistory(3);
  v1::Revision read;
  ASSERT_THAT(Get(report_, &read), GrpcOk());
  EXPECT_EQ(read.number(), 3);
  for (int number = 1; number <= 3; ++number) {
    const v1::Revision& recorded = history[static_cast<size_t>(number - 1)];
    ASSERT_THAT(Get(recorded.name(), &read), GrpcOk());
    EXPECT_TRUE(MessageDifferencer::Equals(
        read.content().report(), MakeReport(static_cast<uint64_t>(number))));
    read.clear_content();
    EXPECT_TRUE(MessageDifferencer::Equals(read, recorded));
  }
}

// The auditor's path: bytes, salt, leaf, proof, root.
TEST_F(RetrievalTest, GetServesTheVeryBytesThatWereHashed) {
  RecordHistory(2);
  v1::GetReportRequest request;
  request.set_name(report_);
  grpc::ClientContext context;
  v1::Revision revision;
  ASSERT_THAT(reports_->GetReport(&context, request, &revision), GrpcOk());
  v1::GetEntryRequest entry_request;
  entry_request.set_index(revision.entry_index());
  entry_request.set_include_content(true);
  v1::Entry entry;
  ASSERT_THAT(
      Call(ledger_, &v1::LedgerService::Stub::GetEntry, entry_request, &entry),
      GrpcOk());
  v1::LedgerEntry leaf;
  ASSERT_TRUE(leaf.ParseFromString(entry.leaf()));
  ledger::Salt salt = ledger::HashFromBytes(entry.salt());
  EXPECT_EQ(ledger::HashBytes(ledger::ContentHash(salt, entry.content())),
            leaf.content_hash());
  EXPECT_EQ(EtagOfLeaf(entry.leaf()), revision.etag());
  // The answer is the revision without content, then the bytes of the content.
  v1::Revision bare = revision;
  bare.clear_content();
  EXPECT_EQ(EncodeRevision(bare, entry.content()), RawGetReport(request));
}

// The first read is from the store, the second from memory.
TEST_F(RetrievalTest, GetsTheLatestAlsoAfterItWasReadBefore) {
  v1::Revision latest = Record(FirstSubmission(code_, 7));
  std::string before;
  for (uint64_t seed = 8; seed < 12; ++seed) {
    v1::GetReportRequest request;
    request.set_name(ReportOf(code_));
    const std::string first = RawGetReport(request);
    EXPECT_EQ(RawGetReport(request), first);
    EXPECT_NE(first, before);
    v1::Revision revision;
    ASSERT_TRUE(revision.ParseFromString(first));
    EXPECT_EQ(revision.etag(), latest.etag());
    before = first;
    latest = Record(Correction(code_, seed, latest.etag()));
  }
}

TEST_F(RetrievalTest, GetsWhatWasTheLatestAtATime) {
  const std::vector<v1::Revision> history = RecordHistory(5);
  for (size_t i = 0; i < history.size(); ++i) {
    const absl::Time recorded = FromTimestamp(history[i].recorded_at());
    v1::Revision read;
    ASSERT_THAT(GetAsOf(report_, recorded, &read), GrpcOk());
    EXPECT_EQ(read.number(), history[i].number());
    if (i == 0) continue;
    ASSERT_THAT(GetAsOf(report_, recorded - absl::Nanoseconds(1), &read),
                GrpcOk());
    EXPECT_EQ(read.number(), history[i].number() - 1);
  }
  v1::Revision read;
  ASSERT_THAT(GetAsOf(report_, absl::FromUnixSeconds(253402300799), &read),
              GrpcOk());
  EXPECT_EQ(read.number(), 5);
}

TEST_F(RetrievalTest, NamesTheFirstRevisionsTimeIfAskedBeforeIt) {
  const v1::Revision first = RecordHistory(1).front();
  const absl::Time recorded = FromTimestamp(first.recorded_at());
  v1::Revision read;
  const grpc::Status status =
      GetAsOf(report_, recorded - absl::Nanoseconds(1), &read);
  EXPECT_THAT(status, GrpcError(StatusCode::NOT_FOUND, "NO_REVISION_AS_OF"));
  absl::Time named;
  std::string error;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full,
                              MetadataOf(status, "firstRecordedAt"), &named,
                              &error))
      << error;
  EXPECT_EQ(named, recorded);
  // People read the time of their own clocks.
  EXPECT_THAT(status.error_message(),
              HasSubstr(report::MomentInShanghai(recorded)));
  EXPECT_THAT(report::MomentInShanghai(absl::FromUnixMillis(1738339200250)),
              "2025-02-01T00:00:00.25+08:00");
}

TEST_F(RetrievalTest, GetRefusesWhatIsNotThere) {
  v1::Revision read;
  EXPECT_THAT(Get(report_, &read),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  EXPECT_THAT(GetAsOf(report_, absl::UnixEpoch(), &read),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  RecordHistory(2);
  const grpc::Status status = Get(report_ + "/revisions/3", &read);
  EXPECT_THAT(status, GrpcError(StatusCode::NOT_FOUND, "REVISION_NOT_FOUND"));
  EXPECT_EQ(MetadataOf(status, "latestRevision"), "2");
  EXPECT_THAT(Get(report_ + "/revisions/0", &read),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Get("", &read),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  EXPECT_THAT(GetAsOf(report_ + "/revisions/1", absl::UnixEpoch(), &read),
              GrpcError(StatusCode::INVALID_ARGUMENT, "AS_OF_WITH_REVISION"));
  v1::GetReportRequest request;
  request.set_name(report_);
  request.mutable_as_of()->set_nanos(-1);
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::GetReport, request, &read),
      GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_TIMESTAMP"));
}

TEST_F(RetrievalTest, DiffsRevisions) {
  const v1::Revision first = Record(FirstSubmission(code_, 1));
  v1::SubmitRevisionRequest request = Correction(code_, 1, first.etag());
  auto* t3 = request.mutable_report()->mutable_t3();
  t3->mutable_new_received()->set_natural_person(
      t3->new_received().natural_person() + 1);
  t3->mutable_new_received()->set_total(t3->new_received().total() + 1);
  t3->mutable_carried_over_out()->set_natural_person(
      t3->carried_over_out().natural_person() + 1);
  t3->mutable_carried_over_out()->set_total(t3->carried_over_out().total() + 1);
  request.mutable_report()->mutable_s1_overview()->clear_s1_2_on_request();
  request.add_acknowledgements()->set_rule_id("P-S1-FIVE");
  request.mutable_acknowledgements(0)->set_reason("本年没有依申请公开事项");
  Record(request);
  v1::DiffRevisionsResponse diff;
  ASSERT_THAT(Diff(0, 0, &diff), GrpcOk());
  EXPECT_EQ(diff.from().number(), 1);
  EXPECT_EQ(diff.to().number(), 2);
  ASSERT_EQ(diff.cells_size(), 4);
  EXPECT_EQ(diff.cells(0).cell(), "t3.new_received.natural_person");
  EXPECT_EQ(diff.cells(0).new_value(), diff.cells(0).old_value() + 1);
  ASSERT_EQ(diff.texts_size(), 1);
  EXPECT_EQ(diff.texts(0).field(), "s1_overview.s1_2_on_request");
  EXPECT_TRUE(diff.texts(0).has_old_text());
  EXPECT_FALSE(diff.texts(0).has_new_text());
  EXPECT_EQ(diff.to().changed_cell_count(), diff.cells_size());
}

TEST_F(RetrievalTest, DiffRefusesWhatIsNoRange) {
  v1::DiffRevisionsResponse diff;
  EXPECT_THAT(Diff(0, 0, &diff),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  RecordHistory(1);
  EXPECT_THAT(Diff(0, 0, &diff), GrpcError(StatusCode::FAILED_PRECONDITION,
                                           "NO_EARLIER_REVISION"));
  EXPECT_THAT(Diff(1, 1, &diff), GrpcError(StatusCode::INVALID_ARGUMENT,
                                           "INVALID_REVISION_RANGE"));
  EXPECT_THAT(Diff(-1, 1, &diff), GrpcError(StatusCode::INVALID_ARGUMENT,
                                            "INVALID_REVISION_RANGE"));
  EXPECT_THAT(Diff(1, 7, &diff),
              GrpcError(StatusCode::NOT_FOUND, "REVISION_NOT_FOUND"));
}

TEST_F(RetrievalTest, ListsRevisionsNewestFirstPageByPage) {
  RecordHistory(5);
  v1::ListRevisionsRequest request;
  request.set_parent(report_);
  request.set_page_size(2);
  std::vector<int> numbers;
  do {
    v1::ListRevisionsResponse response;
    ASSERT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions, request,
                     &response),
                GrpcOk());
    for (const auto& revision : response.revisions()) {
      numbers.push_back(revision.number());
      EXPECT_FALSE(revision.has_content());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(numbers, ElementsAre(5, 4, 3, 2, 1));
}

TEST_F(RetrievalTest, ListsReportsByAgencyAndYear) {
  const std::string other = MakeAgencyCode(2);
  ASSERT_THAT(Register(other), GrpcOk());
  for (const auto& code : {code_, other}) {
    Record(FirstSubmission(code, 1, 2023));
    v1::SubmitRevisionRequest regional = FirstSubmission(code, 2, 2023);
    regional.set_name(ReportOf(code, 2023) + "-regional");
    regional.mutable_report()->set_scope(v1::SCOPE_REGIONAL);
    Record(regional);
  }
  Record(FirstSubmission(other, 3, 2022));
  const std::string own = ReportOf(code_, 2023);
  const std::string others = "agencies/" + other;
  const std::vector<std::string> own_2023 = {own + "/revisions/1",
                                             own + "-regional/revisions/1"};
  EXPECT_EQ(ListAll("agencies/" + code_, 0, 10), own_2023);
  EXPECT_EQ(ListAll("agencies/" + code_, 2023, 1), own_2023);
  EXPECT_THAT(ListAll("agencies/" + code_, 2022, 10), IsEmpty());
  EXPECT_THAT(ListAll(others, 2022, 10),
              ElementsAre(ReportOf(other, 2022) + "/revisions/1"));
  for (int page_size : {1, 2, 3, 100}) {
    EXPECT_EQ(ListAll("agencies/-", 0, page_size).size(), 5u);
    EXPECT_EQ(ListAll("agencies/-", 2023, page_size).size(), 4u);
    EXPECT_EQ(ListAll("agencies/-", 2022, page_size).size(), 1u);
  }
}

TEST_F(RetrievalTest, AListShowsTheLatestRevision) {
  RecordHistory(2);
  EXPECT_THAT(ListAll("agencies/-", 0, 10),
              ElementsAre(report_ + "/revisions/2"));
}

TEST_F(RetrievalTest, ListsRefuseForeignTokensAndNegativeSizes) {
  Record(FirstSubmission(code_, 1, 2021));
  Record(FirstSubmission(code_, 1, 2024));
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_page_size(1);
  v1::ListReportsResponse response;
  ASSERT_THAT(List(request, &response), GrpcOk());
  const std::string token = response.next_page_token();
  ASSERT_FALSE(token.empty());

  request.set_page_token(token);
  request.set_year(2024);
  EXPECT_THAT(List(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
  request.set_year(0);
  request.set_page_token(token + "A");
  EXPECT_THAT(List(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
  v1::ListRevisionsRequest revisions;
  revisions.set_parent(report_);
  revisions.set_page_token(token);
  v1::ListRevisionsResponse revisions_response;
  EXPECT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions, revisions,
                   &revisions_response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_THAT(List(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_SIZE"));
  request.set_page_size(1);
  request.set_parent("agencies");
  EXPECT_THAT(List(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  request.set_parent("agencies/-");
  request.set_year(-5);
  EXPECT_THAT(List(request, &response),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  revisions.set_parent(ReportOf(code_, 2022));
  revisions.clear_page_token();
  EXPECT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions, revisions,
                   &revisions_response),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
}

TEST_F(RetrievalTest, GetRefusesBytesThatAreNoRequest) {
  const grpc::Status status =
      RawCall("/annals.v1.ReportService/GetReport", "\xFF\xFF", nullptr);
  EXPECT_THAT(status,
              GrpcError(StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST"));
}

// The checksum of a token is no secret.
TEST_F(RetrievalTest, RefusesATokenThatNoPageEndedWith) {
  const v1::Revision first = Record(FirstSubmission(code_, 7));
  Record(Correction(code_, 8, first.etag()));
  v1::ListRevisionsRequest request;
  request.set_parent(report_);
  v1::ListRevisionsResponse response;
  for (const char* key : {"-9223372036854775808", "-5", "0", "1", "4",
                          "9223372036854775807", "9223372036854775808", "x"}) {
    request.set_page_token(
        EncodePageToken(absl::StrCat("revisions ", report_), key));
    EXPECT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions, request,
                     &response),
                GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"))
        << key;
  }
  request.set_page_token(
      EncodePageToken(absl::StrCat("revisions ", report_), "2"));
  ASSERT_THAT(Call(reports_, &v1::ReportService::Stub::ListRevisions, request,
                   &response),
              GrpcOk());
  ASSERT_EQ(response.revisions_size(), 1);
  EXPECT_EQ(response.revisions(0).number(), 1);
}

}  // namespace
}  // namespace annals
