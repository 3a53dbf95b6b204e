#include "client/receipt/receipt.h"

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/receipt/receipt_files.h"
#include "client/receipt/receipt_text.h"
#include "client/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/cosignature.h"
#include "tests/support/recorded_ledger.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrigin[] = "test.example/ledger";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";
constexpr uint64_t kIndex = 3;

class ReceiptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) ledger_.AddAgency("agencies/x");
    ledger_.AddRevision(kReport, 1, 2024, "年度报告", "");
    for (int i = 0; i < 3; ++i) ledger_.AddAgency("agencies/y");
    receipt_ = ReceiptOf(kIndex);
    keys_.keys = {ledger_.key()};
  }

  Receipt ReceiptOf(uint64_t index) {
    const RecordedLedger::Stored& stored = ledger_.stored(index);
    Receipt receipt{ledger_.ReceiptProof(index), stored.leaf, {}, {}};
    if (!stored.salt.empty()) {
      receipt.salt = stored.salt;
      receipt.content = stored.content;
    }
    return receipt;
  }

  void ExpectFalse(const std::string& reason) const {
    const absl::Status status = VerifyReceipt(receipt_, keys_).status();
    EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kDataLoss, reason));
    EXPECT_TRUE(IsVerificationFailure(status));
  }

  // Every byte of `part`, changed in each of three ways, makes it false.
  void ExpectEveryByteCounts(std::string* part) const {
    for (size_t i = 0; i < part->size(); ++i) {
      for (const char change : {'\x01', '\x20', '\x80'}) {
        (*part)[i] ^= change;
        const absl::Status status = VerifyReceipt(receipt_, keys_).status();
        EXPECT_TRUE(IsVerificationFailure(status)) << i << ": " << status;
        (*part)[i] ^= change;
      }
    }
    EXPECT_OK(VerifyReceipt(receipt_, keys_));
  }

  RecordedLedger ledger_{kOrigin};
  Receipt receipt_;
  LedgerKeys keys_;
};

TEST_F(ReceiptTest, AcceptsWhatIsTrue) {
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified,
                       VerifyReceipt(receipt_, keys_));
  EXPECT_EQ(verified.opened.checkpoint.size, 7u);
  EXPECT_EQ(verified.entry.revision_recorded().report(), kReport);
  EXPECT_TRUE(verified.has_content);
  EXPECT_EQ(verified.revision_content->report().title(), "年度报告");
  EXPECT_FALSE(verified.is_witnessed);
}

TEST_F(ReceiptTest, EveryByteOfTheProofCounts) {
  ExpectEveryByteCounts(&receipt_.proof);
}

TEST_F(ReceiptTest, EveryByteOfTheLeafCounts) {
  ExpectEveryByteCounts(&receipt_.leaf);
}

TEST_F(ReceiptTest, EveryByteOfSaltAndContentCounts) {
  ExpectEveryByteCounts(&*receipt_.salt);
  ExpectEveryByteCounts(&*receipt_.content);
}

TEST_F(ReceiptTest, EveryTruncationIsRefused) {
  const Receipt whole = receipt_;
  for (size_t n = 0; n < whole.proof.size(); ++n) {
    receipt_.proof = whole.proof.substr(0, n);
    EXPECT_TRUE(IsVerificationFailure(VerifyReceipt(receipt_, keys_).status()))
        << n;
  }
  receipt_ = whole;
  for (size_t n = 0; n < whole.leaf.size(); ++n) {
    receipt_.leaf = whole.leaf.substr(0, n);
    ExpectFalse("RECEIPT_LEAF_NOT_RECORDED");
  }
}

TEST_F(ReceiptTest, NamesWhatIsFalseOfTheProof) {
  receipt_.proof = "nothing\n";
  ExpectFalse("RECEIPT_MALFORMED");
  receipt_ = ReceiptOf(kIndex);
  receipt_.proof = absl::StrReplaceAll(receipt_.proof, {{"\n7\n", "\n8\n"}});
  ExpectFalse("RECEIPT_SIGNATURE_FALSE");
  receipt_ = ReceiptOf(kIndex);
  keys_.keys = {RecordedLedger(kOrigin, 'x').key()};
  ExpectFalse("RECEIPT_NOT_SIGNED_BY_KEY");
  keys_.keys = {RecordedLedger("other.example").key()};
  ExpectFalse("RECEIPT_NOT_SIGNED_BY_KEY");
}

TEST_F(ReceiptTest, AKeySignsForItsOwnLedgerOnly) {
  ASSERT_OK_AND_ASSIGN(const auto parsed, ledger::ParseNote(ledger_.Note()));
  const auto signer = SignerFromSeed('o');
  const auto other = VerifierOf("other.example", *signer);
  ASSERT_OK_AND_ASSIGN(const std::string note,
                       ledger::SignNote(parsed.text, other, signer.get()));
  receipt_.proof =
      absl::StrReplaceAll(receipt_.proof, {{ledger_.Note(), note}});
  keys_.keys = {other};
  ExpectFalse("RECEIPT_ORIGIN_MISMATCH");
}

TEST_F(ReceiptTest, TheLeafMustBeTheOneThatWasRecorded) {
  receipt_.leaf = ledger_.stored(2).leaf;
  ExpectFalse("RECEIPT_LEAF_NOT_RECORDED");
  receipt_.proof = ledger_.ReceiptProof(2);
  receipt_.salt.reset();
  receipt_.content.reset();
  EXPECT_OK(VerifyReceipt(receipt_, keys_));
}

TEST_F(ReceiptTest, ALeafOfItsOwnMindIsRefused) {
  const uint64_t index = ledger_.size();
  ledger_.Add({"\xff\xff no message", "", ""});
  receipt_ = ReceiptOf(index);
  ExpectFalse("RECEIPT_LEAF_UNREADABLE");
  // It says that it is entry 0.
  ledger_.Add({ledger_.stored(0).leaf, "", ""});
  receipt_ = ReceiptOf(index + 1);
  ExpectFalse("RECEIPT_INDEX_MISMATCH");
}

TEST_F(ReceiptTest, SaltAndContentGoTogether) {
  receipt_.content.reset();
  ExpectFalse("RECEIPT_CONTENT_INCOMPLETE");
  receipt_ = ReceiptOf(kIndex);
  receipt_.salt.reset();
  ExpectFalse("RECEIPT_CONTENT_INCOMPLETE");
  receipt_ = ReceiptOf(kIndex);
  receipt_.salt->push_back('s');
  ExpectFalse("RECEIPT_CONTENT_MISMATCH");
  receipt_ = ReceiptOf(0);
  receipt_.salt = std::string(32, 's');
  receipt_.content = "something";
  ExpectFalse("RECEIPT_CONTENT_NOT_COMMITTED");
}

TEST_F(ReceiptTest, TheContentMustBeOfTheReport) {
  ledger_.AddRevision(kReport, 2, 2023, "another year", "");
  receipt_ = ReceiptOf(7);
  ExpectFalse("RECEIPT_CONTENT_OF_OTHER_REPORT");
  v1::LedgerEntry entry;
  ASSERT_TRUE(entry.ParseFromString(ledger_.stored(7).leaf));
  entry.set_index(8);
  const std::string salt(32, 's');
  entry.set_content_hash(ledger::HashBytes(
      ledger::ContentHash(ledger::HashFromBytes(salt), "\xff\xff")));
  ledger_.Add({entry.SerializeAsString(), salt, "\xff\xff"});
  receipt_ = ReceiptOf(8);
  ExpectFalse("RECEIPT_CONTENT_UNREADABLE");
}

TEST_F(ReceiptTest, WithoutContentOnlyThatItIsRecordedIsProved) {
  receipt_.salt.reset();
  receipt_.content.reset();
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified,
                       VerifyReceipt(receipt_, keys_));
  EXPECT_FALSE(verified.has_content);
  EXPECT_THAT(WhatIsNotProved(verified),
              Contains(Field(&Text::en, HasSubstr("what the report says"))));
  EXPECT_THAT(
      WhatIsProved(verified),
      Not(Contains(Field(&Text::en, HasSubstr("the content file is")))));
  EXPECT_THAT(ReceiptJson(verified, Language::kEn),
              IsOkAndHolds(HasSubstr("\"content_verified\": false")));
}

// No event of this version is unknown to it.
TEST_F(ReceiptTest, EveryKindOfEventIsNamed) {
  ASSERT_OK_AND_ASSIGN(VerifiedReceipt verified,
                       VerifyReceipt(receipt_, keys_));
  const auto expect = [&verified](const std::string& event,
                                  const std::string& words) {
    EXPECT_THAT(WhatIsProved(verified),
                Contains(Field(&Text::en, HasSubstr(words))));
    EXPECT_THAT(ReceiptJson(verified, Language::kZh),
                IsOkAndHolds(AllOf(
                    HasSubstr(absl::StrCat("\"event\": \"EVENT_KIND_", event)),
                    HasSubstr("身份为自报"))));
  };
  expect("REVISION_RECORDED", "is revision 1 of");
  v1::LedgerEntry& entry = verified.entry;
  entry.mutable_document_recorded()->set_file_name("page.html");
  expect("DOCUMENT_RECORDED", "records the source document");
  entry.mutable_content_erased()->set_name("documents/a");
  expect("CONTENT_ERASED", "erases the content of entry 0 (documents/a)");
  entry.mutable_agency_changed()->mutable_agency()->set_name("agencies/z");
  expect("AGENCY_CHANGED", "changes the agency agencies/z");
  entry.mutable_key_changed()->set_old_vkey("old");
  expect("KEY_CHANGED", "changes the ledger's key: old");
}

TEST_F(ReceiptTest, ItDoesNotProveThatTheContentIsStillThere) {
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified,
                       VerifyReceipt(receipt_, keys_));
  EXPECT_THAT(WhatIsNotProved(verified),
              Contains(Field(&Text::en, HasSubstr("erased since"))));
}

TEST_F(ReceiptTest, APolicyDemandsItsWitnesses) {
  const auto witness_signer = SignerFromSeed('w');
  ASSERT_OK_AND_ASSIGN(const auto witness,
                       ledger::CosignatureVerifier::Create(
                           "witness.example", witness_signer->public_key()));
  ASSERT_OK_AND_ASSIGN(
      keys_.policy, ParsePolicy(absl::StrCat("witness w ", witness.ToString(),
                                             "\nquorum w\n"),
                                "policy.txt"));
  ExpectFalse("RECEIPT_NOT_WITNESSED");
  const std::string note = ledger_.Note();
  ASSERT_OK_AND_ASSIGN(const auto parsed, ledger::ParseNote(note));
  ASSERT_OK_AND_ASSIGN(const auto cosignature,
                       ledger::MakeCosignature(parsed.text, 1740000000, witness,
                                               witness_signer.get()));
  ASSERT_OK_AND_ASSIGN(const std::string cosigned,
                       ledger::AddSignatures(note, {cosignature}));
  receipt_.proof = absl::StrReplaceAll(receipt_.proof, {{note, cosigned}});
  ASSERT_OK_AND_ASSIGN(const VerifiedReceipt verified,
                       VerifyReceipt(receipt_, keys_));
  EXPECT_TRUE(verified.is_witnessed);
  EXPECT_THAT(WhatIsProved(verified),
              Contains(Field(&Text::en, HasSubstr("cosigned by: w"))));
}

TEST_F(ReceiptTest, OneOfTwoKeysIsEnoughWhileTheyOverlap) {
  keys_.keys = {RecordedLedger(kOrigin, 'x').key(), ledger_.key()};
  EXPECT_OK(VerifyReceipt(receipt_, keys_));
}

TEST_F(ReceiptTest, FilesGiveBackWhatWasWritten) {
  TempDir dir;
  const std::string path = dir.Path("r.receipt");
  ASSERT_OK(WriteReceipt(receipt_, path, Overwrite::kNo));
  ASSERT_OK_AND_ASSIGN(const Receipt again, ReadReceipt(path));
  EXPECT_EQ(again.proof, receipt_.proof);
  EXPECT_EQ(again.leaf, receipt_.leaf);
  EXPECT_EQ(again.salt, receipt_.salt);
  EXPECT_EQ(again.content, receipt_.content);
  EXPECT_EQ(ReadFile(path + ".content"), *receipt_.content);
}

TEST_F(ReceiptTest, FilesAreNotOverwrittenUnasked) {
  TempDir dir;
  const std::string path = dir.Path("r.receipt");
  for (const char* suffix : {"", ".leaf", ".salt", ".content"}) {
    WriteFile(path + suffix, "precious");
    EXPECT_THAT(
        WriteReceipt(receipt_, path, Overwrite::kNo),
        StatusHasReason(absl::StatusCode::kAlreadyExists, "FILE_EXISTS"));
    EXPECT_EQ(ReadFile(path + suffix), "precious");
    std::error_code error;
    std::filesystem::remove(path + suffix, error);
  }
  ASSERT_OK(WriteReceipt(receipt_, path, Overwrite::kNo));
  // Of a receipt without content no older content stays behind.
  ASSERT_OK(WriteReceipt(ReceiptOf(0), path, Overwrite::kYes));
  ASSERT_OK_AND_ASSIGN(const Receipt again, ReadReceipt(path));
  EXPECT_EQ(again.leaf, ledger_.stored(0).leaf);
  EXPECT_FALSE(again.salt.has_value() || again.content.has_value());
}

TEST_F(ReceiptTest, FilesThatAreMissingAreNamed) {
  TempDir dir;
  const std::string path = dir.Path("r.receipt");
  EXPECT_THAT(ReadReceipt(path),
              StatusHasReason(absl::StatusCode::kNotFound, "FILE_NOT_FOUND"));
  WriteFile(path, receipt_.proof);
  EXPECT_THAT(ReadReceipt(path), StatusHasReason(absl::StatusCode::kNotFound,
                                                 "RECEIPT_LEAF_MISSING"));
  WriteFile(path + ".leaf", std::string(65536, 'x'));
  EXPECT_THAT(
      ReadReceipt(path),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE"));
  EXPECT_THAT(
      RequireWritable(dir.Path("no/such/r.receipt"), Overwrite::kNo),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE"));
}

}  // namespace
}  // namespace annals::client
