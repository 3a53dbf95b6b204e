// deploy/prometheus and deploy/grafana fit the daemon: they name metrics that
// it has, and the alerts fire on what they are for.

#include <memory>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "ledger/cosignature.h"
#include "ledger/signer.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"
#include "tests/support/test_pki.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::string Deployed(const std::string& path) {
  return absl::StrCat(ANNALS_SOURCE_DIR, "/deploy/", path);
}

// Every word of the text that matches.
std::set<std::string> Words(const std::string& text,
                            const std::string& pattern) {
  const std::regex word(pattern);
  std::set<std::string> words;
  for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end;
       ++i) {
    words.insert(i->str(1));
  }
  return words;
}

std::set<std::string> MetricsIn(const std::string& text) {
  return Words(text, "\\b((?:annals|process)_[a-z0-9_]+)");
}

// With TLS and a witness, so that all is there.
class AlertsTest : public ServerTest {
 protected:
  AlertsTest() : pki_(dir_.Path("pki")) {
    const TestCertificate server = pki_.Server();
    options_.tls.emplace();
    options_.tls->paths = {server.certificate, server.key, pki_.authority(),
                           pki_.crl_directory()};
    const auto witness = ledger::CosignatureVerifier::Create(
        "witness.example", ledger::Ed25519PublicKey{1});
    EXPECT_OK(witness.status());
    // Nobody is there.
    options_.witnessing.policy = absl::StrCat(
        "witness w ", witness->ToString(), " http://127.0.0.1:1\nquorum w\n");
    options_.client_certificate = ClientCertificate::kOptional;
    options_.access_log.path = dir_.Path("log");
    options_.metrics_listen = "127.0.0.1:0";
    options_.server.watch_streams_max = 0;
  }

  // The names that the daemon gives, once a limit was hit.
  std::set<std::string> Exposed() {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ReadFile(pki_.authority());
    const auto channel =
        grpc::CreateChannel(daemon_->address(), grpc::SslCredentials(ssl));
    grpc::ClientContext context;
    const auto watch = v1::LedgerService::NewStub(channel)->WatchEntries(
        &context, v1::WatchEntriesRequest());
    EXPECT_THAT(watch->Finish(), GrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           "TOO_MANY_WATCHERS"));
    exposition_ = ExpositionOf(*daemon_);
    follower_exposition_ = ExpositionOf(*Follow());
    return Words(absl::StrCat(exposition_, "\n", follower_exposition_),
                 "(?:^|\n)([a-z_]+)[ {]");
  }

  static std::string ExpositionOf(const Daemon& daemon) {
    httplib::Client client("http://" + daemon.metrics_address());
    const auto answer = client.Get("/metrics");
    EXPECT_TRUE(answer);
    return answer ? answer->body : "";
  }

  // A follower of the daemon.
  std::unique_ptr<Daemon> Follow() {
    const TestCertificate auditor =
        pki_.Client(MakeAgencyCode(0), "auditor", "follower");
    DaemonOptions options;
    options.data_dir = dir_.Path("follower");
    options.listen = "127.0.0.1:0";
    options.metrics_listen = "127.0.0.1:0";
    options.follow.emplace();
    options.follow->primary.address = daemon_->address();
    options.follow->primary.authorities = pki_.authority();
    options.follow->primary.certificate = auditor.certificate;
    options.follow->primary.private_key = auditor.key;
    const auto key = ledger::NoteVerifier::Parse(daemon_->verifier_key());
    EXPECT_OK(key.status());
    options.follow->keys = {*key};
    auto follower = Daemon::Start(options);
    EXPECT_OK(follower.status());
    return *std::move(follower);
  }

  TestPki pki_;
  std::string exposition_;
  std::string follower_exposition_;
};

TEST_F(AlertsTest, TheDaemonHasEveryMetricThatTheyName) {
  const std::set<std::string> exposed = Exposed();
  for (const MetricInfo& info : MetricTable()) {
    EXPECT_THAT(exposition_ + follower_exposition_,
                HasSubstr(absl::StrCat("# TYPE ", info.name, " ")))
        << info.name;
  }
  for (const char* const path :
       {"prometheus/alerts.yaml", "grafana/annals.json"}) {
    const std::set<std::string> named = MetricsIn(ReadFile(Deployed(path)));
    EXPECT_GT(named.size(), 15u);
    EXPECT_THAT(exposed, IsSupersetOf(named)) << path;
  }
}

// Prometheus itself must be able to read it.
TEST_F(AlertsTest, PromtoolFindsNoFaultWithTheExposition) {
  Exposed();
  const std::string metrics = dir_.Path("metrics");
  for (const std::string& exposition : {exposition_, follower_exposition_}) {
    WriteFile(metrics, exposition);
    Process process(
        {{"/bin/sh", "-c",
          absl::StrCat("/usr/bin/promtool check metrics < ", metrics)},
         {},
         dir_.Path("out"),
         dir_.Path("err")});
    EXPECT_EQ(process.Wait(), 0) << ReadFile(dir_.Path("err"));
  }
}

class RulesTest : public ::testing::Test {
 protected:
  // What promtool says; it must find no fault.
  std::string Promtool(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/promtool");
    Process process({arguments, {}, dir_.Path("out"), dir_.Path("err")});
    EXPECT_EQ(process.Wait(), 0)
        << ReadFile(dir_.Path("out")) << ReadFile(dir_.Path("err"));
    return ReadFile(dir_.Path("out"));
  }

  TempDir dir_;
  const std::string rules_ = Deployed("prometheus/alerts.yaml");
  const std::string tests_ =
      absl::StrCat(ANNALS_TEST_DATA, "/prometheus/alerts_test.yaml");
};

TEST_F(RulesTest, PromtoolFindsNoFault) {
  EXPECT_THAT(Promtool({"check", "rules", rules_}), HasSubstr("SUCCESS"));
}

TEST_F(RulesTest, EachFiresOnWhatItIsForAndOnNothingElse) {
  EXPECT_THAT(Promtool({"test", "rules", tests_}), HasSubstr("SUCCESS"));
  const std::string tests = ReadFile(tests_);
  const auto alerts = Words(ReadFile(rules_), "- alert: (\\w+)");
  EXPECT_THAT(alerts, Not(IsEmpty()));
  for (const std::string& alert : alerts) {
    EXPECT_THAT(tests, HasSubstr(absl::StrCat("name: ", alert, " fires\n")));
    EXPECT_THAT(tests, HasSubstr(absl::StrCat("name: ", alert, " is quiet\n")));
  }
}

TEST_F(RulesTest, EachSaysInBothLanguagesWhatToDo) {
  const std::vector<std::string> alerts =
      absl::StrSplit(ReadFile(rules_), "- alert: ");
  for (size_t i = 1; i < alerts.size(); ++i) {
    const std::string name(alerts[i].substr(0, alerts[i].find('\n')));
    for (const std::string& part :
         {std::string("labels: {severity: "), std::string("summary: "),
          std::string("summary_zh: "), std::string("description: "),
          std::string("description_zh: "),
          std::string("runbook_url: OPERATIONS.md#")}) {
      EXPECT_THAT(alerts[i], HasSubstr(part)) << name;
    }
  }
}

// As GitHub makes an anchor of a heading.
std::set<std::string> AnchorsIn(const std::string& page) {
  std::set<std::string> anchors;
  for (std::string heading : Words(page, "\n##+ ([^\n]+)")) {
    absl::AsciiStrToLower(&heading);
    anchors.insert(absl::StrReplaceAll(heading, {{" ", "-"}, {",", ""}}));
  }
  return anchors;
}

TEST_F(RulesTest, EachLeadsToASectionOfTheHandbook) {
  EXPECT_THAT(AnchorsIn(ReadFile(Deployed("OPERATIONS.md"))),
              IsSupersetOf(Words(ReadFile(rules_), "OPERATIONS.md#(\\S+)")));
}

TEST(DashboardTest, IsJsonWhosePanelsAskForSomething) {
  google::protobuf::Struct board;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  ReadFile(Deployed("grafana/annals.json")), &board)
                  .ok());
  int asking = 0;
  for (const auto& panel : board.fields().at("panels").list_value().values()) {
    const auto& fields = panel.struct_value().fields();
    if (fields.at("type").string_value() == "row") continue;
    ++asking;
    for (const auto& target : fields.at("targets").list_value().values()) {
      EXPECT_THAT(
          MetricsIn(target.struct_value().fields().at("expr").string_value()),
          Not(IsEmpty()))
          << fields.at("title").string_value();
    }
  }
  EXPECT_GT(asking, 20);
}

}  // namespace
}  // namespace annals
