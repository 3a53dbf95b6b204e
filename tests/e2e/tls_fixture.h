// The real programs over real TLS: an office, what is above it, and another.

#ifndef ANNALS_TESTS_E2E_TLS_FIXTURE_H_
#define ANNALS_TESTS_E2E_TLS_FIXTURE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/support/agency_code.h"
#include "tests/support/test_pki.h"

namespace annals {

inline constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class TlsEndToEndTest : public EndToEndTest {
 protected:
  TlsEndToEndTest()
      : pki_(dir_.Path("pki")),
        server_certificate_(pki_.Server()),
        operator_(pki_.Client(office_, "operator", "keeper")),
        clerk_(pki_.Client(office_, "submitter", "张三")),
        other_clerk_(pki_.Client(other_, "submitter", "li")),
        reviewer_(pki_.Client(above_, "reviewer", "wang")) {}

  void Start(const Words& more = {}) {
    Words command =
        DaemonCommand({"--tls_cert=" + server_certificate_.certificate,
                       "--tls_key=" + server_certificate_.key,
                       "--tls_client_ca=" + pki_.authority(),
                       "--tls_crl_dir=" + pki_.crl_directory(),
                       "--tls_reload_interval=100ms"});
    command.insert(command.end(), more.begin(), more.end());
    StartDaemon(command);
  }

  // Anew, and tells of itself on a port of its own.
  void StartWithMetrics(const Words& more = {}) {
    EXPECT_EQ(StopDaemon(), 0);
    Words flags = more;
    flags.push_back("--metrics_listen=127.0.0.1:0");
    Start(flags);
    metrics_address_ = daemon_->ReadLine();
    absl::string_view address = metrics_address_;
    ASSERT_TRUE(absl::ConsumePrefix(&address, "metrics on ")) << address;
    ASSERT_TRUE(absl::ConsumeSuffix(&address, "/metrics")) << address;
    metrics_address_ = std::string(address);
  }

  std::string Metrics() {
    const auto metrics = httplib::Client(metrics_address_).Get("/metrics");
    EXPECT_TRUE(metrics);
    return metrics ? metrics->body : "";
  }

  void SetUp() override {
    Start();
    ASSERT_THAT(Register(above_, ""), Succeeded());
    ASSERT_THAT(Register(office_, above_), Succeeded());
    ASSERT_THAT(Register(other_, ""), Succeeded());
  }

  Outcome As(const TestCertificate& who, Words arguments) {
    arguments.insert(arguments.end(), {"--ca", pki_.authority(), "--cert",
                                       who.certificate, "--cert-key", who.key});
    return Annals(arguments);
  }

  // Its files in place, until the server refuses the one before.
  void RenewAndRevokeTheOld(const TestCertificate& who) {
    const TestCertificate old = {dir_.Path("old.pem"), dir_.Path("old.key")};
    std::filesystem::copy_file(who.certificate, old.certificate);
    std::filesystem::copy_file(who.key, old.key);
    pki_.Renew(who);
    pki_.Revoke(old);
    while (As(old, {"checkpoint"}).code == 0) {
    }
  }

  // Without a certificate.
  Outcome InPublic(Words arguments) {
    arguments.insert(arguments.end(), {"--ca", pki_.authority()});
    return Annals(arguments);
  }

  Outcome Register(const std::string& code, const std::string& supervisor) {
    Words words = {"agency", "register",   code,    "--name",
                   "某局",   "--division", "410303"};
    if (!supervisor.empty()) {
      words.insert(words.end(), {"--supervisor", supervisor});
    }
    return As(operator_, words);
  }

  Outcome Submit(const TestCertificate& who, const std::string& code,
                 const Words& more = {}) {
    Words words = {"submit",          Sample("xigong-2024.txt"),
                   "--agency",        code,
                   "--year",          "2024",
                   "--reason",        "年度报告",
                   "--ack",           kAck,
                   "--allow-doubtful"};
    words.insert(words.end(), more.begin(), more.end());
    return As(who, words);
  }

  static std::string Sample(const std::string& name) {
    return absl::StrCat(ANNALS_TEST_DATA, "/", name);
  }

  std::string Report(const std::string& code) const {
    return absl::StrCat("agencies/", code, "/reports/2024");
  }

  // The exit code of a handshake of that version.
  int Handshake(const std::string& version) {
    return Run({"/usr/bin/openssl", "s_client", "-connect", server_, version,
                "-CAfile", pki_.authority(), "-cert", clerk_.certificate,
                "-key", clerk_.key, "-alpn", "h2"},
               {})
        .code;
  }

  // How often the daemon's log has a text.
  int TimesInLog(const std::string& text) const {
    const std::vector<std::string> parts = absl::StrSplit(DaemonLog(), text);
    return static_cast<int>(parts.size()) - 1;
  }

  std::string metrics_address_;
  const std::string office_ = MakeAgencyCode(1);
  const std::string other_ = MakeAgencyCode(2);
  const std::string above_ = MakeAgencyCode(3);
  TestPki pki_;
  const TestCertificate server_certificate_;
  const TestCertificate operator_;
  const TestCertificate clerk_;
  const TestCertificate other_clerk_;
  const TestCertificate reviewer_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_TLS_FIXTURE_H_
