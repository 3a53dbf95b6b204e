// Traces, records, the access log, the table of metrics.

#include <filesystem>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "annals/v1/agency.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "service/access_policy.h"
#include "service/recorded_call.h"
#include "service/telemetry/access_log.h"
#include "service/telemetry/call_recorder.h"
#include "service/telemetry/library_log.h"
#include "service/telemetry/metrics.h"
#include "service/telemetry/trace_context.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParent[] = "00f067aa0ba902b7";

// A scraper refuses two samples of one name and labels.
TEST(MetricWriterTest, SamplesOfTheSameLabelsAddUp) {
  MetricWriter metrics;
  metrics.Add(Metric::kLimitsHit, 2, {{"reason", "STREAM_STALLED"}});
  metrics.Add(Metric::kLimitsHit, 1, {{"reason", "QUEUE_FULL"}});
  metrics.Add(Metric::kLimitsHit, 3, {{"reason", "STREAM_STALLED"}});
  const std::string text = metrics.ToText();
  EXPECT_THAT(text, HasSubstr("{reason=\"STREAM_STALLED\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("{reason=\"QUEUE_FULL\"} 1\n"));
}

TEST(TraceContextTest, TakesWhatTheRecommendationAllows) {
  const std::string good = absl::StrCat("00-", kTrace, "-", kParent, "-01");
  EXPECT_EQ(TraceIdOf(good), kTrace);
  // A later version may say more.
  EXPECT_EQ(TraceIdOf(absl::StrCat("cc", good.substr(2), "-more")), kTrace);
  EXPECT_EQ(TraceIdOf(absl::StrCat("cc", good.substr(2))), kTrace);
}

TEST(TraceContextTest, TakesNothingElse) {
  const std::string rest = absl::StrCat("-", kParent, "-01");
  const std::string trace = kTrace;
  for (const std::string& wrong : std::vector<std::string>{
           "", "00", absl::StrCat("00-", trace, rest, "x"),
           absl::StrCat("00-", trace, rest, "-more"),
           absl::StrCat("ff-", trace, rest), absl::StrCat("0g-", trace, rest),
           absl::StrCat("00-", std::string(32, '0'), rest),
           absl::StrCat("00-", trace.substr(1), "F", rest),
           absl::StrCat("00-", trace.substr(1), "\"", rest),
           absl::StrCat("00-", trace, "-", std::string(16, '0'), "-01"),
           absl::StrCat("00-", trace, "_", kParent, "-01"),
           absl::StrCat("00-", trace, "-", kParent, "-zz"),
           absl::StrCat("cc-", trace, rest, "more")}) {
    EXPECT_EQ(TraceIdOf(wrong), "") << wrong;
  }
}

TEST(CallRecordTest, IsOneLineOfJson) {
  CallRecord record;
  record.time = absl::FromUnixMillis(1735689600123);
  record.latency = absl::Microseconds(1500);
  record.method = "annals.v1.ReportService/GetReport";
  EXPECT_EQ(ToJsonLine(record),
            "{\"time\":\"2025-01-01T00:00:00.123000Z\",\"method\":"
            "\"annals.v1.ReportService/GetReport\",\"code\":\"OK\","
            "\"latency_us\":1500,\"request_bytes\":0,\"response_bytes\":0}\n");
  record.caller = "local:\"张\"\n";
  record.code = absl::StatusCode::kNotFound;
  record.reason = "REPORT_NOT_FOUND";
  record.item = 3;
  EXPECT_THAT(ToJsonLine(record),
              AllOf(HasSubstr("\"caller\":\"local:\\\"张\\\"\\u000a\""),
                    HasSubstr("\"code\":\"NOT_FOUND\",\"reason\":"
                              "\"REPORT_NOT_FOUND\",\"item\":3,")));
}

CallRecord RecordOf(const std::string& caller) {
  CallRecord record;
  record.caller = caller;
  return record;
}

TEST(LibraryLogTest, WhatProtobufSaysIsALineOfTheLog) {
  std::ostringstream out;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out)));
  RouteLibraryLogs();
  v1::Agency agency;
  EXPECT_FALSE(agency.ParseFromString(std::string("\x12\x02\xff\xff", 4)));
  google::protobuf::SetLogHandler(nullptr);
  spdlog::set_default_logger(before);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("protobuf: "),
                               HasSubstr("display_name"), HasSubstr("UTF-8")));
}

TEST(LineLimiterTest, LetsSoManyThroughInASecondAndCountsTheOthers) {
  LineLimiter limiter(2);
  const absl::Time start = absl::FromUnixSeconds(1000);
  EXPECT_EQ(limiter.Admit(start), 0);
  EXPECT_EQ(limiter.Admit(start), 0);
  EXPECT_EQ(limiter.Admit(start + absl::Milliseconds(999)), -1);
  EXPECT_EQ(limiter.Admit(start + absl::Milliseconds(999)), -1);
  EXPECT_EQ(limiter.Admit(start + absl::Seconds(1)), 2);
  EXPECT_EQ(limiter.Admit(start + absl::Seconds(1)), 0);
  EXPECT_EQ(limiter.Admit(start + absl::Seconds(1)), -1);
  // A clock that is set back lets lines through all the same.
  EXPECT_EQ(limiter.Admit(start), 1);
}

TEST(AccessLogTest, WritesAllBeforeItEnds) {
  TempDir dir;
  const std::string path = dir.Path("log");
  for (const char* const caller : {"first", "second"}) {
    ASSERT_OK_AND_ASSIGN(const auto log, AccessLog::Open({path}));
    for (int i = 0; i < 100; ++i) log->Add(RecordOf(caller));
    EXPECT_EQ(log->dropped(), 0u);
  }
  const std::vector<std::string> lines =
      absl::StrSplit(ReadFile(path), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 200u);
  EXPECT_THAT(lines[99], HasSubstr("first"));
  EXPECT_THAT(lines[100], HasSubstr("second"));
}

TEST(AccessLogTest, DropsAndCountsWhatDoesNotFit) {
  TempDir dir;
  const std::string path = dir.Path("log");
  uint64_t dropped = 0;
  constexpr int kCalls = 10000;
  {
    ASSERT_OK_AND_ASSIGN(const auto log, AccessLog::Open({path, 4}));
    for (int i = 0; i < kCalls; ++i) log->Add(RecordOf("x"));
    dropped = log->dropped();
  }
  const std::vector<std::string> lines =
      absl::StrSplit(ReadFile(path), '\n', absl::SkipEmpty());
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(lines.size() + dropped, static_cast<size_t>(kCalls));
}

TEST(AccessLogTest, CountsWhatCanNotBeWritten) {
  ASSERT_OK_AND_ASSIGN(const auto log, AccessLog::Open({"/dev/full"}));
  log->Add(RecordOf("x"));
  while (log->errors() == 0) std::this_thread::yield();
  EXPECT_EQ(log->errors(), 1u);
}

TEST(AccessLogTest, RefusesAFileThatCanNotBeOpened) {
  TempDir dir;
  EXPECT_THAT(
      AccessLog::Open({dir.Path("none/log")}).status(),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "ACCESS_LOG_FAILED"));
}

TEST(AccessLogTest, FollowsAFileThatIsRotated) {
  TempDir dir;
  const std::string path = dir.Path("log");
  const std::string moved = dir.Path("log.1");
  ASSERT_OK_AND_ASSIGN(auto log, AccessLog::Open({path}));
  std::filesystem::rename(path, moved);
  log->Add(RecordOf("before"));
  std::error_code error;
  while (std::filesystem::file_size(moved, error) == 0) {
    std::this_thread::yield();
  }
  log->Reopen();
  while (!std::filesystem::exists(path, error)) std::this_thread::yield();
  log->Add(RecordOf("after"));
  log.reset();
  EXPECT_THAT(ReadFile(moved), HasSubstr("before"));
  EXPECT_THAT(ReadFile(path), AllOf(HasSubstr("after"), Not(HasSubstr("bef"))));
}

TEST(RecordedMethodTest, EveryMethodOfThePolicyHasAPlaceOfItsOwn) {
  const std::vector<std::string> methods = RecordedMethods();
  EXPECT_EQ(std::set<std::string>(methods.begin(), methods.end()).size(),
            methods.size());
  EXPECT_GT(methods.size(), AccessRules().size());
  for (size_t i = 0; i < methods.size(); ++i) {
    EXPECT_EQ(RecordedMethod(methods[i]), i) << methods[i];
  }
  EXPECT_EQ(RecordedMethod("no.such/Method"), methods.size() - 1);
}

TEST(CallRecorderTest, CountsByMethodAndCode) {
  ledger::FakeClock clock{absl::UnixEpoch()};
  CallRecorder recorder({"a", "b"}, nullptr, &clock);
  recorder.Begin(0);
  recorder.Begin(1);
  recorder.Begin(1);
  CallRecord record;
  record.latency = absl::Milliseconds(3);
  recorder.End(1, record);
  record.code = absl::StatusCode::kResourceExhausted;
  record.reason = "QUEUE_FULL";
  recorder.End(1, record);
  MetricWriter metrics;
  recorder.Collect(&metrics);
  const std::string text = metrics.ToText();
  for (const char* const line :
       {"annals_calls_total{method=\"b\",code=\"OK\"} 1",
        "annals_calls_total{method=\"b\",code=\"RESOURCE_EXHAUSTED\"} 1",
        "annals_calls_in_flight{method=\"a\"} 1",
        "annals_calls_in_flight{method=\"b\"} 0",
        "annals_limits_hit_total{reason=\"QUEUE_FULL\"} 1",
        "annals_call_duration_seconds_count{method=\"b\"} 2",
        "annals_call_duration_seconds_bucket{method=\"b\",le=\"0.0025\"} 0",
        "annals_call_duration_seconds_bucket{method=\"b\",le=\"0.005\"} 2"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricTableTest, FollowsTheConventionsOfPrometheus) {
  std::set<std::string> names;
  for (const MetricInfo& info : MetricTable()) {
    const std::string name(info.name);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(absl::StartsWith(name, "annals_") ||
                absl::StartsWith(name, "process_"))
        << name;
    EXPECT_EQ(absl::EndsWith(name, "_total"),
              info.type == prometheus::MetricType::Counter)
        << name;
    EXPECT_FALSE(info.help_en.empty() || info.help_zh.empty()) << name;
  }
}

// One table, in the daemon and in both languages' pages.
TEST(MetricTableTest, IsInThePages) {
  for (const char* const page : {"README.md", "README.zh-CN.md"}) {
    const std::string text =
        ReadFile(absl::StrCat(ANNALS_SOURCE_DIR, "/", page));
    std::vector<std::string> missing;
    for (const MetricInfo& info : MetricTable()) {
      const bool is_chinese = absl::StrContains(page, "zh");
      const std::string labels =
          info.labels.empty() ? "" : absl::StrCat("{", info.labels, "}");
      const std::string row =
          absl::StrCat("| `", info.name, labels, "` | ",
                       is_chinese ? info.help_zh : info.help_en, " |");
      if (!absl::StrContains(text, row)) missing.push_back(row);
    }
    EXPECT_THAT(missing, IsEmpty()) << page;
  }
}

}  // namespace
}  // namespace annals
