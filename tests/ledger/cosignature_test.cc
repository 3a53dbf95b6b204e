#include "ledger/cosignature.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/parties.h"
#include "tests/support/witnessed_log.h"

namespace annals::ledger {
namespace {

using ::testing::SizeIs;

const auto kNotCosigned =
    StatusHasReason(absl::StatusCode::kNotFound, "CHECKPOINT_NOT_COSIGNED");
const auto kFalseCosignature =
    StatusHasReason(absl::StatusCode::kDataLoss, "COSIGNATURE_FALSE");

// The example of the C2SP tlog-cosignature document; its keys are not given.
constexpr char kExampleText[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr char kExampleSignatures[] =
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRD"
    "eOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI"
    "5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
constexpr uint64_t kExampleTime = 1679315147;

TestWitness Witness() { return MakeWitness("witness.example/w1", 'w'); }

// The example's checkpoint with these signatures.
ParsedNote Note(std::vector<NoteSignature> signatures) {
  return {kExampleText, std::move(signatures)};
}

TEST(CosignatureTest, MessageIsThatOfTheSpecification) {
  EXPECT_EQ(CosignatureMessage(kExampleText, kExampleTime),
            "cosignature/v1\n"
            "time 1679315147\n"
            "example.com/behind-the-sofa\n"
            "20852163\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

TEST(CosignatureTest, HasTheFormOfTheSpecification) {
  ASSERT_OK_AND_ASSIGN(
      const ParsedNote note,
      ParseNote(absl::StrCat(kExampleText, "\n", kExampleSignatures)));
  ASSERT_THAT(note.signatures, SizeIs(2));
  const std::string& published = note.signatures[1].signature;
  const NoteSignature made = Witness().Cosign(kExampleText, kExampleTime);
  EXPECT_THAT(published, SizeIs(kCosignatureBytes));
  EXPECT_THAT(made.signature, SizeIs(kCosignatureBytes));
  EXPECT_EQ(made.signature.substr(0, 8), published.substr(0, 8));
}

TEST(CosignatureTest, VerifiesThatOfAPublicWitness) {
  ASSERT_OK_AND_ASSIGN(const CosignatureVerifier witness,
                       CosignatureVerifier::Parse(kPublicWitnessVkey));
  ASSERT_OK_AND_ASSIGN(ParsedNote note, ParseNote(kPublicCheckpoint));
  EXPECT_THAT(FindCosignature(note, witness),
              IsOkAndHolds(uint64_t{kPublicWitnessTime}));
  note.text = absl::StrReplaceAll(note.text, {{"1432088532", "1432088533"}});
  EXPECT_THAT(FindCosignature(note, witness), kFalseCosignature);
}

TEST(CosignatureVerifierTest, ParsesPublishedKeysAndWritesThemAgain) {
  ASSERT_OK_AND_ASSIGN(const CosignatureVerifier witness,
                       CosignatureVerifier::Parse(kPublicWitnessVkey));
  EXPECT_EQ(witness.name(), "remora.n621.de");
  EXPECT_EQ(witness.key_id(), 0xda77ade7u);
  EXPECT_EQ(witness.ToString(), kPublicWitnessVkey);
  ASSERT_OK_AND_ASSIGN(
      const CosignatureVerifier created,
      CosignatureVerifier::Create("remora.n621.de", witness.key()));
  EXPECT_EQ(created.ToString(), kPublicWitnessVkey);
}

TEST(CosignatureVerifierTest, RefusesKeysOfOtherTypes) {
  const auto unsupported = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                           "VERIFIER_KEY_TYPE_UNSUPPORTED");
  EXPECT_THAT(CosignatureVerifier::Parse(kPublicLogVkey), unsupported);
  EXPECT_THAT(NoteVerifier::Parse(kPublicWitnessVkey), unsupported);
  ASSERT_OK_AND_ASSIGN(const Vkey ml_dsa,
                       MakeVkey("w", 0x06, std::string(1312, 'k')));
  EXPECT_THAT(CosignatureVerifier::Parse(FormatVkey(ml_dsa)), unsupported);
}

TEST(CosignatureVerifierTest, RefusesMalformedKeys) {
  const std::string vkey = kPublicWitnessVkey;
  EXPECT_THAT(CosignatureVerifier::Parse(vkey.substr(1)),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "VERIFIER_KEY_ID_MISMATCH"));
  EXPECT_THAT(
      CosignatureVerifier::Parse(absl::StrCat("a ", vkey)),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID"));
  const auto malformed = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                         "VERIFIER_KEY_MALFORMED");
  EXPECT_THAT(CosignatureVerifier::Parse(""), malformed);
  EXPECT_THAT(CosignatureVerifier::Parse(vkey + "\n"), malformed);
  for (size_t length : {0, 1, 31, 33, 64}) {
    ASSERT_OK_AND_ASSIGN(const Vkey other, MakeVkey("w", kNoteTypeCosignature,
                                                    std::string(length, 'k')));
    EXPECT_THAT(CosignatureVerifier::Parse(FormatVkey(other)), malformed)
        << length;
  }
}

TEST(CosignatureTest, GoesThereAndBack) {
  TestWitness witness = Witness();
  for (uint64_t seconds :
       {uint64_t{0}, uint64_t{1}, kExampleTime, kCosignatureTimeMax}) {
    EXPECT_THAT(FindCosignature(Note({witness.Cosign(kExampleText, seconds)}),
                                witness.verifier),
                IsOkAndHolds(seconds));
  }
}

TEST(CosignatureTest, CoversExtensionLines) {
  TestWitness witness = Witness();
  const std::string text = absl::StrCat(kExampleText, "extension\n");
  ParsedNote note = {text, {witness.Cosign(text, 7)}};
  EXPECT_OK(FindCosignature(note, witness.verifier));
  note.text = kExampleText;
  EXPECT_THAT(FindCosignature(note, witness.verifier), kFalseCosignature);
}

TEST(CosignatureTest, EveryFlippedBitMakesItFalse) {
  TestWitness witness = Witness();
  const ParsedNote note = Note({witness.Cosign(kExampleText, kExampleTime)});
  for (size_t bit = 0; bit < 8 * kCosignatureBytes; ++bit) {
    ParsedNote damaged = note;
    damaged.signatures[0].signature[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_THAT(FindCosignature(damaged, witness.verifier), kFalseCosignature)
        << bit;
  }
  for (size_t i = 0; i < note.text.size(); ++i) {
    ParsedNote damaged = note;
    damaged.text[i] ^= 1;
    EXPECT_THAT(FindCosignature(damaged, witness.verifier), kFalseCosignature)
        << i;
  }
}

TEST(CosignatureTest, RefusesOtherLengths) {
  TestWitness witness = Witness();
  const NoteSignature whole = witness.Cosign(kExampleText, 7);
  for (size_t length : {0, 1, 7, 8, 64, 71}) {
    NoteSignature cut = whole;
    cut.signature.resize(length);
    EXPECT_THAT(FindCosignature(Note({cut}), witness.verifier),
                kFalseCosignature)
        << length;
  }
  NoteSignature longer = whole;
  longer.signature += '\0';
  EXPECT_THAT(FindCosignature(Note({longer}), witness.verifier),
              kFalseCosignature);
}

TEST(CosignatureTest, RefusesATimeAboveTheLargestThoughTrulySigned) {
  TestWitness witness = Witness();
  const uint64_t seconds = kCosignatureTimeMax + 1;
  ASSERT_OK_AND_ASSIGN(
      const std::string signature,
      witness.signer->Sign(CosignatureMessage(kExampleText, seconds)));
  const std::string time("\x80\0\0\0\0\0\0\0", 8);
  EXPECT_THAT(
      FindCosignature(Note({{witness.verifier.name(), witness.verifier.key_id(),
                             time + signature}}),
                      witness.verifier),
      kFalseCosignature);
}

TEST(CosignatureTest, IgnoresOthersAndTakesTheLatest) {
  TestWitness witness = Witness();
  TestWitness other = MakeWitness("witness.example/w1", 'x');
  NoteSignature renamed = witness.Cosign(kExampleText, 99);
  renamed.name = "witness.example/w2";
  EXPECT_THAT(FindCosignature(Note({other.Cosign(kExampleText, 50), renamed}),
                              witness.verifier),
              kNotCosigned);
  EXPECT_THAT(FindCosignature(Note({}), witness.verifier), kNotCosigned);
  const NoteSignature early = witness.Cosign(kExampleText, 7);
  const NoteSignature late = witness.Cosign(kExampleText, 9);
  EXPECT_THAT(FindCosignature(Note({renamed, late, early}), witness.verifier),
              IsOkAndHolds(uint64_t{9}));
  NoteSignature damaged = early;
  damaged.signature[20] ^= 1;
  EXPECT_THAT(FindCosignature(Note({late, damaged}), witness.verifier),
              kFalseCosignature);
}

TEST(CosignatureTest, IsNoSignatureOfALog) {
  TestWitness witness = Witness();
  TestLog log = MakeLog("witness.example/w1", 'w');
  ASSERT_EQ(log.verifier.key(), witness.verifier.key());
  EXPECT_NE(log.verifier.key_id(), witness.verifier.key_id());
  ASSERT_OK_AND_ASSIGN(const ParsedNote note,
                       ParseNote(log.Sign(kExampleText)));
  EXPECT_THAT(FindCosignature(note, witness.verifier), kNotCosigned);
}

TEST(MakeCosignatureTest, RefusesWhatIsNoCheckpoint) {
  TestWitness witness = Witness();
  const auto make = [&witness](const std::string& text) {
    return MakeCosignature(text, 7, witness.verifier, witness.signer.get());
  };
  const auto malformed = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                         "CHECKPOINT_MALFORMED");
  EXPECT_THAT(make("hello\n"), malformed);
  EXPECT_THAT(make(absl::StrCat(kExampleText, "\n")), malformed);
  const auto no_text =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_TEXT_INVALID");
  EXPECT_THAT(make(""), no_text);
  EXPECT_THAT(make(absl::StrCat(kExampleText, "a\tb\n")), no_text);
  EXPECT_THAT(make(absl::StrCat(kExampleText, "\xFF\n")), no_text);
}

TEST(MakeCosignatureTest, RefusesAnotherKeyAndAnImpossibleTime) {
  TestWitness witness = Witness();
  TestWitness other = MakeWitness("witness.example/w1", 'x');
  EXPECT_THAT(
      MakeCosignature(kExampleText, 7, witness.verifier, other.signer.get()),
      StatusHasReason(absl::StatusCode::kInvalidArgument,
                      "SIGNER_KEY_MISMATCH"));
  EXPECT_THAT(MakeCosignature(kExampleText, kCosignatureTimeMax + 1,
                              witness.verifier, witness.signer.get()),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "COSIGNATURE_TIME_INVALID"));
}

// What a daemon does with a witness's answer.
TEST(SignatureLinesTest, MoveIntoTheNote) {
  TestLog log = MakeLog("example.com/behind-the-sofa", 'l');
  TestWitness witness = Witness();
  const std::string note = log.Sign(kExampleText);
  const std::string answer =
      FormatSignatureLine(witness.Cosign(kExampleText, 7));
  ASSERT_OK_AND_ASSIGN(const std::vector<NoteSignature> signatures,
                       ParseSignatureLines(answer));
  ASSERT_OK_AND_ASSIGN(const std::string cosigned,
                       AddSignatures(note, signatures));
  EXPECT_EQ(cosigned, note + answer);
  ASSERT_OK_AND_ASSIGN(const ParsedNote parsed, ParseNote(cosigned));
  EXPECT_THAT(FindCosignature(parsed, witness.verifier),
              IsOkAndHolds(uint64_t{7}));
  EXPECT_OK(OpenNote(cosigned, log.verifier));
}

TEST(SignatureLinesTest, RefusesWhatIsNone) {
  const std::string line =
      FormatSignatureLine(Witness().Cosign(kExampleText, 7));
  const auto malformed =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED");
  std::string many;
  for (size_t i = 0; i <= kNoteSignaturesMax; ++i) many += line;
  for (const std::string& lines : std::vector<std::string>{
           "", "\n", line + "\n", "\n" + line, line.substr(0, line.size() - 1),
           line.substr(1), "- w AAAAAAA=\n", "— w\n", "— w \n", "—  AAAAAAA=\n",
           "— w AAAA\n", "— w AAAAAA==\n", "— w AAAAAAA= \n", "— w AAAAAAA\n",
           "— a+b AAAAAAA=\n", "— w AAAAAAA=\r\n", many}) {
    EXPECT_THAT(ParseSignatureLines(lines), malformed) << lines;
  }
  EXPECT_THAT(AddSignatures("no note\n", {}), malformed);
}

}  // namespace
}  // namespace annals::ledger
