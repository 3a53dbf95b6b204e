// What certificates prove, and files that change.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "tests/service/tls_fixture.h"
#include "tests/support/log_lines.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(TlsTest, ACertificateSaysWhoItIs) {
  const TestCertificate client = pki_.Client(code_, "reviewer", "张三");
  ASSERT_OK_AND_ASSIGN(const CallerIdentity caller, Identify(client));
  EXPECT_EQ(caller.subject,
            absl::StrCat("annals://agency/", code_, "/reviewer#张三"));
  EXPECT_EQ(caller.assurance, v1::ASSURANCE_CERTIFICATE);
  EXPECT_EQ(caller.role, Role::kReviewer);
  EXPECT_EQ(caller.agency_code, code_);
  EXPECT_THAT(caller.certificate_sha256, SizeIs(32));
  EXPECT_EQ(ActorOf(caller).agency(), "agencies/" + code_);
}

TEST_F(TlsTest, ANameThatOnlyLooksLikeAnothersIsRefused) {
  const TestCertificate odd = pki_.Odd(
      "odd", "/CN=张三 ",
      absl::StrCat("extendedKeyUsage=clientAuth\n",
                   "subjectAltName=URI:annals://agency/", code_, "/reviewer"));
  EXPECT_THAT(Identify(odd).status(), Unauthenticated("CERTIFICATE_UNFIT"));
}

TEST_F(TlsTest, ARenewedCertificateIsTheSameCaller) {
  const TestCertificate first = pki_.Client(code_, "submitter", "zhang");
  ASSERT_OK_AND_ASSIGN(const CallerIdentity before, Identify(first));
  pki_.Renew(first);
  ASSERT_OK_AND_ASSIGN(const CallerIdentity after, Identify(first));
  EXPECT_EQ(after.subject, before.subject);
  EXPECT_NE(after.certificate_sha256, before.certificate_sha256);
}

TEST_F(TlsTest, TimeIsLookedAtAtEachCall) {
  const TestCertificate client =
      pki_.Client(code_, "submitter", "zhang", Utc(now_ - absl::Minutes(1)),
                  Utc(now_ + absl::Minutes(1)));
  EXPECT_OK(Identify(client).status());
  clock_.Set(now_ + absl::Minutes(2));
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_EXPIRED"));
  clock_.Set(now_ - absl::Minutes(2));
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_NOT_YET_VALID"));
  clock_.Set(now_);
  EXPECT_OK(Identify(client).status());
}

TEST_F(TlsTest, OnlyTheTrustedAuthorityCounts) {
  TestPki other(dir_.Path("other"));
  const TestCertificate stranger = other.Client(code_, "operator", "mallory");
  const absl::Status refused = Identify(stranger).status();
  EXPECT_THAT(refused, Unauthenticated("CERTIFICATE_NOT_VERIFIED"));
  EXPECT_THAT(ErrorTextZh(refused), AllOf(HasSubstr("不是本服务认可的机构签发"),
                                          Not(HasSubstr("unable"))));
  // A server's certificate is none for a client.
  EXPECT_THAT(Identify(server_).status(),
              Unauthenticated("CERTIFICATE_NOT_VERIFIED"));
}

// The new authority's certificates beside those of the old one, and then alone.
TEST_F(TlsTest, AnAuthorityIsReplacedInTwoSteps) {
  TestPki next(dir_.Path("next"));
  const TestCertificate before = pki_.Client(code_, "submitter", "zhang");
  const TestCertificate after = next.Client(code_, "submitter", "zhang");
  const std::string authorities = dir_.Path("authorities.pem");
  WriteFile(authorities, ReadFile(pki_.authority()));
  options_.paths.client_authorities = authorities;
  SetUp();
  EXPECT_OK(Identify(before).status());
  EXPECT_FALSE(Identify(after).ok());
  WriteFile(pki_.crl_directory() + "/next.crl",
            ReadFile(next.crl_directory() + "/ca.crl"));
  WriteFile(authorities,
            ReadFile(pki_.authority()) + ReadFile(next.authority()));
  ASSERT_OK(certificates_->Reload());
  EXPECT_OK(Identify(before).status());
  EXPECT_OK(Identify(after).status());
  WriteFile(authorities, ReadFile(next.authority()));
  ASSERT_OK(certificates_->Reload());
  EXPECT_FALSE(Identify(before).ok());
  EXPECT_OK(Identify(after).status());
}

TEST_F(TlsTest, WhatIsNotInOrderLeavesWhatWas) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const std::string certificate = ReadFile(server_.certificate);
  const std::string crl = ReadFile(pki_.crl_directory() + "/ca.crl");
  TestPki other(dir_.Path("other"));
  struct Fault {
    std::string path;
    std::string bytes;
    const char* reason;
  };
  const std::vector<Fault> faults = {
      {server_.certificate, "", "CERTIFICATE_UNREADABLE"},
      {server_.certificate, certificate.substr(0, certificate.size() / 2),
       "CERTIFICATE_UNREADABLE"},
      {server_.certificate, ReadFile(other.Server().certificate),
       "TLS_KEY_MISMATCH"},
      {pki_.authority(), "none", "CERTIFICATE_UNREADABLE"},
      {pki_.authority(), ReadFile(other.authority()), "CRL_MISSING"},
      {pki_.crl_directory() + "/ca.crl", "", "CRL_UNREADABLE"},
      {pki_.crl_directory() + "/ca.crl", crl.substr(0, crl.size() / 2),
       "CRL_UNREADABLE"}};
  uint64_t failures = 0;
  for (const Fault& fault : faults) {
    SCOPED_TRACE(absl::StrCat(fault.path, " ", fault.reason));
    const std::string whole = ReadFile(fault.path);
    WriteFile(fault.path, fault.bytes);
    const absl::Status told = certificates_->Reload();
    EXPECT_THAT(told,
                StatusHasReason(StatusCode::kInvalidArgument, fault.reason));
    EXPECT_THAT(told.message(), HasSubstr("--tls_"));
    // Of a list that is missing there is no file to name.
    if (std::string(fault.reason) != "CRL_MISSING") {
      EXPECT_THAT(told.message(), HasSubstr(fault.path));
      EXPECT_THAT(ErrorTextZh(told), HasSubstr(fault.path));
    }
    EXPECT_EQ(certificates_->failed_reloads(), ++failures);
    EXPECT_EQ(certificates_->current().generation, 1u);
    EXPECT_OK(Identify(client).status());
    EXPECT_FALSE(TlsCertificates::Load(options_).ok());
    WriteFile(fault.path, whole);
  }
  EXPECT_OK(certificates_->Reload());
  EXPECT_EQ(certificates_->current().generation, 1u);
}

TEST_F(TlsTest, TheLogSaysOnceThatTheyAreInOrderAgain) {
  const LogLines log;
  const std::string whole = ReadFile(pki_.authority());
  EXPECT_OK(certificates_->Reload());
  WriteFile(pki_.authority(), "none");
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_THAT(log.Text(), Not(HasSubstr("in order again")));
  WriteFile(pki_.authority(), whole);
  EXPECT_OK(certificates_->Reload());
  const std::string told = log.Text();
  EXPECT_THAT(told, HasSubstr("in order again"));
  EXPECT_OK(certificates_->Reload());
  EXPECT_EQ(log.Text(), told);
}

TEST_F(TlsTest, TheServersCertificateIsForServers) {
  const TestCertificate other =
      pki_.Odd("other", "/CN=localhost", "extendedKeyUsage=clientAuth");
  WriteFile(server_.certificate, ReadFile(other.certificate));
  WriteFile(server_.key, ReadFile(other.key));
  const auto refused = StatusHasReason(StatusCode::kInvalidArgument,
                                       "TLS_CERTIFICATE_NOT_FOR_SERVERS");
  EXPECT_THAT(certificates_->Reload(), refused);
  EXPECT_THAT(TlsCertificates::Load(options_).status(), refused);
  // One that says nothing of its use is for any.
  const TestCertificate any =
      pki_.Odd("any", "/CN=localhost", "subjectAltName=DNS:localhost");
  WriteFile(server_.certificate, ReadFile(any.certificate));
  WriteFile(server_.key, ReadFile(any.key));
  EXPECT_OK(certificates_->Reload());
}

TEST_F(TlsTest, ACertificateThatHasExpiredIsNotTaken) {
  clock_.Set(now_ + absl::Hours(24 * 366));
  EXPECT_THAT(TlsCertificates::Load(options_).status(),
              StatusHasReason(StatusCode::kInvalidArgument,
                              "TLS_CERTIFICATE_OUT_OF_TIME"));
}

struct Unfit {
  std::vector<std::string> uris;
  std::string common_name;
};

TEST(CertifiedCallerTest, OneUriNamesOneAgencyAndOneRole) {
  const std::string fit = absl::StrCat("annals://agency/", MakeAgencyCode(1));
  const std::vector<Unfit> unfit = {
      {{}, "a"},
      {{fit + "/submitter", fit + "/auditor"}, "a"},
      {{fit + "/submitter", fit + "/submitter"}, "a"},
      {{fit + "/public"}, "a"},
      {{fit + "/root"}, "a"},
      {{fit + "/Submitter"}, "a"},
      {{fit + "/"}, "a"},
      {{fit}, "a"},
      {{fit + "/submitter/"}, "a"},
      {{fit + "/submitter/x"}, "a"},
      {{fit + "/submitter#x"}, "a"},
      {{std::string(fit + "/submitter") + '\0'}, "a"},
      {{"annals://agency/11410303005450123X/submitter"}, "a"},
      {{"annals://agency//submitter"}, "a"},
      {{"https://agency/x/submitter"}, "a"},
      {{"ANNALS" + fit.substr(6) + "/submitter"}, "a"},
      {{fit + "/submitter"}, ""},
      {{fit + "/submitter"}, "a\nb"},
      {{fit + "/submitter"}, "\u202Ea"},
      {{fit + "/submitter"}, std::string(200, 'a')}};
  for (const Unfit& one : unfit) {
    EXPECT_THAT(
        CertifiedCaller(one.uris, one.common_name, "").status(),
        StatusHasReason(StatusCode::kUnauthenticated, "CERTIFICATE_UNFIT"))
        << (one.uris.empty() ? "" : one.uris[0]);
  }
  for (const char* role :
       {"submitter", "reviewer", "archivist", "auditor", "operator"}) {
    EXPECT_OK(CertifiedCaller({fit + "/" + role}, "a", "").status());
  }
}

}  // namespace
}  // namespace annals
