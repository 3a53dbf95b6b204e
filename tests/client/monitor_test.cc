// What a monitor makes of entries and failures, when it calls a silence, and
// the commands it runs.

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "client/monitor/event_command.h"
#include "client/monitor/monitor_event.h"
#include "client/monitor/silence_timer.h"
#include "client/monitor/watch_list.h"
#include "client/stop_signal.h"
#include "client/verify.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'738'339'200);

v1::LedgerEntry RevisionEntry(int agency, const std::string& actor) {
  v1::LedgerEntry entry;
  entry.set_index(12);
  entry.mutable_recorded_at()->set_seconds(1'738'339'200);
  entry.mutable_actor()->set_subject(actor);
  entry.set_reason("统计\n有误");
  entry.mutable_revision_recorded()->set_report(
      absl::StrCat("agencies/", MakeAgencyCode(agency), "/reports/2024"));
  entry.mutable_revision_recorded()->set_number(2);
  entry.mutable_revision_recorded()->set_reason_code(
      v1::REASON_CODE_FIGURE_ERROR);
  return entry;
}

std::string AgencyNumber(int n) {
  return absl::StrCat("agencies/", MakeAgencyCode(n));
}

std::string LineOf(const MonitorEvent& event, Language language) {
  auto line =
      EventLine(event, {"127.0.0.1:7432", "test.local/annals", kNow, language});
  EXPECT_OK(line);
  return *line;
}

TEST(WatchListTest, WatchesTheAgenciesNamed) {
  WatchList watched;
  EXPECT_TRUE(EntryEvent(RevisionEntry(0, "local:a"), watched).has_value());
  watched.agencies.insert(AgencyNumber(1));
  EXPECT_FALSE(EntryEvent(RevisionEntry(0, "local:a"), watched).has_value());
  EXPECT_TRUE(EntryEvent(RevisionEntry(1, "local:a"), watched).has_value());
}

TEST(WatchListTest, OnlyExpectedActorsMayRecord) {
  WatchList watched;
  const auto kind = [&watched](const std::string& actor) {
    return EntryEvent(RevisionEntry(0, actor), watched)->kind;
  };
  EXPECT_EQ(kind("local:a"), MonitorEventKind::kRevision);
  watched.actors = {"local:a", "local:b"};
  EXPECT_EQ(kind("local:a"), MonitorEventKind::kRevision);
  EXPECT_EQ(kind("local:b"), MonitorEventKind::kRevision);
  for (const char* other : {"local:c", "local:", "local:A", "local:a ", ""}) {
    EXPECT_EQ(kind(other), MonitorEventKind::kUnexpectedRevision) << other;
  }
}

TEST(WatchListTest, AChangeOfKeysConcernsEverybody) {
  v1::LedgerEntry entry;
  entry.mutable_key_changed()->set_old_vkey("old");
  entry.mutable_key_changed()->set_new_vkey("new");
  const auto event = EntryEvent(entry, {{AgencyNumber(0)}, {"local:a"}});
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->kind, MonitorEventKind::kKeyChanged);
  EXPECT_THAT(LineOf(*event, Language::kEn),
              HasSubstr("\"new_vkey\": \"new\""));
}

TEST(WatchListTest, StepsAndPoliciesOfTheAgencyAreReported) {
  v1::LedgerEntry step;
  step.mutable_actor()->set_subject("local:b");
  step.mutable_step_taken()->set_report(AgencyNumber(0) + "/reports/2024");
  step.mutable_step_taken()->set_number(1);
  step.mutable_step_taken()->set_step(v1::STEP_WITHDRAWN);
  v1::LedgerEntry policy;
  policy.mutable_actor()->set_subject("local:b");
  policy.mutable_policy_set()->set_agency(AgencyNumber(0));
  WatchList watched{{AgencyNumber(0)}, {}};
  EXPECT_EQ(EntryEvent(step, watched)->kind, MonitorEventKind::kStep);
  EXPECT_EQ(EntryEvent(policy, watched)->kind, MonitorEventKind::kPolicy);
  watched.actors = {"local:a"};
  EXPECT_EQ(EntryEvent(step, watched)->kind, MonitorEventKind::kUnexpectedStep);
  EXPECT_EQ(EntryEvent(policy, watched)->kind,
            MonitorEventKind::kUnexpectedPolicy);
  EXPECT_EQ(ExitCodeOf(MonitorEventKind::kUnexpectedPolicy),
            ExitCode::kUnexpectedRevision);
  EXPECT_THAT(LineOf(*EntryEvent(step, watched), Language::kEn),
              HasSubstr("\"step\": \"STEP_WITHDRAWN\""));
  watched.agencies = {AgencyNumber(1)};
  EXPECT_FALSE(EntryEvent(step, watched).has_value());
  EXPECT_FALSE(EntryEvent(policy, watched).has_value());
}

// A document is nobody's, and may be anybody's source.
TEST(WatchListTest, TheErasureOfADocumentConcernsEverybody) {
  v1::LedgerEntry entry;
  entry.mutable_actor()->set_subject("local:b");
  entry.mutable_content_erased()->set_name("documents/" + std::string(64, 'a'));
  const auto event = EntryEvent(entry, {{AgencyNumber(0)}, {"local:a"}});
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->kind, MonitorEventKind::kUnexpectedErasure);
}

TEST(WatchListTest, RegistrationsAreNotReported) {
  v1::LedgerEntry entry;
  entry.mutable_agency_registered();
  EXPECT_FALSE(EntryEvent(entry, {}).has_value());
  EXPECT_FALSE(EntryEvent(v1::LedgerEntry(), {}).has_value());
}

TEST(MonitorEventTest, IsOneLineOfJson) {
  const auto event =
      EntryEvent(RevisionEntry(0, "local:\"x\"\n"), {{}, {"local:a"}});
  ASSERT_TRUE(event.has_value());
  const std::string line = LineOf(*event, Language::kZh);
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  google::protobuf::Struct json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &json).ok());
  const auto field = [&json](const std::string& name) {
    return json.fields().at(name).string_value();
  };
  EXPECT_EQ(field("event"), "unexpected_revision");
  EXPECT_EQ(field("time"), "2025-01-31T16:00:00.000000+00:00");
  EXPECT_EQ(field("server"), "127.0.0.1:7432");
  EXPECT_EQ(field("ledger"), "test.local/annals");
  EXPECT_EQ(field("entry"), "12");
  EXPECT_EQ(field("agency"), AgencyNumber(0));
  EXPECT_EQ(field("report"), AgencyNumber(0) + "/reports/2024");
  EXPECT_EQ(field("revision"), "2");
  EXPECT_EQ(field("actor"), "local:\"x\"\n");
  EXPECT_EQ(field("reason"), "统计\n有误");
  EXPECT_EQ(field("reason_code"), "REASON_CODE_FIGURE_ERROR");
  EXPECT_THAT(field("message"), HasSubstr("不在预期的操作人之中"));
  EXPECT_THAT(LineOf(*event, Language::kEn), HasSubstr("none of those"));
}

struct AccusationCase {
  const char* reason;
  const char* event;
  ExitCode code;
};

TEST(MonitorEventTest, AccusationsHaveTheirNameAndExitCode) {
  const AccusationCase cases[] = {
      {"LEDGER_ROLLED_BACK", "rollback", ExitCode::kLedgerNotTrusted},
      {"LEDGER_FORKED", "fork", ExitCode::kLedgerNotTrusted},
      {"LEDGER_KEY_NOT_PINNED", "other_key", ExitCode::kLedgerNotTrusted},
      {"CHECKPOINT_NOT_SIGNED", "other_key", ExitCode::kLedgerNotTrusted},
      {"LEDGER_SIGNATURE_FALSE", "not_trusted", ExitCode::kLedgerNotTrusted},
      {"LEDGER_NOT_WITNESSED", "not_trusted", ExitCode::kLedgerNotTrusted},
      {"WITNESS_QUORUM_NOT_MET", "not_trusted", ExitCode::kLedgerNotTrusted},
      {"LEDGER_GROWTH_NOT_PROVED", "not_trusted", ExitCode::kLedgerNotTrusted},
      {"AUDIT_LEAF_MISMATCH", "damaged_entry", ExitCode::kVerificationFailed},
      {"AUDIT_ORDER", "damaged_entry", ExitCode::kVerificationFailed},
      {"ANSWER_MISMATCH", "damaged_entry", ExitCode::kVerificationFailed}};
  for (const AccusationCase& one : cases) {
    const absl::Status failure =
        VerificationFailure(one.reason, {"中文", "English"});
    ASSERT_TRUE(IsAccusation(failure)) << one.reason;
    const MonitorEvent event = AccusationEvent(failure);
    EXPECT_EQ(EventName(event.kind), one.event) << one.reason;
    EXPECT_EQ(ExitCodeOf(event.kind), one.code) << one.reason;
    EXPECT_THAT(LineOf(event, Language::kEn),
                HasSubstr(absl::StrCat("\"reason\": \"", one.reason, "\"")));
  }
}

TEST(MonitorEventTest, ADamagedEntryIsNamed) {
  absl::Status failure = VerificationFailure("AUDIT_LEAF_MISMATCH", {"", ""});
  AddErrorMetadata("index", "7", &failure);
  AddErrorMetadata("expected", "aa", &failure);
  AddErrorMetadata("actual", "bb", &failure);
  EXPECT_THAT(LineOf(AccusationEvent(failure), Language::kEn),
              HasSubstr("\"entry\": \"7\",\"expected\": \"aa\","
                        "\"actual\": \"bb\""));
}

TEST(MonitorEventTest, AServerThatIsAwayIsNotAccused) {
  EXPECT_FALSE(IsAccusation(absl::UnavailableError("")));
  EXPECT_FALSE(IsAccusation(absl::OkStatus()));
}

TEST(SilenceTimerTest, EachSilenceIsReportedOnce) {
  SilenceTimer timer(absl::Hours(24), kNow);
  EXPECT_EQ(timer.Due(), kNow + absl::Hours(24));
  EXPECT_FALSE(timer.TakeDue(kNow + absl::Hours(24) - absl::Seconds(1)));
  EXPECT_TRUE(timer.TakeDue(kNow + absl::Hours(24)));
  EXPECT_FALSE(timer.TakeDue(kNow + absl::Hours(100)));
  EXPECT_EQ(timer.Due(), absl::InfiniteFuture());
  timer.Heard(kNow + absl::Hours(30));
  EXPECT_FALSE(timer.TakeDue(kNow + absl::Hours(53)));
  EXPECT_TRUE(timer.TakeDue(kNow + absl::Hours(54)));
}

TEST(SilenceTimerTest, WithoutALimitThereIsNone) {
  SilenceTimer timer(absl::InfiniteDuration(), kNow);
  EXPECT_FALSE(timer.TakeDue(kNow + absl::Hours(1'000'000)));
}

class EventCommandTest : public ::testing::Test {
 protected:
  absl::Status RunShell(const std::string& text, const std::string& input,
                        absl::Duration timeout = absl::Minutes(1)) {
    return RunEventCommand({text, timeout}, {input, {}},
                           ledger::Clock::System(), &stop_);
  }

  TempDir dir_;
  StopSignal stop_;
};

// Nothing of an event reaches the shell but as input.
TEST_F(EventCommandTest, TheEventIsInputAndNothingElse) {
  const std::string input = "{\"reason\": \"$(touch x); `id` ' \\\" \"}\n";
  const std::string out = dir_.Path("out");
  ASSERT_OK(RunShell(absl::StrCat("cat > ", out), input));
  EXPECT_EQ(ReadFile(out), input);
  // A command that does not read is not waited for, however long its input.
  EXPECT_OK(RunShell("exit 0", std::string(1 << 20, 'x')));
}

TEST_F(EventCommandTest, AFailureIsNamed) {
  const auto failed = RunShell("exit 7", "");
  EXPECT_THAT(failed, StatusHasReason(absl::StatusCode::kInternal,
                                      "EVENT_COMMAND_FAILED"));
  EXPECT_THAT(failed.message(), HasSubstr("exit code 7"));
  EXPECT_THAT(RunShell("kill -9 $$", "").message(), HasSubstr("signal 9"));
  EXPECT_THAT(RunShell("/nonexistent/program", "").message(),
              HasSubstr("exit code 127"));
}

TEST_F(EventCommandTest, ACommandThatDoesNotEndIsEnded) {
  EXPECT_THAT(
      RunShell("trap '' TERM; sleep 1000 & wait", "", absl::Milliseconds(300)),
      StatusHasReason(absl::StatusCode::kDeadlineExceeded,
                      "EVENT_COMMAND_TIMED_OUT"));
}

TEST_F(EventCommandTest, ASignalEndsTheCommand) {
  // The command itself sends the signal.
  EXPECT_THAT(
      RunShell(absl::StrCat("kill -TERM ", getpid(), "; sleep 1000"), ""),
      StatusHasReason(absl::StatusCode::kCancelled, "INTERRUPTED"));
}

}  // namespace
}  // namespace annals::client
