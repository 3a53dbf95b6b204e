#include "ledger/note.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "ledger/hash.h"
#include "tests/support/matchers.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

const auto kMalformedNote =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED");
const auto kNotSigned =
    StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED");
const auto kFalseSignature =
    StatusHasReason(absl::StatusCode::kDataLoss, "NOTE_SIGNATURE_FALSE");
const auto kMalformedVkey = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                            "VERIFIER_KEY_MALFORMED");
const auto kInvalidName =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID");
const auto kInvalidText =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_TEXT_INVALID");

// The example of the C2SP signed-note document.
constexpr char kExampleVkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr char kExampleText[] = "This is an example message.\n";
constexpr char kExampleLine[] =
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ER"
    "YNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

// The example of Go's package golang.org/x/mod/sumdb/note, with its key.
constexpr char kGoVkey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
// Base64 of the type and the seed.
constexpr char kGoKey[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kGoText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kGoLine[] =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

std::string ExampleNote() {
  return absl::StrCat(kExampleText, "\n", kExampleLine);
}

// A name with a key of its own, which signs.
struct Party {
  std::unique_ptr<Ed25519Signer> signer;
  NoteVerifier verifier;
};

Party MakeParty(const std::string& name, char seed) {
  auto signer = Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  auto verifier = NoteVerifier::Create(name, (*signer)->public_key());
  EXPECT_OK(verifier);
  return {*std::move(signer), *std::move(verifier)};
}

std::string SignatureLine(const std::string& text, const Party& party) {
  const auto note = SignNote(text, party.verifier, party.signer.get());
  EXPECT_OK(note);
  return note->substr(text.size() + 1);
}

TEST(NoteVerifierTest, ParsesPublishedKeysAndWritesThemAgain) {
  for (const char* vkey : {kExampleVkey, kGoVkey,
                           // Its base64 has plus signs.
                           "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+"
                           "s3Ux18htTTAD8OuAn8"}) {
    ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                         NoteVerifier::Parse(vkey));
    EXPECT_EQ(verifier.ToString(), vkey);
  }
}

TEST(NoteVerifierTest, HasTheNameAndIdOfTheExample) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                       NoteVerifier::Parse(kExampleVkey));
  EXPECT_EQ(verifier.name(), "example.com/foo");
  EXPECT_EQ(verifier.key_id(), 0x530d903au);
  ASSERT_OK_AND_ASSIGN(const NoteVerifier created,
                       NoteVerifier::Create("example.com/foo", verifier.key()));
  EXPECT_EQ(created.ToString(), kExampleVkey);
}

TEST(NoteVerifierTest, AcceptsAChineseName) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                       NoteVerifier::Create("年度报告/账本", {}));
  ASSERT_OK_AND_ASSIGN(const NoteVerifier parsed,
                       NoteVerifier::Parse(verifier.ToString()));
  EXPECT_EQ(parsed.name(), "年度报告/账本");
}

TEST(NoteVerifierTest, RefusesNamesThatNotesCannotCarry) {
  for (const char* name :
       {"", "a b", "a+b", "a\nb", "a\tb", "a\x01z", "a\xC2\x85", "a\xC2\xA0",
        "a\xE2\x80\xA8", "a\xE3\x80\x80", "\xFF"}) {
    EXPECT_THAT(NoteVerifier::Create(name, {}), kInvalidName) << name;
  }
  EXPECT_THAT(NoteVerifier::Create(absl::string_view("a\0b", 3), {}),
              kInvalidName);
}

TEST(NoteVerifierTest, RefusesMalformedKeys) {
  const std::string key = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  for (const std::string& vkey : std::vector<std::string>{
           "", "example.com/foo", "example.com/foo+530d903a",
           "example.com/foo+530d903a+", absl::StrCat("example.com/foo++", key),
           absl::StrCat("example.com/foo+530d903+", key),
           absl::StrCat("example.com/foo+0530d903a+", key),
           absl::StrCat("example.com/foo+530D903A+", key),
           absl::StrCat("example.com/foo+530d903g+", key),
           absl::StrCat("example.com/foo+0x530d90+", key),
           absl::StrCat("example.com/foo+530d903a+", key, "\n"),
           absl::StrCat("example.com/foo+530d903a+ ", key),
           absl::StrCat("example.com/foo+530d903a+", key.substr(1)),
           "example.com/foo+530d903a+%%%%"}) {
    EXPECT_THAT(NoteVerifier::Parse(vkey), kMalformedVkey) << vkey;
  }
  EXPECT_THAT(NoteVerifier::Parse(absl::StrCat("+530d903a+", key)),
              kInvalidName);
  EXPECT_THAT(NoteVerifier::Parse(absl::StrCat("a b+530d903a+", key)),
              kInvalidName);
}

TEST(NoteVerifierTest, RefusesAKeyIdThatIsNotOfItsNameAndKey) {
  const auto mismatch = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "VERIFIER_KEY_ID_MISMATCH");
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{
           {"530d903a", "530d903b"}, {"foo", "bar"}, {"Aeky", "Aekz"}}) {
    EXPECT_THAT(
        NoteVerifier::Parse(absl::StrReplaceAll(kExampleVkey, {{from, to}})),
        mismatch)
        << to;
  }
}

// A vkey with a right key id.
std::string VkeyOf(const std::string& name, const std::string& type_and_key) {
  const Hash digest = Sha256(absl::StrCat(name, "\n", type_and_key));
  return absl::StrCat(name, "+",
                      absl::BytesToHexString(AsStringView(digest).substr(0, 4)),
                      "+", EncodeBase64(type_and_key));
}

TEST(NoteVerifierTest, RefusesOtherTypesAndLengths) {
  const std::string key(32, 'k');
  EXPECT_OK(NoteVerifier::Parse(VkeyOf("n", "\x01" + key)));
  EXPECT_THAT(NoteVerifier::Parse(VkeyOf("n", "\x04" + key)),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "VERIFIER_KEY_TYPE_UNSUPPORTED"));
  EXPECT_THAT(NoteVerifier::Parse(VkeyOf("n", "\x01" + key + "k")),
              kMalformedVkey);
  EXPECT_THAT(NoteVerifier::Parse(VkeyOf("n", "\x01" + key.substr(1))),
              kMalformedVkey);
}

TEST(OpenNoteTest, OpensTheExampleOfTheSpecification) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                       NoteVerifier::Parse(kExampleVkey));
  EXPECT_THAT(OpenNote(ExampleNote(), verifier), IsOkAndHolds(kExampleText));
}

TEST(OpenNoteTest, EveryCharacterOfTheTextCounts) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                       NoteVerifier::Parse(kExampleVkey));
  const size_t text_length = std::string(kExampleText).size() - 1;
  for (size_t i = 0; i < text_length; ++i) {
    std::string note = ExampleNote();
    note[i] ^= 1;
    EXPECT_THAT(OpenNote(note, verifier), kFalseSignature) << i;
  }
}

TEST(SignNoteTest, GivesTheNoteOfTheGoExample) {
  const std::string note = absl::StrCat(kGoText, "\n", kGoLine);
  const std::optional<std::string> key = DecodeBase64(kGoKey);
  ASSERT_TRUE(key.has_value());
  ASSERT_OK_AND_ASSIGN(const auto signer,
                       Ed25519Signer::FromSeed(key->substr(1)));
  ASSERT_OK_AND_ASSIGN(
      const NoteVerifier verifier,
      NoteVerifier::Create("PeterNeumann", signer->public_key()));
  EXPECT_EQ(verifier.ToString(), kGoVkey);
  EXPECT_THAT(SignNote(kGoText, verifier, signer.get()), IsOkAndHolds(note));
  EXPECT_THAT(OpenNote(note, verifier), IsOkAndHolds(kGoText));
}

TEST(SignNoteTest, SignedNotesOpen) {
  const Party party = MakeParty("annals.example/ledger", 'a');
  for (const std::string& text :
       std::vector<std::string>{"\n", "a\n", "年度报告\n", "a\n\nb\n", "a\n\n",
                                "a\n\n\n", "a\n\n— looks like a signature\n"}) {
    ASSERT_OK_AND_ASSIGN(const std::string note,
                         SignNote(text, party.verifier, party.signer.get()));
    EXPECT_THAT(OpenNote(note, party.verifier), IsOkAndHolds(text));
  }
}

TEST(SignNoteTest, RefusesTextsThatANoteCannotCarry) {
  const Party party = MakeParty("annals.example/ledger", 'a');
  for (const std::string& text :
       std::vector<std::string>{"", "a", "a\r\n", "a\tb\n",
                                std::string("a\0\n", 3), "\xFF\n", "\x1F\n"}) {
    EXPECT_THAT(SignNote(text, party.verifier, party.signer.get()),
                kInvalidText);
  }
  EXPECT_THAT(
      SignNote(std::string(kNoteBytesMax, 'a') + "\n", party.verifier,
               party.signer.get()),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_TOO_LARGE"));
}

TEST(SignNoteTest, RefusesAnothersKey) {
  const Party one = MakeParty("one", 'a');
  const Party two = MakeParty("two", 'b');
  EXPECT_THAT(SignNote("a\n", one.verifier, two.signer.get()),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "SIGNER_KEY_MISMATCH"));
}

TEST(OpenNoteTest, IgnoresOtherSigners) {
  const Party one = MakeParty("one", 'a');
  const Party two = MakeParty("two", 'b');
  const Party three = MakeParty("three", 'c');
  const std::string text = "entries\n";
  const std::string note =
      absl::StrCat(text, "\n", SignatureLine(text, one),
                   // False, but of a signer that nobody asks for.
                   SignatureLine("other\n", two), SignatureLine(text, three));
  EXPECT_THAT(OpenNote(note, one.verifier), IsOkAndHolds(text));
  EXPECT_THAT(OpenNote(note, three.verifier), IsOkAndHolds(text));
  EXPECT_THAT(OpenNote(note, two.verifier), kFalseSignature);
}

TEST(OpenNoteTest, WantsTheNameAndTheKeyId) {
  const Party asked = MakeParty("ledger", 'a');
  const Party same_name = MakeParty("ledger", 'b');
  const Party same_key = MakeParty("other", 'a');
  const std::string text = "entries\n";
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", SignatureLine(text, same_name),
                                    SignatureLine(text, same_key)),
                       asked.verifier),
              kNotSigned);
}

// The key id alone is only four bytes long.
TEST(OpenNoteTest, ARightSignatureUnderAnotherNameIsNotTheLedgers) {
  const Party party = MakeParty("ledger", 'a');
  const std::string text = "entries\n";
  const std::string renamed =
      absl::StrReplaceAll(SignatureLine(text, party), {{"ledger", "other"}});
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", renamed), party.verifier),
              kNotSigned);
}

TEST(OpenNoteTest, OneFalseSignatureOfTheKeySpoilsTheNote) {
  const Party party = MakeParty("ledger", 'a');
  const std::string text = "entries\n";
  const std::string good = SignatureLine(text, party);
  const std::string bad = SignatureLine("other\n", party);
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", good, bad), party.verifier),
              kFalseSignature);
  EXPECT_THAT(OpenNote(absl::StrCat(text, "\n", good, good), party.verifier),
              IsOkAndHolds(text));
}

TEST(OpenNoteTest, ASignatureOfAnotherLengthIsFalse) {
  const Party party = MakeParty("ledger", 'a');
  ASSERT_OK_AND_ASSIGN(
      ParsedNote parsed,
      ParseNote(absl::StrCat("a\n\n", SignatureLine("a\n", party))));
  const uint32_t id = party.verifier.key_id();
  std::string bytes = parsed.signatures[0].signature + "x";
  for (int shift : {0, 8, 16, 24}) {
    bytes.insert(bytes.begin(), static_cast<char>(id >> shift));
  }
  EXPECT_THAT(
      OpenNote(absl::StrCat("a\n\n— ledger ", EncodeBase64(bytes), "\n"),
               party.verifier),
      kFalseSignature);
}

TEST(ParseNoteTest, TakesTheExampleApart) {
  ASSERT_OK_AND_ASSIGN(const ParsedNote note, ParseNote(ExampleNote()));
  EXPECT_EQ(note.text, kExampleText);
  ASSERT_EQ(note.signatures.size(), 1u);
  EXPECT_EQ(note.signatures[0].name, "example.com/foo");
  EXPECT_EQ(note.signatures[0].key_id, 0x530d903au);
  EXPECT_EQ(note.signatures[0].signature.size(), kEd25519SignatureBytes);
}

TEST(ParseNoteTest, RefusesMalformedNotes) {
  const std::string line = kExampleLine;
  const std::string text = kExampleText;
  const std::vector<std::string> notes = {
      "",
      "\n",
      "\n\n",
      text,
      // No empty line, no signature, no text.
      text + line,
      text + "\n",
      line,
      "\n" + line,
      // No final newline.
      text + "\n" + line.substr(0, line.size() - 1),
      // An empty line among or after the signatures.
      text + "\n" + line + "\n",
      text + "\n" + line + "\nnot a signature\n",
      // Control characters, and no UTF-8.
      "a\tb\n\n" + line,
      "a\r\n\n" + line,
      std::string("a\0b\n\n", 5) + line,
      "\xC3\x28\n\n" + line,
      text + "\n" + absl::StrReplaceAll(line, {{"\n", "\r\n"}}),
      // Signature lines that are none.
      text + "\n- example.com/foo AAAAAAAA\n",
      text + "\n—example.com/foo AAAAAAAA\n",
      text + "\n— AAAAAAAA\n",
      text + "\n—  AAAAAAAA\n",
      text + "\n— exam+ple AAAAAAAA\n",
      text + "\n— example.com/foo\n",
      text + "\n— example.com/foo \n",
      text + "\n— example.com/foo AAAAAAA\n",
      text + "\n— example.com/foo AAAAAAAA AAAA\n",
      text + "\n— example.com/foo AAAAAAAA \n",
      text + "\n— example.com/foo  AAAAAAAA\n",
      text + "\n— example.com/foo AAAAAB==\n",
      // Only a key id.
      text + "\n— example.com/foo AAAAAA==\n",
      text + "\n" + line + "garbage\n",
  };
  for (const std::string& note : notes) {
    EXPECT_THAT(ParseNote(note), kMalformedNote) << note;
  }
}

TEST(ParseNoteTest, AcceptsAsManySignaturesAsThereMayBe) {
  std::string note = "a\n\n";
  for (size_t i = 0; i < kNoteSignaturesMax; ++i) {
    absl::StrAppend(&note, "— signer", i, " AAAAAAAA\n");
  }
  ASSERT_OK_AND_ASSIGN(const ParsedNote parsed, ParseNote(note));
  EXPECT_EQ(parsed.signatures.size(), kNoteSignaturesMax);
  EXPECT_THAT(ParseNote(note + "— more AAAAAAAA\n"), kMalformedNote);
}

TEST(ParseNoteTest, RefusesAnOversizedNote) {
  const std::string line = kExampleLine;
  const std::string most(kNoteBytesMax - line.size() - 2, 'a');
  EXPECT_OK(ParseNote(most + "\n\n" + line));
  const auto too_large = ParseNote("a" + most + "\n\n" + line);
  EXPECT_THAT(too_large, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                         "NOTE_TOO_LARGE"));
  EXPECT_THAT(std::string(too_large.status().message()), HasSubstr("1048576"));
}

}  // namespace
}  // namespace annals::ledger
