// What is refused: each with its own reason, nothing recorded, and the daemon
// stays up.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/report_maker.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kCode[] = "11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";
constexpr char kRequestId[] = "0b7cbd3e-55e5-4d3f-9d2a-0c8a1d4a5b6c";

class BadInputTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
    before_ = Checkpoint();
  }

  // The daemon is up, and nothing came to the ledger.
  void TearDown() override {
    EXPECT_EQ(Checkpoint(), before_);
    EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  }

  Outcome Submit(const std::string& file, const Words& more = {}) {
    Words words = {"submit",   file,       "--agency", kCode,
                   "--reason", "年度报告", "--ack",    kAck};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  // Submits a file of these bytes.
  Outcome SubmitBytes(const std::string& bytes, const Words& more = {}) {
    WriteFile(dir_.Path("bad"), bytes);
    return Submit(dir_.Path("bad"), more);
  }

  // The report as JSON with `from` replaced by `to`.
  std::string JsonWith(const std::string& from, const std::string& to) {
    const std::string json = ReadFile(json_);
    const std::string edited = absl::StrReplaceAll(json, {{from, to}});
    EXPECT_NE(edited, json) << from;
    return edited;
  }

  // Records the report, so that there is something to be in conflict with.
  void Record() {
    ASSERT_THAT(Submit(json_, {"--request-id", kRequestId}), Succeeded());
    before_ = Checkpoint();
  }

  static v1::SubmitRevisionRequest Request() {
    v1::SubmitRevisionRequest request;
    request.set_name(kReport);
    *request.mutable_report() = MakeReport(1);
    request.set_reason("年度报告");
    request.set_request_id("5d2f2c8a-8d7e-4c1c-9f55-2d1f5f0a9a01");
    return request;
  }

  grpc::Status Call(const v1::SubmitRevisionRequest& request) {
    grpc::ClientContext context;
    v1::SubmitRevisionResponse response;
    return reports_->SubmitRevision(&context, request, &response);
  }

  // Expects that SubmitRevision refuses the request after `change`.
  void ExpectRefused(
      StatusCode code, const std::string& reason,
      const std::function<void(v1::SubmitRevisionRequest*)>& change) {
    SCOPED_TRACE(reason);
    v1::SubmitRevisionRequest request = Request();
    change(&request);
    const grpc::Status status = Call(request);
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(ReasonOf(status), reason) << status.error_message();
  }

  const std::string json_ = dir_.Path("report.json");
  std::string before_;
};

TEST_F(BadInputTest, FilesThatAreNoReport) {
  EXPECT_THAT(SubmitBytes(""), RefusedWith(6, "EMPTY_FILE"));
  EXPECT_THAT(SubmitBytes(std::string("\x7F"
                                      "ELF\0\0\1",
                                      7)),
              RefusedWith(6, "BINARY_FILE"));
  EXPECT_THAT(SubmitBytes("caf\xE9 \xE4\xF6\xFC 2024"),
              RefusedWith(6, "INVALID_UTF8"));
  EXPECT_THAT(SubmitBytes(JsonWith("公开", "\xB9\xAB\xBF\xAA")),
              RefusedWith(6, "INVALID_UTF8"));
  EXPECT_THAT(SubmitBytes("今天天气很好。\n"), RefusedWith(6, "NOT_A_REPORT"));
  EXPECT_THAT(Submit(dir_.Path("absent")), RefusedWith(9, "FILE_NOT_FOUND"));
}

TEST_F(BadInputTest, TruncatedFiles) {
  const std::string text = ReadFile(TestData("xigong-2024.txt"));
  const std::string json = ReadFile(json_);
  for (const size_t divisor : {2, 3, 5}) {
    EXPECT_THAT(SubmitBytes(json.substr(0, json.size() / divisor)).code, 6);
    // A character is cut in two, or tables are missing.
    const Outcome outcome = SubmitBytes(text.substr(0, text.size() / divisor));
    EXPECT_THAT(outcome.code, ::testing::AnyOf(3, 6)) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("(reason "));
  }
  EXPECT_THAT(SubmitBytes(json.substr(0, json.size() - 3)),
              RefusedWith(6, "INVALID_JSON"));
  const size_t tables = text.find("三、收到和处理");
  ASSERT_NE(tables, std::string::npos);
  EXPECT_THAT(SubmitBytes(text.substr(0, tables)),
              RefusedWith(3, "DOUBTFUL_IMPORT"));
}

TEST_F(BadInputTest, JsonThatIsNoReport) {
  EXPECT_THAT(SubmitBytes(JsonWith("\"year\"", "\"yaer\"")),
              RefusedWith(6, "UNKNOWN_FIELD"));
  EXPECT_THAT(SubmitBytes(JsonWith("\"natural_person\": 35",
                                   "\"natural_person\": -35")),
              RefusedWith(6, "NEGATIVE_COUNT"));
  EXPECT_THAT(SubmitBytes(JsonWith("\"natural_person\": 35",
                                   "\"natural_person\": 9223372036854775808")),
              RefusedWith(6, "COUNT_OUT_OF_RANGE"));
  EXPECT_THAT(SubmitBytes(JsonWith("\"natural_person\": 35",
                                   "\"natural_person\": 3.5")),
              RefusedWith(6, "COUNT_OUT_OF_RANGE"));
  EXPECT_THAT(SubmitBytes(JsonWith("\"natural_person\": 35",
                                   "\"natural_person\": true")),
              RefusedWith(6, "INVALID_VALUE"));
  EXPECT_THAT(SubmitBytes(JsonWith("我们紧扣", std::string(300 << 10, 'a'))),
              RefusedWith(6, "TEXT_TOO_LONG"));
}

// Else a sum would leave 64 bits, and the rule could not be assessed.
TEST_F(BadInputTest, FiguresTooLargeToAddUp) {
  EXPECT_THAT(SubmitBytes(JsonWith("\"natural_person\": 35",
                                   "\"natural_person\": 9223372036854775807")),
              RefusedWith(6, "COUNT_OUT_OF_RANGE"));
  ExpectRefused(
      StatusCode::INVALID_ARGUMENT, "COUNT_OUT_OF_RANGE", [](auto* request) {
        auto* row =
            request->mutable_report()->mutable_t3()->mutable_new_received();
        row->set_natural_person(std::numeric_limits<int64_t>::max());
        row->set_other_org(std::numeric_limits<int64_t>::max());
      });
}

TEST_F(BadInputTest, AYearThatDoesNotMatch) {
  EXPECT_THAT(Submit(json_, {"--year", "2023"}),
              RefusedWith(6, "YEAR_MISMATCH"));
  ExpectRefused(StatusCode::INVALID_ARGUMENT, "YEAR_MISMATCH",
                [](auto* request) { request->mutable_report()->set_year(7); });
}

TEST_F(BadInputTest, AgenciesThatAreNotThere) {
  Words words = {"submit", json_,      "--agency", MakeAgencyCode(3), "--year",
                 "2024",   "--reason", "年度报告", "--ack",           kAck};
  EXPECT_THAT(Annals(words), RefusedWith(6, "AGENCY_NOT_REGISTERED"));
  words[3] = "11410303005450123M";
  EXPECT_THAT(Annals(words), RefusedWith(6, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(RegisterAgency("11410303005450123M"),
              RefusedWith(6, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(RegisterAgency(kCode), RefusedWith(10, "AGENCY_EXISTS"));
  EXPECT_THAT(Annals({"agency", "get", MakeAgencyCode(3)}),
              RefusedWith(9, "AGENCY_NOT_FOUND"));
}

TEST_F(BadInputTest, TheApiRefusesWhatTheClientWouldNotSend) {
  const auto refused = [this](const std::string& reason, auto change) {
    ExpectRefused(StatusCode::INVALID_ARGUMENT, reason, change);
  };
  refused("INVALID_AGENCY_CODE", [](auto* request) {
    request->set_name("agencies/11410303005450123M/reports/2024");
  });
  refused("INVALID_RESOURCE_NAME",
          [](auto* request) { request->set_name("reports/2024"); });
  refused("INVALID_REQUEST_ID",
          [](auto* request) { request->clear_request_id(); });
  refused("MISSING_FIELD", [](auto* request) { request->clear_reason(); });
  refused("NEGATIVE_COUNT", [](auto* request) {
    request->mutable_report()->mutable_t3()->mutable_granted()->set_total(-1);
  });
  refused("TEXT_TOO_LONG", [](auto* request) {
    request->mutable_report()->set_s6_other(std::string(300 << 10, 'a'));
  });
  refused("UNKNOWN_FIELD", [](auto* request) {
    v1::Report* report = request->mutable_report();
    report->GetReflection()->MutableUnknownFields(report)->AddVarint(999, 1);
  });
}

TEST_F(BadInputTest, BytesThatAreNoRequest) {
  grpc::GenericStub stub(channel_);
  for (const std::string& bytes :
       {std::string("\xFF\xFF\xFF\xFF\xFF"), std::string(4096, '\x0A')}) {
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    auto call = stub.PrepareUnaryCall(&context,
                                      "/annals.v1.ReportService/SubmitRevision",
                                      grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, &queue);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_FALSE(status.ok());
  }
}

TEST_F(BadInputTest, BytesThatAreNoHttp2) {
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(server_.substr(server_.rfind(':') + 1), &port));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
            0);
  const std::string bytes = "GET / HTTP/1.1\r\nHost: annals\r\n\r\n";
  EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
  char buffer[256];
  while (recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
  close(fd);
}

TEST_F(BadInputTest, ConflictsWithWhatIsRecorded) {
  Record();
  EXPECT_THAT(Submit(json_), RefusedWith(10, "REPORT_EXISTS"));
  EXPECT_THAT(Annals({"submit", json_, "--agency", kCode, "--reason",
                      "另一理由", "--ack", kAck, "--request-id", kRequestId}),
              RefusedWith(10, "REQUEST_ID_REUSED"));
  WriteFile(json_, JsonWith("我们紧扣", "我们始终紧扣"));
  const Words correct = {
      "correct",  json_,  "--agency",      kCode,
      "--reason", "更正", "--reason-code", "text-error",
      "--ack",    kAck,   "--etag",        "00000000000000000000000000000000"};
  EXPECT_THAT(Annals(correct), RefusedWith(10, "ETAG_MISMATCH"));
}

TEST_F(BadInputTest, PlacesAndTimesThatAreNotThere) {
  EXPECT_THAT(Annals({"get", kReport}), RefusedWith(9, "REPORT_NOT_FOUND"));
  EXPECT_THAT(Annals({"history", kReport}), RefusedWith(9, "REPORT_NOT_FOUND"));
  Record();
  EXPECT_THAT(Annals({"get", kReport, "--revision", "2"}),
              RefusedWith(9, "REVISION_NOT_FOUND"));
  const Outcome too_early =
      Annals({"get", kReport, "--as-of", "2025-02-01T00:00:00+08:00"});
  EXPECT_THAT(too_early, RefusedWith(9, "NO_REVISION_AS_OF"));
  EXPECT_THAT(too_early.out, IsEmpty());
  EXPECT_EQ(Annals({"get", kReport, "--as-of", "yesterday"}).code, 2);
  EXPECT_EQ(Annals({"get", "reports/2024"}).code, 6);
}

TEST_F(BadInputTest, APageTokenOfAnotherQuery) {
  Record();
  ASSERT_THAT(RegisterAgency(MakeAgencyCode(3)), Succeeded());
  ASSERT_THAT(Annals({"submit", json_, "--agency", MakeAgencyCode(3),
                      "--reason", "年度报告", "--ack", kAck}),
              Succeeded());
  before_ = Checkpoint();
  v1::ListReportsRequest request;
  request.set_parent("agencies/-");
  request.set_year(2024);
  request.set_page_size(1);
  const auto list = [this, &request](v1::ListReportsResponse* response) {
    grpc::ClientContext context;
    return reports_->ListReports(&context, request, response);
  };
  v1::ListReportsResponse page;
  ASSERT_THAT(list(&page), RpcOk());
  ASSERT_FALSE(page.next_page_token().empty());
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(list(&page), RpcOk());
  request.set_year(2023);
  EXPECT_EQ(ReasonOf(list(&page)), "INVALID_PAGE_TOKEN");
  request.set_year(2024);
  request.set_page_token("garbled");
  EXPECT_EQ(ReasonOf(list(&page)), "INVALID_PAGE_TOKEN");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(list(&page)), "INVALID_PAGE_SIZE");
}

TEST_F(BadInputTest, CommandsThatAreNotUnderstood) {
  for (const Words& words :
       {Words{"sumbit"}, Words{"submit"}, Words{"list", "--yaer", "2024"},
        Words{"list", "--year", "x"}, Words{"submit", json_, "--agency", kCode},
        Words{"get", kReport, "--format", "pdf"}}) {
    EXPECT_EQ(Annals(words).code, 2) << words[0];
  }
}

}  // namespace
}  // namespace annals
