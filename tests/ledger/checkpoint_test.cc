#include "ledger/checkpoint.h"

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "tests/support/matchers.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

const auto kMalformed =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED");

// The example of the C2SP tlog-checkpoint document.
constexpr char kExampleText[] =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr char kRoot[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

struct Ledger {
  std::unique_ptr<Ed25519Signer> signer;
  NoteVerifier verifier;

  std::string Sign(const std::string& text) {
    auto note = SignNote(text, verifier, signer.get());
    EXPECT_OK(note);
    return *note;
  }
};

Ledger MakeLedger(const std::string& origin, char seed) {
  auto signer = Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  auto verifier = NoteVerifier::Create(origin, (*signer)->public_key());
  EXPECT_OK(verifier);
  return {*std::move(signer), *std::move(verifier)};
}

TEST(CheckpointTest, ReadsAndWritesTheExampleOfTheSpecification) {
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint,
                       ParseCheckpointText(kExampleText));
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20852163u);
  EXPECT_EQ(EncodeBase64(AsStringView(checkpoint.root)), kRoot);
  EXPECT_EQ(CheckpointText(checkpoint), kExampleText);
}

TEST(CheckpointTest, EverySizeGoesThereAndBack) {
  for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{10},
                        std::numeric_limits<uint64_t>::max()}) {
    const Checkpoint checkpoint = {"年度报告/账本", size, Sha256("root")};
    EXPECT_THAT(ParseCheckpointText(CheckpointText(checkpoint)),
                IsOkAndHolds(checkpoint));
  }
}

TEST(CheckpointTest, IgnoresExtensionLines) {
  ASSERT_OK_AND_ASSIGN(
      const Checkpoint checkpoint,
      ParseCheckpointText(absl::StrCat(kExampleText, "one\n", "two 2\n")));
  EXPECT_EQ(CheckpointText(checkpoint), kExampleText);
}

TEST(CheckpointTest, RefusesEverySizeButShortestDecimal) {
  for (const char* size :
       {"", "00", "01", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3", "a", "１",
        "18446744073709551616", "99999999999999999999999"}) {
    const auto result =
        ParseCheckpointText(absl::StrCat("o\n", size, "\n", kRoot, "\n"));
    EXPECT_THAT(result, kMalformed) << size;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("line 2"));
  }
}

TEST(CheckpointTest, RefusesEveryRootButThirtyTwoBytes) {
  const std::string root = kRoot;
  for (const std::string& text : std::vector<std::string>{
           "", EncodeBase64(std::string(31, 'x')),
           EncodeBase64(std::string(33, 'x')), root.substr(0, 43), root + " ",
           " " + root,
           // The last bits of the last character are not zero.
           root.substr(0, 42) + "J=", std::string(64, 'a')}) {
    const auto result = ParseCheckpointText(absl::StrCat("o\n1\n", text, "\n"));
    EXPECT_THAT(result, kMalformed) << text;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("line 3"));
  }
}

TEST(CheckpointTest, RefusesMissingAndEmptyLines) {
  struct Example {
    std::string text;
    const char* line;
  };
  const std::string whole = kExampleText;
  for (const Example& example :
       std::vector<Example>{{"", "line 1"},
                            {"\n", "line 1"},
                            {absl::StrCat("\n1\n", kRoot, "\n"), "line 1"},
                            {"origin\n", "line 2"},
                            {"origin\n1\n", "line 3"},
                            {absl::StrCat("origin\n1\n", kRoot), "line 3"},
                            {whole + "\n", "line 4"},
                            {whole + "\nextension\n", "line 4"},
                            {whole + "extension\n\n", "line 5"},
                            {whole + "extension", "line 4"}}) {
    const auto result = ParseCheckpointText(example.text);
    EXPECT_THAT(result, kMalformed) << example.text;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(example.line))
        << example.text;
  }
}

TEST(OpenCheckpointTest, OpensWhatTheLedgerSigned) {
  Ledger ledger = MakeLedger("annals.example/ledger", 'a');
  const Checkpoint checkpoint = {"annals.example/ledger", 7, Sha256("root")};
  EXPECT_THAT(
      OpenCheckpoint(ledger.Sign(CheckpointText(checkpoint)), ledger.verifier),
      IsOkAndHolds(checkpoint));
}

TEST(OpenCheckpointTest, RefusesAnotherOrigin) {
  Ledger ledger = MakeLedger("annals.example/ledger", 'a');
  const std::string note =
      ledger.Sign(CheckpointText({"annals.example/other", 7, Sha256("root")}));
  EXPECT_THAT(OpenCheckpoint(note, ledger.verifier),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "CHECKPOINT_ORIGIN_MISMATCH"));
}

TEST(OpenCheckpointTest, RefusesWhatAnotherSigned) {
  Ledger ledger = MakeLedger("annals.example/ledger", 'a');
  Ledger forger = MakeLedger("annals.example/ledger", 'b');
  const std::string note =
      forger.Sign(CheckpointText({"annals.example/ledger", 7, Sha256("root")}));
  EXPECT_THAT(OpenCheckpoint(note, ledger.verifier),
              StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED"));
}

TEST(OpenCheckpointTest, RefusesAnAlteredSize) {
  Ledger ledger = MakeLedger("annals.example/ledger", 'a');
  std::string note =
      ledger.Sign(CheckpointText({"annals.example/ledger", 7, Sha256("root")}));
  note[note.find("\n7\n") + 1] = '8';
  EXPECT_THAT(
      OpenCheckpoint(note, ledger.verifier),
      StatusHasReason(absl::StatusCode::kDataLoss, "NOTE_SIGNATURE_FALSE"));
}

TEST(OpenCheckpointTest, RefusesASignedTextThatIsNoCheckpoint) {
  Ledger ledger = MakeLedger("annals.example/ledger", 'a');
  EXPECT_THAT(OpenCheckpoint(ledger.Sign("hello\n"), ledger.verifier),
              kMalformed);
}

}  // namespace
}  // namespace annals::ledger
