// What certificates prove, and files that change.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "service/tls/certificate_identity_source.h"
#include "service/tls/tls_certificates.h"
#include "tests/support/agency_code.h"
#include "tests/support/fake_clock.h"
#include "tests/support/log_lines.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

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
    return StatusHasReason(StatusCode::kUnauthenticated, reason);
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

TEST_F(TlsTest, ARevocationCountsOnceItIsRead) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const TestCertificate other = pki_.Client(code_, "submitter", "li");
  EXPECT_OK(Identify(client).status());
  pki_.Revoke(client);
  EXPECT_OK(Identify(client).status());
  ASSERT_OK(certificates_->Reload());
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
  EXPECT_OK(Identify(other).status());
}

// One that says nothing of today's revocations lets nobody in.
TEST_F(TlsTest, AnOldRevocationListLetsNobodyIn) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  clock_.Set(now_ + absl::Hours(24 * 31));
  const absl::Status refused = Identify(client).status();
  EXPECT_THAT(refused, Unauthenticated("REVOCATION_LIST_EXPIRED"));
  // It is not the caller's to mend, and no raw text of OpenSSL's.
  EXPECT_THAT(refused.message(),
              AllOf(HasSubstr("the operator must put a new list"),
                    Not(HasSubstr("which authority"))));
  EXPECT_THAT(ErrorTextZh(refused),
              AllOf(HasSubstr("吊销列表已过期"), Not(HasSubstr("expired"))));
}

TEST_F(TlsTest, AListThatDoesNotHoldYetLetsNobodyIn) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  pki_.IssueList(Utc(now_ + absl::Hours(1)), Utc(now_ + absl::Hours(24)));
  const LogLines log;
  SetUp();
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("REVOCATION_LIST_NOT_YET_VALID"));
  EXPECT_THAT(log.Text(), HasSubstr("is not valid before"));
}

// Why nobody comes in any more, once for each list.
TEST_F(TlsTest, TheLogSaysWhenAListHasEnded) {
  const LogLines log;
  EXPECT_OK(certificates_->Reload());
  EXPECT_THAT(log.Text(), Not(HasSubstr("has ended")));
  const absl::Time end =
      certificates_->current().identity->verifier->crls_expire(now_);
  clock_.Set(end);
  EXPECT_OK(certificates_->Reload());
  EXPECT_OK(certificates_->Reload());
  EXPECT_EQ(log.Count("[error] the revocation list of /CN=Annals "), 1);
  EXPECT_THAT(log.Text(),
              HasSubstr(absl::StrCat("has ended on ",
                                     absl::FormatTime(absl::RFC3339_sec, end,
                                                      absl::UTCTimeZone()))));
  // Another is told when it ends itself.
  pki_.IssueList(Utc(end - absl::Hours(1)), Utc(end + absl::Hours(1)));
  EXPECT_OK(certificates_->Reload());
  EXPECT_EQ(log.Count("has ended"), 1);
  EXPECT_THAT(log.Text(),
              HasSubstr(absl::StrCat(
                  ", the revocation list until ",
                  absl::FormatTime(absl::RFC3339_sec, end + absl::Hours(1),
                                   absl::UTCTimeZone()))));
  clock_.Set(end + absl::Hours(2));
  EXPECT_OK(certificates_->Reload());
  EXPECT_EQ(log.Count("has ended"), 2);
  // At a start too.
  SetUp();
  EXPECT_EQ(log.Count("has ended"), 3);
}

TEST_F(TlsTest, NobodyIsBelievedLongerThanTheList) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const absl::Time end =
      certificates_->current().identity->verifier->crls_expire(clock_.Now());
  clock_.Set(end - absl::Seconds(2));
  EXPECT_OK(Identify(client).status());
  clock_.Set(end + absl::Seconds(1));
  const absl::Status refused = Identify(client).status();
  EXPECT_THAT(refused, Unauthenticated("REVOCATION_LIST_EXPIRED"));
  // Whose it was, for the record.
  ASSERT_THAT(ErrorMetadata(refused), SizeIs(1));
  EXPECT_THAT(ErrorMetadata(refused)[0],
              Pair(std::string(kCertificateMetadata), SizeIs(64)));
}

// pki.sh makes lists for 30 days.
TEST_F(TlsTest, SaysWhenTheListsEnd) {
  const auto end = [this] {
    return certificates_->current().identity->verifier->crls_expire(
        clock_.Now());
  };
  EXPECT_GT(end(), now_ + absl::Hours(24 * 29));
  EXPECT_LT(end(), now_ + absl::Hours(24 * 31));
  MetricWriter metrics;
  certificates_->CollectMetrics(&metrics);
  EXPECT_THAT(metrics.ToText(),
              HasSubstr("annals_tls_crl_expiry_timestamp_seconds"));
  options_.paths.crl_directory.clear();
  SetUp();
  EXPECT_EQ(end(), absl::InfiniteFuture());
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

// Whatever their order in the file, the newest counts.
TEST_F(TlsTest, EveryListOfAFileIsRead) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const std::string path = pki_.crl_directory() + "/ca.crl";
  pki_.IssueList(Utc(now_ - absl::Hours(2)), Utc(now_ + absl::Hours(24)));
  const std::string before = ReadFile(path);
  SetUp();
  EXPECT_OK(Identify(client).status());
  pki_.Revoke(client);
  const std::string after = ReadFile(path);
  for (const std::string& both : {before + after, after + before}) {
    WriteFile(path, both);
    SetUp();
    EXPECT_THAT(Identify(client).status(),
                Unauthenticated("CERTIFICATE_REVOKED"));
  }
  const size_t end = before.size() + after.size();
  for (const size_t size : {before.size() + 2, before.size() + 8,
                            before.size() + 60, end - 8, end - 2}) {
    WriteFile(path, (before + after).substr(0, size));
    EXPECT_THAT(TlsCertificates::Load(options_).status(),
                StatusHasReason(StatusCode::kInvalidArgument, "CRL_UNREADABLE"))
        << size;
  }
}

// Nor does an older one come back when the newest has ended, however long it
// lasts itself.
TEST_F(TlsTest, AnOlderListDoesNotOutliveTheNewest) {
  const TestCertificate revoked = pki_.Client(code_, "submitter", "zhang");
  const TestCertificate other = pki_.Client(code_, "submitter", "li");
  const std::string path = pki_.crl_directory() + "/ca.crl";
  pki_.IssueList(Utc(now_ - absl::Hours(2)), Utc(now_ + absl::Hours(240)));
  const std::string older = ReadFile(path);
  pki_.Revoke(revoked);
  pki_.IssueList(Utc(now_ - absl::Hours(1)), Utc(now_ + absl::Hours(24)));
  WriteFile(path, ReadFile(path) + older);
  SetUp();
  EXPECT_THAT(Identify(revoked).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
  EXPECT_OK(Identify(other).status());
  EXPECT_LE(certificates_->current().identity->verifier->crls_expire(now_),
            now_ + absl::Hours(24));
  clock_.Set(now_ + absl::Hours(25));
  EXPECT_FALSE(Identify(revoked).ok());
  EXPECT_FALSE(Identify(other).ok());
}

// The next one may lie there before it holds.
TEST_F(TlsTest, AListCountsFromItsTimeOn) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const std::string path = pki_.crl_directory() + "/ca.crl";
  pki_.IssueList(Utc(now_ - absl::Hours(2)), Utc(now_ + absl::Hours(24)));
  const std::string before = ReadFile(path);
  pki_.Revoke(client);
  pki_.IssueList(Utc(now_ + absl::Hours(1)), Utc(now_ + absl::Hours(48)));
  WriteFile(path, before + ReadFile(path));
  SetUp();
  EXPECT_OK(Identify(client).status());
  EXPECT_GT(certificates_->current().identity->verifier->crls_expire(now_),
            now_ + absl::Hours(47));
  clock_.Set(now_ + absl::Hours(2));
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
}

TEST_F(TlsTest, AListThatItsAuthorityHasNotSignedIsRefused) {
  const std::string path = pki_.crl_directory() + "/ca.crl";
  std::string forged = ReadFile(path);
  // In the signature, which ends the list.
  size_t at = forged.rfind("-----END") - 8;
  while (forged[at] == '\n' || forged[at] == '=') --at;
  forged[at] = forged[at] == 'A' ? 'B' : 'A';
  WriteFile(path, forged);
  const auto refused =
      StatusHasReason(StatusCode::kInvalidArgument, "CRL_SIGNATURE_FALSE");
  EXPECT_THAT(certificates_->Reload(), refused);
  EXPECT_EQ(certificates_->failed_reloads(), 1u);
  EXPECT_THAT(TlsCertificates::Load(options_).status(), refused);
}

TEST_F(TlsTest, AListThatRevokesItsAuthorityIsRefused) {
  pki_.RevokeAuthority();
  EXPECT_THAT(
      certificates_->Reload(),
      StatusHasReason(StatusCode::kInvalidArgument, "CRL_REVOKES_AUTHORITY"));
}

// What would let nobody in, or somebody in again, is not taken at a reload.
TEST_F(TlsTest, AListMustBeNewAndInTimeToReplaceAnother) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  struct Fault {
    absl::Duration from;
    absl::Duration until;
    const char* reason;
  };
  const std::vector<Fault> faults = {
      {-absl::Hours(3), -absl::Minutes(1), "CRL_OUT_OF_TIME"},
      {absl::Hours(1), absl::Hours(24), "CRL_OUT_OF_TIME"},
      {-absl::Hours(3), absl::Hours(24), "CRL_OLDER"}};
  uint64_t failures = 0;
  for (const Fault& fault : faults) {
    pki_.IssueList(Utc(now_ + fault.from), Utc(now_ + fault.until));
    EXPECT_THAT(certificates_->Reload(),
                StatusHasReason(StatusCode::kInvalidArgument, fault.reason));
    EXPECT_EQ(certificates_->failed_reloads(), ++failures);
    EXPECT_OK(Identify(client).status());
  }
  // The one that is not in time yet will be.
  pki_.IssueList(Utc(now_ + absl::Hours(1)), Utc(now_ + absl::Hours(24)));
  EXPECT_FALSE(certificates_->Reload().ok());
  clock_.Set(now_ + absl::Hours(2));
  EXPECT_OK(certificates_->Reload());
  EXPECT_OK(Identify(client).status());
  // What was in order goes on with a list that ends meanwhile.
  clock_.Set(now_ + absl::Hours(25));
  WriteFile(pki_.authority(), absl::StrCat("\n", ReadFile(pki_.authority())));
  EXPECT_OK(certificates_->Reload());
  EXPECT_FALSE(Identify(client).ok());
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
