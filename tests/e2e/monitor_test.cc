// `annals monitor` against daemons that come and go, are rolled back, copied
// and replaced, and against a server that lies.

#include <signal.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "tests/e2e/audit_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Event = google::protobuf::Struct;

std::string Field(const Event& event, const std::string& name) {
  const auto found = event.fields().find(name);
  return found == event.fields().end() ? "" : found->second.string_value();
}

MATCHER_P(IsEvent, name, absl::StrCat("is an event ", name)) {
  *result_listener << "which is " << arg.ShortDebugString();
  return Field(arg, "event") == name;
}

class MonitorTest : public AuditFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    etag_ = RecordAs("zhang", 2024, "");
  }

  // A revision of agency 0: its etag.
  std::string RecordAs(const std::string& actor, int year,
                       const std::string& base) {
    v1::SubmitRevisionRequest request;
    request.set_name(
        absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/", year));
    *request.mutable_report() =
        MakeReport(static_cast<uint64_t>(next_request_), year);
    request.mutable_report()->set_etag(base);
    request.set_reason("$(touch injected); `id` ' \" \\");
    if (!base.empty()) request.set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    request.set_request_id(NextRequestId());
    v1::SubmitRevisionResponse response;
    grpc::ClientContext context;
    context.AddMetadata("annals-actor", actor);
    EXPECT_THAT(reports_->SubmitRevision(&context, request, &response),
                RpcOk());
    return response.revision().etag();
  }

  void CorrectAs(const std::string& actor) {
    etag_ = RecordAs(actor, 2024, etag_);
  }

  // Another daemon at the same address.
  void StartInstead(const std::string& data_dir) {
    StartDaemon({ANNALSD_PATH, "--data_dir=" + data_dir,
                 "--origin=test.local/annals", "--listen=" + server_});
  }

  // From now on the pin counts and not --key.
  void Pin() {
    ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
    verifier_key_.clear();
  }

  std::unique_ptr<Process> StartMonitor(const Words& more) {
    Words command = {ANNALS_PATH, "monitor"};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Process>(
        ProcessOptions{command,
                       {"LANG=C.UTF-8", "ANNALS_SERVER=" + server_,
                        "ANNALS_KEY=" + verifier_key_,
                        "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                       "",
                       dir_.Path("monitor.err")});
  }

  Event ReadEvent(Process* monitor) {
    const std::string line = monitor->ReadLine();
    EXPECT_FALSE(line.empty()) << ReadFile(dir_.Path("monitor.err"));
    return line.empty() ? Event() : FromJson<Event>(line);
  }

  // Past whether the server could be reached meanwhile.
  Event ReadFinding(Process* monitor) {
    for (;;) {
      Event event = ReadEvent(monitor);
      if (!absl::StrContains(Field(event, "event"), "reachable")) return event;
    }
  }

  Outcome Once(const Words& more) {
    Words words = {"monitor", "--once"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  std::vector<Event> EventsOf(const Outcome& outcome) {
    std::vector<Event> events;
    for (absl::string_view line :
         absl::StrSplit(outcome.out, '\n', absl::SkipEmpty())) {
      events.push_back(FromJson<Event>(std::string(line)));
    }
    return events;
  }

  std::string etag_;
  const std::string state_ = dir_.Path("state");
};

TEST_F(MonitorTest, ACorrectionByAnUnexpectedActorIsReported) {
  const auto monitor = StartMonitor({"--agency", MakeAgencyCode(0), "--expect",
                                     "local:zhang", "--expect", "local:li"});
  const Event first = ReadEvent(monitor.get());
  EXPECT_THAT(first, IsEvent("revision"));
  EXPECT_EQ(Field(first, "actor"), "local:zhang");
  // Of an agency that nobody asked for.
  Register(1);
  Record(1, 2024, "");
  CorrectAs("li");
  const Event second = ReadEvent(monitor.get());
  EXPECT_THAT(second, IsEvent("revision"));
  EXPECT_EQ(Field(second, "entry"), "4");
  CorrectAs("mallory");
  const Event third = ReadEvent(monitor.get());
  EXPECT_THAT(third, IsEvent("unexpected_revision"));
  EXPECT_EQ(Field(third, "actor"), "local:mallory");
  EXPECT_EQ(Field(third, "entry"), "5");
  EXPECT_EQ(Field(third, "revision"), "3");
  EXPECT_EQ(Field(third, "report"),
            absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024"));
  monitor->Signal(SIGTERM);
  EXPECT_EQ(monitor->Wait(), 0);
}

TEST_F(MonitorTest, OnceChecksUpToThePresent) {
  CorrectAs("mallory");
  const Outcome found = Once({"--state", state_, "--expect", "local:zhang"});
  EXPECT_EQ(found.code, 12) << found.err;
  EXPECT_THAT(EventsOf(found),
              ElementsAre(IsEvent("revision"), IsEvent("unexpected_revision")));
  const Outcome nothing = Once({"--state", state_, "--expect", "local:zhang"});
  EXPECT_THAT(nothing, Succeeded());
  EXPECT_THAT(nothing.out, IsEmpty());
  // Without --expect all may record.
  EXPECT_THAT(Once({}), Succeeded());
  EXPECT_THAT(EventsOf(Once({"--only-new"})), IsEmpty());
  const auto monitor =
      StartMonitor({"--exit-on-event", "--expect", "local:zhang"});
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("revision"));
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("unexpected_revision"));
  EXPECT_EQ(monitor->Wait(), 12);
}

// Not revisions alone: whatever somebody else records of the agency.
TEST_F(MonitorTest, WhateverAnUnexpectedActorRecordsIsReported) {
  const std::string code = MakeAgencyCode(0);
  const std::string report = absl::StrCat("agencies/", code, "/reports/2024");
  ASSERT_THAT(Annals({"erase", report, "--revision", "1", "--reason", "x",
                      "--legal-basis", "y"}),
              Succeeded());
  ASSERT_THAT(Annals({"agency", "update", code, "--name", "改名局", "--reason",
                      "机构改革"}),
              Succeeded());
  Register(1);
  ASSERT_THAT(Annals({"agency", "update", MakeAgencyCode(1), "--name", "某局",
                      "--reason", "机构改革"}),
              Succeeded());
  const Words watch = {"--agency", code};
  const std::vector<Event> all = EventsOf(Once(watch));
  ASSERT_THAT(all, ElementsAre(IsEvent("revision"), IsEvent("erasure"),
                               IsEvent("agency_change")));
  EXPECT_EQ(Field(all[1], "erased"), report + "/revisions/1");
  EXPECT_EQ(Field(all[1], "legal_basis"), "y");
  EXPECT_EQ(Field(all[2], "name"), "改名局");
  const Outcome found = Once({"--agency", code, "--expect", "local:zhang"});
  EXPECT_EQ(found.code, 12);
  const std::vector<Event> events = EventsOf(found);
  EXPECT_THAT(events,
              ElementsAre(IsEvent("revision"), IsEvent("unexpected_erasure"),
                          IsEvent("unexpected_agency_change")));
  EXPECT_EQ(Field(events[1], "actor"), "local:张三");
}

TEST_F(MonitorTest, ARollbackEndsIt) {
  Pin();
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartInstead(data_dir_);
  verifier_key_.clear();
  CorrectAs("zhang");
  const auto monitor = StartMonitor({});
  EXPECT_EQ(Field(ReadEvent(monitor.get()), "entry"), "1");
  EXPECT_EQ(Field(ReadEvent(monitor.get()), "entry"), "2");
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(dir_.Path("copy"));
  const Event event = ReadFinding(monitor.get());
  EXPECT_THAT(event, IsEvent("rollback"));
  EXPECT_THAT(Field(event, "message"), HasSubstr("evidence-"));
  EXPECT_EQ(monitor->Wait(), 11);
}

TEST_F(MonitorTest, TheStateRemembersWithoutAPin) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartInstead(data_dir_);
  CorrectAs("zhang");
  ASSERT_THAT(Once({"--state", state_}), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(dir_.Path("copy"));
  const Outcome outcome = Once({"--state", state_});
  EXPECT_THAT(outcome, RefusedWith(11, "LEDGER_ROLLED_BACK"));
  EXPECT_THAT(EventsOf(outcome), ElementsAre(IsEvent("rollback")));
}

TEST_F(MonitorTest, TwoDaemonsOnOneCopiedStoreAreAFork) {
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartDaemon();
  CorrectAs("zhang");
  ASSERT_THAT(Once({"--state", state_}), Succeeded());
  const std::unique_ptr<Process> first = std::move(daemon_);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + dir_.Path("copy"),
               "--origin=test.local/annals", "--listen=127.0.0.1:0"});
  // Of the same size, then larger.
  for (int n = 1; n < 3; ++n) {
    Register(n);
    const Outcome outcome = Once({"--state", state_});
    EXPECT_THAT(outcome, RefusedWith(11, "LEDGER_FORKED"));
    EXPECT_THAT(EventsOf(outcome), ElementsAre(IsEvent("fork")));
  }
}

TEST_F(MonitorTest, AnotherKeyIsReported) {
  const Outcome given = Once({"--key", OtherKey()});
  EXPECT_EQ(given.code, 11) << given.err;
  EXPECT_THAT(EventsOf(given), ElementsAre(IsEvent("other_key")));
  Pin();
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(dir_.Path("other"));
  verifier_key_.clear();
  const Outcome pinned = Once({});
  EXPECT_THAT(pinned, RefusedWith(11, "LEDGER_KEY_NOT_PINNED"));
  EXPECT_THAT(EventsOf(pinned), ElementsAre(IsEvent("other_key")));
}

TEST_F(MonitorTest, AChangedEntryIsNamed) {
  LyingServer liar(channel_);
  liar.lies().watched = [](v1::WatchEntriesResponse* response) {
    v1::LedgerEntry entry;
    if (response->index() != 1 || !entry.ParseFromString(response->leaf())) {
      return;
    }
    entry.mutable_actor()->set_subject("local:li");
    response->set_leaf(entry.SerializeAsString());
  };
  const Outcome outcome = Once({"--server", liar.address()});
  EXPECT_THAT(outcome, RefusedWith(8, "AUDIT_LEAF_MISMATCH"));
  const std::vector<Event> events = EventsOf(outcome);
  // What does not prove is not reported as if it did.
  ASSERT_THAT(events, ElementsAre(IsEvent("damaged_entry")));
  EXPECT_EQ(Field(events[0], "entry"), "1");
  EXPECT_THAT(Field(events[0], "expected"), SizeIs(64));
}

TEST_F(MonitorTest, SilenceIsReportedOnceEach) {
  const auto monitor = StartMonitor({"--silence", "200ms", "--only-new"});
  const Event first = ReadEvent(monitor.get());
  EXPECT_THAT(first, IsEvent("silence"));
  EXPECT_EQ(Field(first, "reachable"), "true");
  Register(1);
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("silence"));
  CorrectAs("zhang");
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("revision"));
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("silence"));
  monitor->Signal(SIGINT);
  EXPECT_EQ(monitor->Wait(), 0);
  EXPECT_EQ(Once({"--silence", "1ms", "--only-new"}).code, 13);
  EXPECT_THAT(Once({"--silence", "24h", "--only-new"}), Succeeded());
}

TEST_F(MonitorTest, RestartsLeaveNoGapAndRepeatNothing) {
  auto monitor = StartMonitor({"--state", state_});
  EXPECT_EQ(Field(ReadEvent(monitor.get()), "revision"), "1");
  ASSERT_EQ(StopDaemon(), 0);
  StartInstead(data_dir_);
  CorrectAs("zhang");
  EXPECT_EQ(Field(ReadFinding(monitor.get()), "revision"), "2");
  monitor->Signal(SIGTERM);
  EXPECT_EQ(monitor->Wait(), 0);
  CorrectAs("zhang");
  monitor = StartMonitor({"--state", state_, "--only-new"});
  EXPECT_EQ(Field(ReadEvent(monitor.get()), "revision"), "3");
  CorrectAs("zhang");
  EXPECT_EQ(Field(ReadEvent(monitor.get()), "revision"), "4");
}

TEST_F(MonitorTest, AServerThatIsAwayComesBack) {
  const auto monitor = StartMonitor({"--timeout", "1"});
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("revision"));
  ASSERT_EQ(StopDaemon(), 0);
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("unreachable"));
  StartInstead(data_dir_);
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("reachable"));
  CorrectAs("zhang");
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("revision"));
  ASSERT_EQ(StopDaemon(), 0);
  const Outcome once = Once({"--timeout", "1"});
  EXPECT_EQ(once.code, 7);
  EXPECT_THAT(EventsOf(once), ElementsAre(IsEvent("unreachable")));
}

// Whatever it waits for: a server that does not answer, far from the time-out.
TEST_F(MonitorTest, ASignalEndsItAtOnce) {
  const auto monitor = StartMonitor({"--timeout", "600", "--interval", "50ms"});
  EXPECT_THAT(ReadEvent(monitor.get()), IsEvent("revision"));
  daemon_->Signal(SIGSTOP);
  monitor->Signal(SIGTERM);
  EXPECT_EQ(monitor->Wait(), 0);
  daemon_->Signal(SIGCONT);
}

TEST_F(MonitorTest, ACommandIsGivenEachEvent) {
  CorrectAs("mallory");
  const std::string got = dir_.Path("got");
  const Outcome outcome =
      Once({"--exec", absl::StrCat("cat >> ", got, "; echo told")});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_EQ(ReadFile(got), outcome.out);
  EXPECT_THAT(EventsOf(outcome), SizeIs(2));
  EXPECT_THAT(outcome.err, HasSubstr("told\ntold\n"));
  EXPECT_THAT(outcome.out, HasSubstr("$(touch injected)"));
  EXPECT_FALSE(std::filesystem::exists("injected"));
}

TEST_F(MonitorTest, AnEventWhoseCommandFailedComesAgain) {
  const Words state = {"--state", dir_.Path("state")};
  const auto with_state = [&](Words words) {
    words.insert(words.end(), state.begin(), state.end());
    return Once(words);
  };
  CorrectAs("mallory");
  const Outcome failed = with_state({"--exec", "exit 3"});
  EXPECT_THAT(failed, RefusedWith(14, "EVENT_COMMAND_FAILED"));
  EXPECT_THAT(EventsOf(failed), SizeIs(1));
  EXPECT_THAT(failed.err, HasSubstr("exit code 3"));
  EXPECT_THAT(with_state({"--exec", "sleep 1000", "--exec-timeout", "100ms"}),
              RefusedWith(14, "EVENT_COMMAND_TIMED_OUT"));
  EXPECT_THAT(EventsOf(with_state({"--exec", "true"})), SizeIs(2));
  // Delivered, they do not come again.
  EXPECT_THAT(EventsOf(with_state({"--exec", "true"})), IsEmpty());
}

TEST_F(MonitorTest, WrongUseIsNamed) {
  for (const Words& words :
       {Words{"--silence", "day"}, Words{"--silence", "-1s"},
        Words{"--interval", "0s"},
        Words{"--exec", "true", "--exec-timeout", "x"}, Words{"--no-verify"}}) {
    EXPECT_EQ(Once(words).code, 2) << words[0];
  }
  EXPECT_EQ(Once({"--agency", "123"}).code, 6);
  verifier_key_.clear();
  EXPECT_EQ(Once({}).code, 2);
}

}  // namespace
}  // namespace annals
