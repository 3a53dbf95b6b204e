// Certificates that an office makes, and a server's look at them.

#ifndef ANNALS_TESTS_SERVICE_TLS_FIXTURE_H_
#define ANNALS_TESTS_SERVICE_TLS_FIXTURE_H_

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/file_io.h"
#include "service/tls/certificate_identity_source.h"
#include "service/tls/tls_certificates.h"
#include "tests/support/agency_code.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace annals {

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() : pki_(dir_.Path("pki")), server_(pki_.Server()) {
    options_.paths = {server_.certificate, server_.key, pki_.authority(),
                      pki_.crl_directory()};
    options_.reload_interval = absl::ZeroDuration();
    options_.clock = &clock_;
  }

  void SetUp() override {
    auto certificates = TlsCertificates::Load(options_);
    ASSERT_OK(certificates.status());
    certificates_ = *std::move(certificates);
    source_ = std::make_unique<CertificateIdentitySource>(
        certificates_.get(), ClientCertificate::kRequired, &clock_);
  }

  absl::StatusOr<CallerIdentity> Identify(const TestCertificate& client) {
    return source_->IdentifyChain(ReadFile(client.certificate));
  }

  // As openssl takes times.
  static std::string Utc(absl::Time time) {
    return absl::FormatTime("%Y%m%d%H%M%SZ", time, absl::UTCTimeZone());
  }

  static auto Unauthenticated(const std::string& reason) {
    return StatusHasReason(absl::StatusCode::kUnauthenticated, reason);
  }

  static auto Unavailable(const std::string& reason) {
    return StatusHasReason(absl::StatusCode::kUnavailable, reason);
  }

  const std::string code_ = MakeAgencyCode(1);
  TempDir dir_;
  TestPki pki_;
  const TestCertificate server_;
  // Certificates begin when they are made.
  const absl::Time now_ = absl::Now() + absl::Minutes(5);
  ledger::FakeClock clock_{now_};
  TlsOptions options_;
  std::unique_ptr<TlsCertificates> certificates_;
  std::unique_ptr<CertificateIdentitySource> source_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SERVICE_TLS_FIXTURE_H_
