#include "service/report/content_signature.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "service/report/days.h"
#include "service/report/timestamp.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"

namespace annals::report {
namespace {

const auto kFalse =
    StatusHasReason(absl::StatusCode::kDataLoss, "CONTENT_SIGNATURE_FALSE");
const auto kNotRegistered =
    StatusHasReason(absl::StatusCode::kDataLoss, "SIGNING_KEY_NOT_REGISTERED");
constexpr char kOrigin[] = "test.local/annals";

std::string HexSha256(const std::string& bytes) {
  return absl::BytesToHexString(ledger::HashBytes(ledger::Sha256(bytes)));
}

class ContentSignatureTest
    : public ::testing::TestWithParam<ledger::KeyAlgorithm> {
 protected:
  void SetUp() override {
    signer_ = NewSigner(agency_);
    v1::Acknowledgement* const ack = acknowledgements_.Add();
    ack->set_rule_id("N-1");
    ack->set_reason("属实");
  }

  static std::unique_ptr<ledger::NoteSigner> NewSigner(
      const std::string& name) {
    auto pair = ledger::KeyPair::Generate(GetParam());
    EXPECT_OK(pair);
    auto signer = ledger::NoteSigner::Create(name, *std::move(pair));
    EXPECT_OK(signer);
    return *std::move(signer);
  }

  SignedStatement Statement() const {
    SignedStatement statement;
    statement.origin = kOrigin;
    statement.report = report_;
    statement.base_etag = "00112233445566778899aabbccddeeff";
    statement.reason_code = v1::REASON_CODE_FIGURE_ERROR;
    statement.reason = "核对后更正";
    statement.salt = salt_;
    statement.report_bytes = "report";
    statement.acknowledgements = &acknowledgements_;
    return statement;
  }

  v1::ContentSignature Sign() const {
    auto signature = SignStatement(Statement(), *signer_);
    EXPECT_OK(signature);
    return *std::move(signature);
  }

  // The leaf and the content that record the statement.
  v1::LedgerEntry Entry() const {
    v1::LedgerEntry entry;
    entry.set_index(9);
    *entry.mutable_recorded_at() = ToTimestamp(
        StartInShanghai(absl::CivilDay(2026, 1, 20)) + absl::Hours(9));
    entry.set_reason("核对后更正");
    v1::RevisionRecorded* const event = entry.mutable_revision_recorded();
    event->set_report(report_);
    event->set_number(2);
    event->set_base_etag("00112233445566778899aabbccddeeff");
    event->set_reason_code(v1::REASON_CODE_FIGURE_ERROR);
    *event->mutable_signature() = Sign();
    event->mutable_signature()->clear_salt();
    event->mutable_signature()->set_register_entry(3);
    return entry;
  }
  std::string Content() const {
    v1::RevisionContent content;
    content.mutable_report()->set_title("报告");
    content.mutable_check()->set_rule_set_version("1");
    *content.mutable_acknowledgements() = acknowledgements_;
    content.set_signature_salt(salt_);
    std::string bytes = content.SerializeAsString();
    return bytes;
  }

  const std::string agency_ = absl::StrCat("agencies/", MakeAgencyCode(1));
  const std::string report_ = absl::StrCat(agency_, "/reports/2024");
  const std::string salt_ = std::string(kSignatureSaltBytes, 's');
  std::unique_ptr<ledger::NoteSigner> signer_;
  google::protobuf::RepeatedPtrField<v1::Acknowledgement> acknowledgements_;
};

// For good: what an agency in another language computes.
TEST_P(ContentSignatureTest, TheTextIsAsDocumented) {
  const std::string acks =
      absl::StrCat(salt_, std::string("\0\0\0\3N-1", 7),
                   std::string("\0\0\0\0", 4), std::string("\0\0\0\6属实", 10));
  EXPECT_EQ(StatementText(Statement()),
            absl::StrCat("annals.v1 content signature\n"
                         "origin test.local/annals\n"
                         "report ",
                         report_,
                         "\n"
                         "base 00112233445566778899aabbccddeeff\n"
                         "reason-code REASON_CODE_FIGURE_ERROR\n"
                         "reason ",
                         HexSha256("核对后更正"),
                         "\n"
                         "record submitted\n"
                         "document -\n"
                         "content ",
                         HexSha256(salt_ + "report"),
                         "\n"
                         "acknowledgements ",
                         HexSha256(acks), "\n"));
  SignedStatement first = Statement();
  first.base_etag = "";
  first.acknowledgements = nullptr;
  first.as_published = true;
  first.document = "documents/x";
  first.reason_code = v1::REASON_CODE_UNSPECIFIED;
  EXPECT_EQ(
      StatementText(first),
      absl::StrCat("annals.v1 content signature\norigin test.local/annals\n"
                   "report ",
                   report_,
                   "\nbase -\nreason-code REASON_CODE_UNSPECIFIED\nreason ",
                   HexSha256("核对后更正"),
                   "\nrecord as-published\ndocument documents/x\ncontent ",
                   HexSha256(salt_ + "report"), "\nacknowledgements ",
                   HexSha256(salt_), "\n"));
  EXPECT_TRUE(ledger::IsNoteText(StatementText(Statement())));
}

TEST_P(ContentSignatureTest, BindsAllThatTheAgencySays) {
  const v1::ContentSignature signature = Sign();
  EXPECT_OK(VerifyStatement(Statement(), signature));
  const std::string other_report =
      absl::StrCat("agencies/", MakeAgencyCode(2), "/reports/2024");
  const std::string regional = absl::StrCat(report_, "-regional");
  const std::string other_year = absl::StrCat(agency_, "/reports/2023");
  const std::string other_salt(kSignatureSaltBytes, 't');
  const std::string short_salt(kSignatureSaltBytes - 1, 's');
  auto other_acks = acknowledgements_;
  other_acks[0].set_reason("不实");
  auto shifted_acks = acknowledgements_;
  shifted_acks[0].set_rule_id("N-");
  shifted_acks[0].set_fingerprint("1");
  auto more_acks = acknowledgements_;
  more_acks.Add()->set_rule_id("N-2");
  const std::vector<
      std::pair<std::string, std::function<void(SignedStatement*)>>>
      changes = {
          {"another ledger",
           [](SignedStatement* s) { s->origin = "other/annals"; }},
          {"another agency's report",
           [&](SignedStatement* s) { s->report = other_report; }},
          {"another scope", [&](SignedStatement* s) { s->report = regional; }},
          {"another year", [&](SignedStatement* s) { s->report = other_year; }},
          {"another base",
           [](SignedStatement* s) {
             s->base_etag = "00112233445566778899aabbccddee00";
           }},
          {"no base", [](SignedStatement* s) { s->base_etag = ""; }},
          {"another reason code",
           [](SignedStatement* s) {
             s->reason_code = v1::REASON_CODE_OMISSION;
           }},
          {"another reason", [](SignedStatement* s) { s->reason = "理由"; }},
          {"as published", [](SignedStatement* s) { s->as_published = true; }},
          {"a document",
           [](SignedStatement* s) { s->document = "documents/x"; }},
          {"another salt", [&](SignedStatement* s) { s->salt = other_salt; }},
          {"a short salt", [&](SignedStatement* s) { s->salt = short_salt; }},
          {"another report",
           [](SignedStatement* s) { s->report_bytes = "repor"; }},
          {"another acknowledgement",
           [&](SignedStatement* s) { s->acknowledgements = &other_acks; }},
          {"letters of one field in another",
           [&](SignedStatement* s) { s->acknowledgements = &shifted_acks; }},
          {"one acknowledgement more",
           [&](SignedStatement* s) { s->acknowledgements = &more_acks; }},
          {"no acknowledgement",
           [](SignedStatement* s) { s->acknowledgements = nullptr; }}};
  for (const auto& [what, change] : changes) {
    SignedStatement statement = Statement();
    change(&statement);
    EXPECT_THAT(VerifyStatement(statement, signature), kFalse) << what;
  }
}

TEST_P(ContentSignatureTest, OnlyTheKeysOwnSignatureIsTrue) {
  const v1::ContentSignature signature = Sign();
  for (size_t i = 0; i < signature.signature().size(); ++i) {
    v1::ContentSignature flipped = signature;
    (*flipped.mutable_signature())[i] ^= 1;
    EXPECT_THAT(VerifyStatement(Statement(), flipped), kFalse) << i;
  }
  v1::ContentSignature by_other = signature;
  by_other.set_vkey(NewSigner(agency_)->key().ToString());
  EXPECT_THAT(VerifyStatement(Statement(), by_other), kFalse);
  by_other.set_vkey("no vkey");
  EXPECT_THAT(VerifyStatement(Statement(), by_other), kFalse);
  // A true signature of another agency's key.
  const auto stranger = NewSigner(absl::StrCat("agencies/", MakeAgencyCode(2)));
  ASSERT_OK_AND_ASSIGN(const v1::ContentSignature strangers,
                       SignStatement(Statement(), *stranger));
  EXPECT_THAT(VerifyStatement(Statement(), strangers), kFalse);
}

TEST_P(ContentSignatureTest, IsVerifiedFromLeafAndContentAlone) {
  v1::Report report;
  report.set_title("报告");
  const std::string report_bytes = report.SerializeAsString();
  SignedStatement statement = Statement();
  statement.report_bytes = report_bytes;
  ASSERT_OK_AND_ASSIGN(const v1::ContentSignature signature,
                       SignStatement(statement, *signer_));
  v1::LedgerEntry entry = Entry();
  entry.mutable_revision_recorded()->mutable_signature()->set_signature(
      signature.signature());
  const std::string content = Content();
  EXPECT_OK(VerifyRecordedSignature(entry, content, kOrigin));
  EXPECT_THAT(VerifyRecordedSignature(entry, content, "other"), kFalse);
  EXPECT_THAT(VerifyRecordedSignature(entry, "", kOrigin), kFalse);
  EXPECT_THAT(VerifyRecordedSignature(entry, "\xff", kOrigin), kFalse);
  // Protobuf makes one message of two.
  v1::RevisionContent added;
  added.mutable_report()->set_preface("运行方之言");
  const std::string added_bytes = added.SerializeAsString();
  EXPECT_THAT(VerifyRecordedSignature(entry, added_bytes + content, kOrigin),
              kFalse);
  EXPECT_THAT(VerifyRecordedSignature(entry, content + content, kOrigin),
              kFalse);
  // What the rules said is the server's, not the agency's.
  v1::RevisionContent changed;
  ASSERT_TRUE(changed.ParseFromString(content));
  changed.mutable_check()->set_rule_set_version("2");
  EXPECT_OK(
      VerifyRecordedSignature(entry, changed.SerializeAsString(), kOrigin));
  changed.mutable_report()->set_title("假报告");
  EXPECT_THAT(
      VerifyRecordedSignature(entry, changed.SerializeAsString(), kOrigin),
      kFalse);
  entry.set_reason("别的理由");
  EXPECT_THAT(VerifyRecordedSignature(entry, content, kOrigin), kFalse);
  entry.mutable_revision_recorded()->clear_signature();
  EXPECT_OK(VerifyRecordedSignature(entry, content, kOrigin));
}

TEST_P(ContentSignatureTest, TheRegisterSaysWhoseKeyItIsAndWhen) {
  const v1::LedgerEntry revision = Entry();  // Of 2026-01-20, 09:00.
  v1::LedgerEntry state;
  state.set_index(3);
  v1::Agency* const agency =
      state.mutable_agency_registered()->mutable_agency();
  agency->set_name(agency_);
  EXPECT_THAT(RequireRegisteredKey(state, revision), kNotRegistered);
  v1::SigningKey* const key = agency->add_signing_keys();
  key->set_vkey(revision.revision_recorded().signature().vkey());
  EXPECT_OK(RequireRegisteredKey(state, revision));
  const auto day = [](int d) { return DateOf(absl::CivilDay(2026, 1, d)); };
  *key->mutable_valid_from() = day(20);
  *key->mutable_expires_on() = day(21);
  EXPECT_OK(RequireRegisteredKey(state, revision));
  *key->mutable_valid_from() = day(21);
  key->clear_expires_on();
  EXPECT_THAT(RequireRegisteredKey(state, revision), kNotRegistered);
  key->clear_valid_from();
  *key->mutable_expires_on() = day(20);
  EXPECT_THAT(RequireRegisteredKey(state, revision), kNotRegistered);
  // Checked before midnight, recorded after it.
  v1::LedgerEntry at_midnight = revision;
  *at_midnight.mutable_recorded_at() = ToTimestamp(
      StartInShanghai(absl::CivilDay(2026, 1, 20)) + absl::Seconds(1));
  EXPECT_OK(RequireRegisteredKey(state, at_midnight));
  key->clear_expires_on();
  // A state that holds later, of another agency, or at another place.
  v1::LedgerEntry changed;
  changed.set_index(3);
  *changed.mutable_agency_changed()->mutable_agency() = *agency;
  EXPECT_OK(RequireRegisteredKey(changed, revision));
  *changed.mutable_agency_changed()->mutable_agency()->mutable_valid_from() =
      day(21);
  EXPECT_THAT(RequireRegisteredKey(changed, revision), kNotRegistered);
  state.set_index(4);
  EXPECT_THAT(RequireRegisteredKey(state, revision), kNotRegistered);
  state.set_index(3);
  agency->set_name(absl::StrCat("agencies/", MakeAgencyCode(2)));
  EXPECT_THAT(RequireRegisteredKey(state, revision), kNotRegistered);
  EXPECT_THAT(RequireRegisteredKey(revision, revision), kNotRegistered);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, ContentSignatureTest,
                         ::testing::Values(ledger::KeyAlgorithm::kEd25519,
                                           ledger::KeyAlgorithm::kSm2),
                         [](const auto& info) {
                           return std::string(
                               ledger::KeyAlgorithmName(info.param));
                         });

}  // namespace
}  // namespace annals::report
