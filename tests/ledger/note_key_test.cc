#include "ledger/note_key.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "ledger/cosignature.h"
#include "ledger/hash.h"
#include "ledger/note_signer.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kName[] = "agencies/11410303005450123N";
// The public key of GB/T 32918.5-2017, annex A.2.
constexpr char kPoint[] =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";

absl::StatusOr<NoteKey> Sm2Key(const std::string& id) {
  return NoteKey::Create(
      kName, {KeyAlgorithm::kSm2, absl::HexStringToBytes(kPoint), id});
}

std::unique_ptr<NoteSigner> NewSigner(KeyAlgorithm algorithm,
                                      const std::string& name = kName) {
  auto pair = KeyPair::Generate(algorithm);
  EXPECT_OK(pair);
  auto signer = NoteSigner::Create(name, *std::move(pair));
  EXPECT_OK(signer);
  return *std::move(signer);
}

// The key id, computed apart from the code under test.
TEST(NoteKeyTest, AnSm2KeyIsOfTypeFfWithAnIdentifier) {
  ASSERT_OK_AND_ASSIGN(const NoteKey key, Sm2Key("1234567812345678"));
  const std::string payload =
      absl::StrCat("\xff", "annals.v1/sm2-sm3;id=1234567812345678;",
                   absl::HexStringToBytes(kPoint));
  const std::string id = HashBytes(Sha256(absl::StrCat(kName, "\n", payload)));
  EXPECT_EQ(key.ToString(),
            absl::StrCat(kName, "+", absl::BytesToHexString(id.substr(0, 4)),
                         "+", EncodeBase64(payload)));
  EXPECT_EQ(key.ShortName(),
            absl::StrCat(kName, "+", absl::BytesToHexString(id.substr(0, 4))));
  ASSERT_OK_AND_ASSIGN(const NoteKey parsed, NoteKey::Parse(key.ToString()));
  EXPECT_EQ(parsed, key);
  // Who knows only Ed25519 does not take it for that.
  EXPECT_THAT(NoteVerifier::Parse(key.ToString()),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "VERIFIER_KEY_TYPE_UNSUPPORTED"));
}

TEST(NoteKeyTest, AnotherIdIsAnotherKey) {
  ASSERT_OK_AND_ASSIGN(const NoteKey key, Sm2Key("1234567812345678"));
  ASSERT_OK_AND_ASSIGN(const NoteKey other, Sm2Key("other"));
  EXPECT_NE(key.key_id(), other.key_id());
  const std::string too_long(65, 'x');
  for (const std::string& id :
       {std::string(), std::string("a;b"), std::string("a b"),
        std::string("密"), std::string("a\n"), too_long}) {
    EXPECT_THAT(Sm2Key(id), StatusHasReason(absl::StatusCode::kInvalidArgument,
                                            "SM2_ID_INVALID"))
        << id;
  }
  EXPECT_OK(Sm2Key(std::string(64, 'x')));
}

TEST(NoteKeyTest, ReadsEd25519AsNoteVerifierDoes) {
  const auto signer = NewSigner(KeyAlgorithm::kEd25519);
  const std::string vkey = signer->key().ToString();
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(vkey));
  EXPECT_EQ(verifier.key_id(), signer->key().key_id());
  EXPECT_EQ(NoteKey::Parse(vkey)->ToString(), vkey);
}

TEST(NoteKeyTest, RefusesOtherTypes) {
  const auto kUnknown = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "VERIFIER_KEY_TYPE_UNSUPPORTED");
  for (const uint8_t type : {0x00, 0x02, 0x04, 0x05, 0xfe}) {
    ASSERT_OK_AND_ASSIGN(const Vkey vkey,
                         MakeVkey(kName, type, std::string(32, 'k')));
    EXPECT_THAT(NoteKey::Parse(FormatVkey(vkey)), kUnknown);
  }
  for (const char* identifier : {"", "annals.v1/sm2-sm", "other/sm2;id=1;"}) {
    ASSERT_OK_AND_ASSIGN(
        const Vkey vkey,
        MakeVkey(kName, kNoteTypeOther,
                 absl::StrCat(identifier, absl::HexStringToBytes(kPoint))));
    EXPECT_THAT(NoteKey::Parse(FormatVkey(vkey)), kUnknown) << identifier;
  }
}

class NoteKeyOfTest : public ::testing::TestWithParam<KeyAlgorithm> {};

TEST_P(NoteKeyOfTest, SignsALineBesideOthers) {
  const std::string text = "test.local/annals\n1\nAAAA\n";
  const auto log = Ed25519Signer::FromSeed(std::string(32, 'l'));
  ASSERT_OK(log);
  ASSERT_OK_AND_ASSIGN(const NoteVerifier log_key,
                       NoteVerifier::Create("log", (*log)->public_key()));
  ASSERT_OK_AND_ASSIGN(const std::string note,
                       SignNote(text, log_key, log->get()));
  const auto second = NewSigner(GetParam());
  ASSERT_OK_AND_ASSIGN(const NoteSignature line, second->Sign(text));
  ASSERT_OK_AND_ASSIGN(const std::string both, AddSignatures(note, {line}));
  ASSERT_OK_AND_ASSIGN(const ParsedNote parsed, ParseNote(both));
  EXPECT_OK(RequireSignedBy(parsed, second->key()));
  // The log's own key opens it as before.
  EXPECT_THAT(OpenNote(both, log_key), IsOkAndHolds(text));
  ASSERT_OK_AND_ASSIGN(const ParsedNote alone, ParseNote(note));
  EXPECT_THAT(RequireSignedBy(alone, second->key()),
              StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED"));
  EXPECT_THAT(RequireSignedBy(parsed, NewSigner(GetParam())->key()),
              StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED"));
  ParsedNote altered = parsed;
  altered.text = absl::StrReplaceAll(text, {{"\n1\n", "\n2\n"}});
  EXPECT_THAT(
      RequireSignedBy(altered, second->key()),
      StatusHasReason(absl::StatusCode::kDataLoss, "NOTE_SIGNATURE_FALSE"));
}

TEST_P(NoteKeyOfTest, IsKeptWithItsNameAndUse) {
  TempDir dir;
  const std::string path = dir.Path("key.pem");
  const auto signer = NewSigner(GetParam());
  ASSERT_OK(signer->Save(path, KeyUse::kAgency));
  ASSERT_OK_AND_ASSIGN(const auto loaded,
                       NoteSigner::Load({path, "", kName, KeyUse::kAgency}));
  EXPECT_EQ(loaded->key(), signer->key());
  const auto kMismatch = StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                         "KEY_NAME_MISMATCH");
  EXPECT_THAT(NoteSigner::Load({path, "", kName, KeyUse::kLog}), kMismatch);
  EXPECT_THAT(NoteSigner::Load({path, "", "agencies/x", KeyUse::kAgency}),
              kMismatch);
  // An agency's key is not taken for a log's or a witness's.
  EXPECT_FALSE(LoadNamedKey(path).ok());
  // A bare key takes the name that is asked for.
  ASSERT_OK_AND_ASSIGN(
      const auto by_uri,
      NoteSigner::Load({"file:" + path, "", "agencies/x", KeyUse::kAgency}));
  EXPECT_EQ(by_uri->key().name(), "agencies/x");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, NoteKeyOfTest,
                         ::testing::Values(KeyAlgorithm::kEd25519,
                                           KeyAlgorithm::kSm2),
                         [](const auto& info) {
                           return std::string(KeyAlgorithmName(info.param));
                         });

TEST(NoteSignerTest, KeepsTheDistinguishingId) {
  TempDir dir;
  const std::string path = dir.Path("key.pem");
  auto pair = KeyPair::Generate(KeyAlgorithm::kSm2);
  ASSERT_OK(pair);
  (*pair)->set_sm2_id("office-7");
  ASSERT_OK_AND_ASSIGN(const auto signer,
                       NoteSigner::Create(kName, *std::move(pair)));
  ASSERT_OK(signer->Save(path, KeyUse::kAgency));
  EXPECT_THAT(ReadFile(path),
              StartsWith(absl::StrCat("Name: ", kName,
                                      "\nUse: agency\nSM2-Id: office-7\n")));
  ASSERT_OK_AND_ASSIGN(const auto loaded,
                       NoteSigner::Load({path, "", "", KeyUse::kAgency}));
  EXPECT_EQ(loaded->key().key().sm2_id, "office-7");
}

}  // namespace
}  // namespace annals::ledger
