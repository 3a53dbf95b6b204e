// Revocation lists.

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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

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
  EXPECT_THAT(refused, Unavailable("REVOCATION_LIST_EXPIRED"));
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
              Unavailable("REVOCATION_LIST_NOT_YET_VALID"));
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
  EXPECT_THAT(refused, Unavailable("REVOCATION_LIST_EXPIRED"));
  // Whose it was, for the record.
  EXPECT_THAT(ErrorMetadata(refused),
              ElementsAre(Pair(std::string(kCertificateMetadata), SizeIs(64)),
                          Pair(std::string(kCallerMetadata),
                               absl::StrCat("annals://agency/", code_,
                                            "/submitter#zhang"))));
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

// Who is revoked can't wait until somebody mends another file.
TEST_F(TlsTest, AListInOrderIsTakenBesideOneThatIsNot) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  const std::string stray = pki_.crl_directory() + "/stray.pem";
  WriteFile(stray, "no list");
  EXPECT_THAT(certificates_->Reload(),
              StatusHasReason(StatusCode::kInvalidArgument, "CRL_UNREADABLE"));
  EXPECT_OK(Identify(client).status());
  pki_.Revoke(client);
  const LogLines log;
  EXPECT_THAT(certificates_->Reload(),
              StatusHasReason(StatusCode::kInvalidArgument, "CRL_UNREADABLE"));
  EXPECT_THAT(log.Text(),
              HasSubstr("in order and taken: " + pki_.crl_directory()));
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
  EXPECT_EQ(certificates_->current().generation, 2u);
  // The rest waits, and what was taken is not taken again.
  EXPECT_THAT(certificates_->Reload(),
              StatusHasReason(StatusCode::kInvalidArgument, "CRL_UNREADABLE"));
  EXPECT_EQ(certificates_->current().generation, 2u);
  EXPECT_EQ(certificates_->failed_reloads(), 3u);
  EXPECT_OK(ledger::RemoveFile(stray));
  EXPECT_OK(certificates_->Reload());
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
}

// Nor until a certificate is renewed that can't be read.
TEST_F(TlsTest, AListIsTakenWhateverElseIsNotInOrder) {
  const TestCertificate client = pki_.Client(code_, "submitter", "zhang");
  WriteFile(server_.certificate, "no certificate");
  pki_.Revoke(client);
  EXPECT_THAT(
      certificates_->Reload(),
      StatusHasReason(StatusCode::kInvalidArgument, "CERTIFICATE_UNREADABLE"));
  EXPECT_THAT(Identify(client).status(),
              Unauthenticated("CERTIFICATE_REVOKED"));
}

// Nor must a certificate end because of a stray file.
TEST_F(TlsTest, ACertificateIsTakenBesideAListThatIsNotInOrder) {
  WriteFile(pki_.crl_directory() + "/stray.pem", "no list");
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_EQ(certificates_->current().generation, 1u);
  const TestCertificate next =
      pki_.Odd("next", "/CN=localhost", "subjectAltName=DNS:localhost");
  WriteFile(server_.key, ReadFile(next.key));
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_EQ(certificates_->current().generation, 1u);
  WriteFile(server_.certificate, ReadFile(next.certificate));
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_EQ(certificates_->current().generation, 2u);
  EXPECT_EQ(certificates_->current().identity->bytes.certificate,
            ReadFile(next.certificate));
}

// The new authority's list counts before it does itself.
TEST_F(TlsTest, AnAuthorityIsTakenBesideAListThatIsNotInOrder) {
  TestPki other(dir_.Path("other"));
  const TestCertificate client = other.Client(code_, "submitter", "zhang");
  WriteFile(pki_.crl_directory() + "/stray.pem", "no list");
  WriteFile(pki_.authority(), ReadFile(other.authority()));
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_FALSE(Identify(client).ok());
  WriteFile(pki_.crl_directory() + "/other.crl",
            ReadFile(other.crl_directory() + "/ca.crl"));
  EXPECT_FALSE(certificates_->Reload().ok());
  EXPECT_OK(Identify(client).status());
}

// The numbers of lists tell those of one second apart.
TEST_F(TlsTest, AListOfTheSameSecondIsNoNewOne) {
  const std::string path = pki_.crl_directory() + "/ca.crl";
  const std::string from = Utc(now_ - absl::Seconds(1));
  const std::string until = Utc(now_ + absl::Hours(24));
  pki_.IssueList(from, until);
  const std::string first = ReadFile(path);
  EXPECT_OK(certificates_->Reload());
  pki_.IssueList(from, until);
  EXPECT_OK(certificates_->Reload());
  WriteFile(path, first);
  EXPECT_THAT(certificates_->Reload(),
              StatusHasReason(StatusCode::kInvalidArgument, "CRL_OLDER"));
}

}  // namespace
}  // namespace annals
