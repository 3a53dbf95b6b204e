// Requests as bytes: what is no message, and what is not written as this
// program would write it.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "service/wire_format.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

constexpr char kSubmit[] = "/annals.v1.ReportService/SubmitRevision";

class RawRequestTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ASSERT_THAT(Register(code_), GrpcOk());
  }

  void ExpectRefused(const std::string& method, const std::string& request,
                     const std::string& reason) {
    EXPECT_THAT(RawCall(method, request, nullptr),
                GrpcError(grpc::StatusCode::INVALID_ARGUMENT, reason))
        << method;
  }

  const std::string code_ = MakeAgencyCode(1);
};

TEST_F(RawRequestTest, EveryUnaryMethodRefusesBytesThatAreNoMessage) {
  const uint64_t before = LedgerSize();
  int methods = 0;
  for (const char* name :
       {"annals.v1.ReportService", "annals.v1.AgencyService",
        "annals.v1.LedgerService", "annals.v1.LifecycleService"}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            name);
    ASSERT_NE(service, nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->server_streaming()) continue;
      const std::string method =
          absl::StrCat("/", name, "/", service->method(i)->name());
      ExpectRefused(method, "\xFF", "MALFORMED_REQUEST");
      ExpectRefused(method, "\x0A\x7F", "MALFORMED_REQUEST");
      ++methods;
    }
  }
  EXPECT_GE(methods, 18);
  EXPECT_EQ(LedgerSize(), before);
}

TEST_F(RawRequestTest, ATextThatIsNotUtf8IsNamed) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 1);
  request.clear_report();
  v1::Report report = MakeReport(1);
  report.clear_s6_other();
  std::string bytes = report.SerializeAsString();
  AppendField(v1::Report::kS6OtherFieldNumber, "年\xC0\xAF", &bytes);
  std::string raw = request.SerializeAsString();
  AppendField(v1::SubmitRevisionRequest::kReportFieldNumber, bytes, &raw);
  ExpectRefused(kSubmit, raw, "INVALID_UTF8");
  AppendField(v1::SubmitRevisionRequest::kReasonFieldNumber, "\xFF", &raw);
  ExpectRefused(kSubmit, raw, "MALFORMED_REQUEST");
}

// What would be in no part of what is recorded is refused with the whole.
TEST_F(RawRequestTest, BytesBehindTheReportAreNotDropped) {
  const std::string whole = FirstSubmission(code_, 1).SerializeAsString();
  const uint64_t before = LedgerSize();
  ExpectRefused(kSubmit, whole + "\xFF", "MALFORMED_REQUEST");
  ExpectRefused(kSubmit, whole + "\x0A\x7F", "MALFORMED_REQUEST");
  // A group of a number that no field has.
  ExpectRefused(kSubmit, whole + "\xA3\x06\xA4\x06", "MALFORMED_REQUEST");
  EXPECT_EQ(LedgerSize(), before);
  EXPECT_THAT(RawCall(kSubmit, whole, nullptr), GrpcOk());
}

TEST_F(RawRequestTest, MessagesAreNestedNoDeeperThanTheLimit) {
  options_.server.message.nesting_max = 20;
  Restart();
  const auto nested = [](int depth) {
    std::string groups;
    for (int i = 0; i < depth; ++i) groups += "\xA3\x06";
    for (int i = 0; i < depth; ++i) groups += "\xA4\x06";
    return groups;
  };
  constexpr char kGet[] = "/annals.v1.ReportService/GetReport";
  const auto too_deep =
      GrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_DEEP");
  ExpectRefused(kGet, nested(20), "INVALID_RESOURCE_NAME");
  EXPECT_THAT(RawCall(kGet, nested(21), nullptr), too_deep);
  const std::string whole = FirstSubmission(code_, 1).SerializeAsString();
  EXPECT_THAT(RawCall(kSubmit, whole + nested(21), nullptr), too_deep);
  ExpectRefused(kGet, nested(5000), "MALFORMED_REQUEST");
}

// The report comes in two pieces, its fields in another order than ours.
TEST_F(RawRequestTest, RecordsAReportInTheBytesThatCame) {
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 1);
  v1::Report title;
  title.set_title(request.report().title());
  v1::Report rest = request.report();
  rest.clear_title();
  request.clear_report();
  std::string raw;
  for (const v1::Report* part : {&rest, &title}) {
    AppendField(v1::SubmitRevisionRequest::kReportFieldNumber,
                part->SerializeAsString(), &raw);
  }
  raw += request.SerializeAsString();
  std::string answer;
  ASSERT_THAT(RawCall(kSubmit, raw, &answer), GrpcOk());
  v1::SubmitRevisionResponse response;
  ASSERT_TRUE(response.ParseFromString(answer));

  v1::GetEntryRequest entry_request;
  entry_request.set_index(response.revision().entry_index());
  entry_request.set_include_content(true);
  v1::Entry entry;
  ASSERT_THAT(
      Call(ledger_, &v1::LedgerService::Stub::GetEntry, entry_request, &entry),
      GrpcOk());
  EXPECT_EQ(
      MessageField(entry.content(), v1::RevisionContent::kReportFieldNumber),
      rest.SerializeAsString() + title.SerializeAsString());
  v1::Revision read;
  ASSERT_THAT(Get(ReportOf(code_), &read), GrpcOk());
  EXPECT_EQ(read.content().report().title(), title.title());

  // Sent again, it is the same request.
  std::string again;
  ASSERT_THAT(RawCall(kSubmit, raw, &again), GrpcOk());
  EXPECT_EQ(again, answer);
}

}  // namespace
}  // namespace annals
