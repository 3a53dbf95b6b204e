// The real programs over real TLS: who is let in, and who may what.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/e2e/tls_fixture.h"
#include "tests/support/access_log_lines.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(TlsEndToEndTest, TheLedgerSaysWhoProvedToHaveDoneIt) {
  // What a request says of its caller counts for nothing.
  const Outcome submitted =
      Submit(clerk_, office_, {"--actor", "somebody else"});
  ASSERT_THAT(submitted, Succeeded());
  const Outcome history = As(clerk_, {"history", Report(office_)});
  ASSERT_THAT(history, Succeeded());
  EXPECT_THAT(history.out,
              AllOf(HasSubstr(absl::StrCat("annals://agency/", office_,
                                           "/submitter#张三")),
                    Not(HasSubstr("somebody"))));
  EXPECT_THAT(As(reviewer_, {"get", Report(office_)}), Succeeded());
  // Nor for whom its caller acts.
  EXPECT_THAT(
      As(clerk_, {"step", Report(office_), "compiled", "--reason", "x"}),
      Succeeded());
  EXPECT_THAT(As(clerk_, {"step", Report(office_), "returned", "--reason", "x",
                          "--acting-for", above_}),
              RefusedWith(6, "WRONG_PARTY"));
  EXPECT_THAT(
      As(reviewer_, {"step", Report(office_), "returned", "--reason", "x"}),
      Succeeded());
}

TEST_F(TlsEndToEndTest, NobodyGoesBeyondTheirRoleOrAgency) {
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  const TestCertificate auditor = pki_.Client(other_, "auditor", "zhao");
  const std::string before = As(auditor, {"checkpoint"}).out;
  const struct {
    TestCertificate who;
    Words words;
    const char* reason;
  } denied[] = {
      {clerk_, {"get", Report(other_)}, "AGENCY_NOT_ALLOWED"},
      {other_clerk_, {"get", Report(office_)}, "AGENCY_NOT_ALLOWED"},
      {other_clerk_, {"history", Report(office_)}, "AGENCY_NOT_ALLOWED"},
      {clerk_, {"list"}, "AGENCY_NOT_ALLOWED"},
      {reviewer_, {"get", Report(other_)}, "AGENCY_NOT_ALLOWED"},
      {reviewer_, {"status", "--year", "2024"}, "AGENCY_NOT_ALLOWED"},
      {clerk_,
       {"status", "--year", "2024", "--under", office_},
       "ROLE_NOT_ALLOWED"},
      {clerk_,
       {"agency", "register", MakeAgencyCode(9), "--name", "x", "--division",
        "410303"},
       "ROLE_NOT_ALLOWED"},
      {clerk_,
       {"erase", Report(office_), "--revision", "1", "--reason", "x",
        "--legal-basis", "y"},
       "ROLE_NOT_ALLOWED"}};
  for (const auto& one : denied) {
    EXPECT_THAT(As(one.who, one.words), RefusedWith(6, one.reason))
        << one.words[0];
  }
  const Outcome submitted = Submit(other_clerk_, office_);
  EXPECT_THAT(submitted, RefusedWith(6, "AGENCY_NOT_ALLOWED"));
  // Advice that fits whatever the command takes the agency from.
  EXPECT_THAT(submitted.err, HasSubstr("in REPORT, CODE, --agency or --under"));
  EXPECT_THAT(Submit(reviewer_, office_), RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Submit(auditor, office_), RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(As(auditor, {"checkpoint"}).out, before);
}

TEST_F(TlsEndToEndTest, WhoWasRefusedIsRecorded) {
  EXPECT_EQ(StopDaemon(), 0);
  const std::string log = dir_.Path("access.log");
  Start({"--access_log=" + log, "--allow_public"});
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  EXPECT_THAT(Submit(other_clerk_, office_),
              RefusedWith(6, "AGENCY_NOT_ALLOWED"));
  EXPECT_THAT(Submit(reviewer_, office_), RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Annals({"agency", "register", MakeAgencyCode(9), "--name", "x",
                      "--division", "410303", "--ca", pki_.authority()}),
              RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(StopDaemon(), 0);
  const auto lines = ReadAccessLog(log);
  // Lines of that outcome by a caller of that agency and role.
  const auto by = [&lines](const std::string& code, const std::string& role,
                           const std::string& outcome) {
    return std::count_if(lines.begin(), lines.end(), [&](auto line) {
      return absl::StartsWith(line["caller"],
                              "annals://agency/" + code + "/" + role) &&
             line["role"] == role && line["certificate"].size() == 16 &&
             (outcome == "OK" ? line["code"] : line["reason"]) == outcome;
    });
  };
  EXPECT_GT(by(office_, "submitter", "OK"), 0);
  EXPECT_GT(by(other_, "submitter", "AGENCY_NOT_ALLOWED"), 0);
  EXPECT_GT(by(above_, "reviewer", "ROLE_NOT_ALLOWED"), 0);
  EXPECT_EQ(LinesOf(lines, "SubmitRevision").back().at("code"),
            "PERMISSION_DENIED");
  const auto registrations = LinesOf(lines, "CreateAgency");
  ASSERT_FALSE(registrations.empty());
  EXPECT_EQ(registrations.back().at("role"), "public");
  EXPECT_EQ(registrations.back().at("code"), "PERMISSION_DENIED");
  EXPECT_EQ(registrations.back().count("certificate"), 0u);
}

TEST_F(TlsEndToEndTest, WithoutAFittingCertificateNobodyComesIn) {
  TestPki strangers(dir_.Path("strangers"));
  const TestCertificate stranger =
      strangers.Client(office_, "operator", "mallory");
  const TestCertificate expired = pki_.Client(
      office_, "operator", "old", "20200101000000Z", "20210101000000Z");
  const TestCertificate early = pki_.Client(
      office_, "operator", "early", "20900101000000Z", "20910101000000Z");
  EXPECT_EQ(As(stranger, {"checkpoint", "--timeout", "1"}).code, 7);
  // The client sees that by itself.
  EXPECT_THAT(As(expired, {"checkpoint"}),
              RefusedWith(6, "TLS_CERTIFICATE_OUT_OF_TIME"));
  EXPECT_THAT(As(early, {"checkpoint"}),
              RefusedWith(6, "TLS_CERTIFICATE_OUT_OF_TIME"));
  EXPECT_EQ(Annals({"checkpoint", "--timeout", "1"}).code, 7);
  EXPECT_EQ(InPublic({"checkpoint", "--timeout", "1"}).code, 7);
  // The server is not who the client trusts.
  EXPECT_THAT(Annals({"checkpoint", "--ca", strangers.authority()}),
              RefusedWith(7, "TLS_SERVER_NOT_TRUSTED"));
}

TEST_F(TlsEndToEndTest, FilesThatCanNotWorkAreNamedBeforeTheServerIsAsked) {
  EXPECT_THAT(As({clerk_.certificate, reviewer_.key}, {"checkpoint"}),
              RefusedWith(6, "TLS_KEY_MISMATCH"));
  EXPECT_THAT(As({clerk_.certificate, reviewer_.key},
                 {"profile", "add", "office", "--server", server_}),
              RefusedWith(6, "TLS_KEY_MISMATCH"));
  EXPECT_THAT(As({Sample("xigong-2024.txt"), clerk_.key}, {"checkpoint"}),
              RefusedWith(6, "TLS_CERTIFICATE_UNREADABLE"));
  EXPECT_THAT(As({clerk_.certificate, clerk_.certificate}, {"checkpoint"}),
              RefusedWith(6, "KEY_FILE_EXPOSED"));
  EXPECT_THAT(Annals({"checkpoint", "--ca", Sample("xigong-2024.txt")}),
              RefusedWith(6, "TLS_CERTIFICATE_UNREADABLE"));
  // Who speaks no TLS.
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(DaemonCommand());
  EXPECT_THAT(As(clerk_, {"checkpoint"}), RefusedWith(7, "TLS_NOT_SPOKEN"));
}

std::shared_ptr<grpc::Channel> NewChannel(const std::string& server,
                                          const TestPki& pki,
                                          const TestCertificate& who) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(pki.authority());
  options.pem_cert_chain = ReadFile(who.certificate);
  options.pem_private_key = ReadFile(who.key);
  grpc::ChannelArguments arguments;
  // The window of a stream does not grow.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(server, grpc::SslCredentials(options),
                                   arguments);
}

// What was let in before does not go on for ever.
TEST_F(TlsEndToEndTest, ARevokedCertificateEndsStreamsThatAreOpen) {
  constexpr uint64_t kAgencies = 1500;
  const auto register_stub =
      v1::AgencyService::NewStub(NewChannel(server_, pki_, operator_));
  for (uint64_t n = 1000; n < 1000 + kAgencies; ++n) {
    grpc::ClientContext context;
    v1::Agency agency;
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name("某局");
    request.mutable_agency()->set_division_code("410303");
    request.set_reason("首次登记");
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", n));
    ASSERT_TRUE(register_stub->CreateAgency(&context, request, &agency).ok());
  }
  const TestCertificate auditor = pki_.Client(office_, "auditor", "gone");
  const auto channel = NewChannel(server_, pki_, auditor);
  grpc::ClientContext list_context;
  v1::ListFilingsRequest asked;
  asked.set_parent("agencies/-");
  asked.set_year(2024);
  const auto list = v1::SupervisionService::NewStub(channel)->ListFilings(
      &list_context, asked);
  v1::ListFilingsResponse page;
  ASSERT_TRUE(list->Read(&page)) << list->Finish().error_message();
  grpc::ClientContext reflect_context;
  const auto reflection =
      grpc::reflection::v1alpha::ServerReflection::NewStub(channel)
          ->ServerReflectionInfo(&reflect_context);
  grpc::reflection::v1alpha::ServerReflectionRequest question;
  grpc::reflection::v1alpha::ServerReflectionResponse answer;
  question.set_list_services("*");
  ASSERT_TRUE(reflection->Write(question) && reflection->Read(&answer));

  pki_.Revoke(auditor);
  const auto ledger = v1::LedgerService::NewStub(channel);
  grpc::StatusCode code = grpc::StatusCode::OK;
  while (code == grpc::StatusCode::OK) {
    grpc::ClientContext context;
    v1::Checkpoint checkpoint;
    code =
        ledger->GetCheckpoint(&context, v1::GetCheckpointRequest(), &checkpoint)
            .error_code();
  }
  while (list->Read(&page)) continue;
  EXPECT_EQ(list->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  reflection->Write(question);
  EXPECT_FALSE(reflection->Read(&answer));
  EXPECT_EQ(reflection->Finish().error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(TlsEndToEndTest, ARevokedCertificateIsRefusedOnAnOpenConnection) {
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  const auto reports =
      v1::ReportService::NewStub(NewChannel(server_, pki_, clerk_));
  v1::GetReportRequest request;
  request.set_name(Report(office_));
  const auto get = [&] {
    grpc::ClientContext context;
    v1::Revision revision;
    return reports->GetReport(&context, request, &revision).error_code();
  };
  ASSERT_EQ(get(), grpc::StatusCode::OK);
  pki_.Revoke(clerk_);
  // The server looks every 100 ms; the wait is bounded by the test's own time.
  grpc::StatusCode code = grpc::StatusCode::OK;
  while (code == grpc::StatusCode::OK) code = get();
  EXPECT_EQ(code, grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(As(reviewer_, {"get", Report(office_)}), Succeeded());
}

// The steps of the section "Change of the authority" of deploy/OPERATIONS.md,
// by its numbers.
TEST_F(TlsEndToEndTest, AnAuthorityIsChangedAndNobodyIsShutOut) {
  const std::string trusted = dir_.Path("trusted.pem");
  const auto put = [this](const std::string& path, const std::string& bytes) {
    WriteFile(dir_.Path("new"), bytes);
    std::filesystem::permissions(dir_.Path("new"),
                                 std::filesystem::perms::owner_read);
    std::filesystem::rename(dir_.Path("new"), path);
  };
  const auto in = [this](const TestCertificate& who, const std::string& ca) {
    return Annals({"checkpoint", "--ca", ca, "--cert", who.certificate,
                   "--cert-key", who.key, "--timeout", "5"})
        .code;
  };
  put(trusted, ReadFile(pki_.authority()));
  EXPECT_EQ(StopDaemon(), 0);
  Start({"--tls_client_ca=" + trusted});
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  TestPki next(dir_.Path("next"));  // 1.
  const TestCertificate renewed = next.Client(office_, "submitter", "张三");
  const std::string both = dir_.Path("both.pem");
  WriteFile(both, ReadFile(pki_.authority()) + ReadFile(next.authority()));
  EXPECT_EQ(in(renewed, both), 7);
  put(pki_.crl_directory() + "/new.crl",
      ReadFile(next.crl_directory() + "/ca.crl"));  // 2.
  put(trusted, ReadFile(both));
  while (in(renewed, both) != 0) {  // 3.
  }
  EXPECT_EQ(in(clerk_, both), 0);
  EXPECT_EQ(in(clerk_, pki_.authority()), 0);
  const TestCertificate server = next.Server();
  put(server_certificate_.key, ReadFile(server.key));  // 4.
  put(server_certificate_.certificate, ReadFile(server.certificate));
  while (in(renewed, next.authority()) != 0) {
  }
  EXPECT_EQ(in(clerk_, both), 0);
  put(trusted, ReadFile(next.authority()));  // 5.
  while (in(clerk_, both) == 0) {
  }
  const int read_before = TimesInLog("read anew");
  ASSERT_TRUE(std::filesystem::remove(pki_.crl_directory() + "/ca.crl"));
  while (TimesInLog("read anew") == read_before) {
  }
  EXPECT_EQ(in(renewed, next.authority()), 0);  // 6.
  EXPECT_THAT(DaemonLog(), Not(HasSubstr("CRL")));
}

TEST_F(TlsEndToEndTest, AMonitorTakesUpACertificateThatWasRenewed) {
  const TestCertificate auditor = pki_.Client(other_, "auditor", "zhao");
  Process monitor({{ANNALS_PATH, "monitor", "--only-new", "--interval", "1s",
                    "--ca", pki_.authority(), "--cert", auditor.certificate,
                    "--cert-key", auditor.key},
                   {"LANG=C.UTF-8", "PATH=/usr/bin:/bin",
                    "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
                    "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                   "",
                   dir_.Path("monitor.err")});
  while (!absl::StrContains(ReadFile(dir_.Path("monitor.err")), "verified")) {
  }
  RenewAndRevokeTheOld(auditor);
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  EXPECT_THAT(monitor.ReadLine(), HasSubstr("revision"));
  monitor.Signal(SIGTERM);
  EXPECT_EQ(monitor.Wait(), 0);
}

TEST_F(TlsEndToEndTest, AWatchTakesUpACertificateThatWasRenewed) {
  Process watch({{ANNALS_PATH, "watch", "--ca", pki_.authority(), "--cert",
                  reviewer_.certificate, "--cert-key", reviewer_.key,
                  "--agency", office_},
                 {"LANG=C.UTF-8", "PATH=/usr/bin:/bin",
                  "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
                  "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                 "",
                 dir_.Path("watch.err")});
  EXPECT_THAT(watch.ReadLine(), HasSubstr("registration"));
  RenewAndRevokeTheOld(reviewer_);
  EXPECT_EQ(StopDaemon(), 0);
  Start({"--listen=" + server_});
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  EXPECT_THAT(watch.ReadLine(), HasSubstr("revision"));
  watch.Signal(SIGTERM);
  EXPECT_EQ(watch.Wait(), 0);
}

TEST_F(TlsEndToEndTest, BesideACertificateKeyNamesItsKey) {
  const auto with = [this](const Words& keys) {
    Words words = {"checkpoint", "--ca", pki_.authority(), "--cert",
                   reviewer_.certificate};
    words.insert(words.end(), keys.begin(), keys.end());
    return Annals(words);
  };
  EXPECT_THAT(with({"--key", reviewer_.key}), Succeeded());
  EXPECT_THAT(with({"--key", clerk_.key}), RefusedWith(6, "TLS_KEY_MISMATCH"));
  // It stays the ledger's key where it is one.
  EXPECT_THAT(with({"--key", verifier_key_, "--cert-key", reviewer_.key}),
              Succeeded());
  EXPECT_THAT(with({"--key", verifier_key_}).err,
              HasSubstr("--cert and --cert-key go together"));
}

TEST_F(TlsEndToEndTest, OldVersionsOfTlsAreSpokenOnlyIfAskedFor) {
  EXPECT_EQ(Handshake("-tls1_3"), 0);
  EXPECT_NE(Handshake("-tls1_2"), 0);
  EXPECT_EQ(StopDaemon(), 0);
  Start({"--tls_min_version=1.2"});
  EXPECT_EQ(Handshake("-tls1_2"), 0);
  EXPECT_EQ(Handshake("-tls1_3"), 0);
}

TEST_F(TlsEndToEndTest, AReviewerAsksWhoHadFiledThen) {
  const auto status = [&](const std::string& size) {
    const Outcome table =
        As(reviewer_, {"status", "--year", "2024", "--under", above_,
                       "--as-of-size", size, "--format", "csv"});
    EXPECT_THAT(table, Succeeded());
    return table.out;
  };
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  const std::string before = status("3");
  EXPECT_THAT(before, Not(HasSubstr("\nlate,")));
  EXPECT_THAT(status("4"), HasSubstr("\nlate,"));
  ASSERT_THAT(As(operator_, {"agency", "update", office_, "--supervisor",
                             other_, "--reason", "机构改革"}),
              Succeeded());
  // Where it went later changes nothing of what was so.
  EXPECT_EQ(status("3"), before);
}

TEST_F(TlsEndToEndTest, AHandshakeThatFailsIsInTheLog) {
  ASSERT_NO_FATAL_FAILURE(StartWithMetrics({"--log_format=json"}));
  TestPki strangers(dir_.Path("strangers"));
  const TestCertificate stranger =
      strangers.Client(office_, "operator", "mallory");
  EXPECT_EQ(As(stranger, {"checkpoint", "--timeout", "1"}).code, 7);
  EXPECT_THAT(Metrics(),
              ContainsRegex("annals_tls_handshake_failures_total [1-9]"));
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(), HasSubstr("Handshake failed"));
  for (const absl::string_view line :
       absl::StrSplit(DaemonLog(), '\n', absl::SkipEmpty())) {
    EXPECT_THAT(std::string(line), StartsWith("{\"time\":"));
  }
}

TEST_F(TlsEndToEndTest, ThePublicIsLetInOnlyIfAsked) {
  ASSERT_THAT(Submit(clerk_, office_), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  Start({"--allow_public"});
  EXPECT_THAT(InPublic({"checkpoint"}), Succeeded());
  EXPECT_THAT(InPublic({"rules"}), Succeeded());
  EXPECT_THAT(InPublic({"get", Report(office_)}), Succeeded());
  EXPECT_THAT(InPublic({"agency", "list"}), Succeeded());
  const Outcome refused = InPublic({"status", "--year", "2024"});
  EXPECT_THAT(refused, RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(refused.err, HasSubstr("no certificate was given"));
  EXPECT_THAT(InPublic({"status", "--year", "2024", "--lang", "zh"}).err,
              HasSubstr("没有给出证书"));
  // Not of who gave one.
  const Outcome clerk =
      As(clerk_, {"status", "--year", "2024", "--under", office_});
  EXPECT_THAT(clerk, RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(clerk.err, Not(HasSubstr("no certificate was given")));
  EXPECT_THAT(InPublic({"step", Report(office_), "compiled", "--reason", "x",
                        "--acting-for", office_}),
              RefusedWith(6, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(As(clerk_, {"get", Report(office_)}), Succeeded());
}

TEST_F(TlsEndToEndTest, AProfileKeepsServerAndCertificates) {
  ASSERT_THAT(As(clerk_, {"profile", "add", "office", "--server", server_}),
              Succeeded());
  EXPECT_THAT(Annals({"profile", "list"}).out,
              AllOf(HasSubstr("office"), HasSubstr(server_)));
  EXPECT_THAT(Annals({"--profile", "office", "checkpoint"}), Succeeded());
  EXPECT_THAT(Annals({"--profile", "none", "checkpoint"}),
              RefusedWith(9, "PROFILE_NOT_FOUND"));
  ASSERT_THAT(Annals({"profile", "remove", "office"}), Succeeded());
  EXPECT_THAT(Annals({"--profile", "office", "checkpoint"}),
              RefusedWith(9, "PROFILE_NOT_FOUND"));
}

TEST_F(TlsEndToEndTest, ADaemonWithFilesThatDoNotFitRefusesToStart) {
  TestPki other(dir_.Path("other"));
  EXPECT_EQ(StopDaemon(), 0);
  const auto command = [this](const std::string& key) {
    return DaemonCommand({"--tls_cert=" + server_certificate_.certificate,
                          "--tls_key=" + key,
                          "--tls_client_ca=" + pki_.authority()});
  };
  EXPECT_EQ(RunDaemon(command(clerk_.key)), 2);
  EXPECT_THAT(DaemonLog(),
              HasSubstr("is not the key of the first certificate"));
  EXPECT_EQ(RunDaemon(command(dir_.Path("none"))), 2);
  EXPECT_EQ(RunDaemon(DaemonCommand({"--tls_key=x"})), 2);
  EXPECT_THAT(DaemonLog(), HasSubstr("TLS needs --tls_cert"));
  EXPECT_EQ(RunDaemon(DaemonCommand({"--allow_public"})), 2);
}

}  // namespace
}  // namespace annals
