#include "ledger/tlog_proof.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "ledger/proof.h"
#include "tests/support/matchers.h"
#include "tests/support/parties.h"
#include "tests/support/rfc6962_vectors.h"
#include "tests/support/witnessed_log.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const auto kMalformed =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "TLOG_PROOF_MALFORMED");
const auto kFalseInclusion =
    StatusHasReason(absl::StatusCode::kDataLoss, "INCLUSION_NOT_PROVED");

constexpr char kOrigin[] = "annals.example/ledger";

// The example of the C2SP tlog-proof document, up to the checkpoint, whose
// signatures it leaves out.
constexpr char kExampleHead[] =
    "c2sp.org/tlog-proof@v1\n"
    "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ\n"
    "index 73894\n"
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n"
    "\n";

std::string NoteOf(const Checkpoint& checkpoint) {
  return MakeLog(kOrigin, 'l').Sign(CheckpointText(checkpoint));
}

// Of the first leaf of a tree of two.
TlogProof SmallProof() {
  const Hash root = NodeHash(LeafHash("a"), LeafHash("b"));
  return {"", 0, {LeafHash("b")}, NoteOf({kOrigin, 2, root})};
}

std::string Base64(const Hash& hash) {
  return EncodeBase64(AsStringView(hash));
}

TEST(TlogProofTest, WritesTheLinesOfTheSpecification) {
  TlogProof proof = SmallProof();
  EXPECT_THAT(FormatTlogProof(proof),
              IsOkAndHolds(absl::StrCat("c2sp.org/tlog-proof@v1\nindex 0\n",
                                        Base64(LeafHash("b")), "\n\n",
                                        proof.checkpoint)));
  proof.extra = "extra information";
  EXPECT_THAT(FormatTlogProof(proof),
              IsOkAndHolds(HasSubstr("@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\n"
                                     "index 0\n")));
}

TEST(TlogProofTest, ReadsAndWritesTheExampleOfTheSpecification) {
  const std::string text = absl::StrCat(kExampleHead, kPublicCheckpoint);
  ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(text));
  EXPECT_THAT(proof.extra, HasSubstr("age-v1.2.1-darwin-arm64.tar.gz"));
  EXPECT_EQ(proof.index, 73894u);
  ASSERT_THAT(proof.hashes, SizeIs(5));
  EXPECT_EQ(Base64(proof.hashes[0]),
            "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=");
  EXPECT_EQ(proof.checkpoint, kPublicCheckpoint);
  EXPECT_THAT(FormatTlogProof(proof), IsOkAndHolds(text));
}

TEST(TlogProofTest, GoesThereAndBack) {
  for (const std::string& extra :
       {std::string(), std::string("\0\n\xFF", 3), std::string(1000, 'x'),
        std::string(kTlogProofExtraBytesMax, 'x')}) {
    for (uint64_t index : {uint64_t{0}, uint64_t{10}, ~uint64_t{0}}) {
      for (size_t count : {size_t{0}, size_t{1}, kProofHashesMax}) {
        TlogProof proof = SmallProof();
        proof.extra = extra;
        proof.index = index;
        proof.hashes.assign(count, Sha256("hash"));
        ASSERT_OK_AND_ASSIGN(const std::string text, FormatTlogProof(proof));
        EXPECT_THAT(ParseTlogProof(text), IsOkAndHolds(proof));
      }
    }
  }
}

TEST(TlogProofTest, ProvesThePublishedInclusions) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_THAT(vectors.inclusion, SizeIs(5));
  const NoteVerifier verifier = MakeLog(kOrigin, 'l').verifier;
  for (const ProofVector& vector : vectors.inclusion) {
    const Checkpoint checkpoint = {kOrigin, vector.size,
                                   vectors.roots.at(vector.size)};
    ASSERT_OK_AND_ASSIGN(
        const std::string text,
        FormatTlogProof({"", vector.first, vector.proof, NoteOf(checkpoint)}));
    ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(text));
    const Hash leaf = LeafHash(vectors.leaves[vector.first]);
    EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier),
                IsOkAndHolds(checkpoint));
    EXPECT_THAT(VerifyTlogProof(proof, LeafHash("other"), verifier),
                kFalseInclusion);
  }
}

TEST(TlogProofTest, RefusesToProveWithWhatWasAltered) {
  const NoteVerifier verifier = MakeLog(kOrigin, 'l').verifier;
  const Hash leaf = LeafHash("a");
  ASSERT_OK(VerifyTlogProof(SmallProof(), leaf, verifier));
  TlogProof proof = SmallProof();
  proof.index = 1;
  EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier), kFalseInclusion);
  proof.index = 2;
  EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "LEAF_INDEX_OUT_OF_RANGE"));
  const auto wrong_length =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "PROOF_LENGTH_WRONG");
  proof = SmallProof();
  proof.hashes.push_back(leaf);
  EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier), wrong_length);
  proof.hashes.clear();
  EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier), wrong_length);
  proof = SmallProof();
  proof.hashes[0][31] ^= 1;
  EXPECT_THAT(VerifyTlogProof(proof, leaf, verifier), kFalseInclusion);
  proof = SmallProof();
  proof.checkpoint =
      absl::StrReplaceAll(proof.checkpoint, {{"\n2\n", "\n3\n"}});
  EXPECT_THAT(
      VerifyTlogProof(proof, leaf, verifier),
      StatusHasReason(absl::StatusCode::kDataLoss, "NOTE_SIGNATURE_FALSE"));
}

TEST(TlogProofTest, RefusesAnotherLedgersKey) {
  const Hash leaf = LeafHash("a");
  const auto not_signed =
      StatusHasReason(absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED");
  for (const NoteVerifier& verifier :
       {MakeLog(kOrigin, 'm').verifier,
        MakeLog("other.example", 'l').verifier}) {
    EXPECT_THAT(VerifyTlogProof(SmallProof(), leaf, verifier), not_signed);
  }
}

TEST(TlogProofTest, ObeysAPolicy) {
  TestWitness witness = MakeWitness("witness.example/w1", 'w');
  ASSERT_OK_AND_ASSIGN(
      const WitnessPolicy policy,
      WitnessPolicy::Parse(absl::StrCat(
          "log ", MakeLog(kOrigin, 'l').verifier.ToString(), "\nwitness w ",
          witness.verifier.ToString(), "\nquorum w\n")));
  TlogProof proof = SmallProof();
  EXPECT_THAT(VerifyTlogProof(proof, LeafHash("a"), policy),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "WITNESS_QUORUM_NOT_MET"));
  ASSERT_OK_AND_ASSIGN(const ParsedNote note, ParseNote(proof.checkpoint));
  ASSERT_OK_AND_ASSIGN(
      proof.checkpoint,
      AddSignatures(proof.checkpoint, {witness.Cosign(note.text, 7)}));
  ASSERT_OK_AND_ASSIGN(const WitnessedCheckpoint witnessed,
                       VerifyTlogProof(proof, LeafHash("a"), policy));
  EXPECT_EQ(witnessed.checkpoint.size, 2u);
  EXPECT_THAT(witnessed.witnessings,
              ::testing::ElementsAre(Witnessing{"w", 7}));
  EXPECT_THAT(VerifyTlogProof(proof, LeafHash("b"), policy), kFalseInclusion);
}

TEST(TlogProofTest, NamesTheLineThatIsMalformed) {
  struct Example {
    std::string head;
    int line;
  };
  const std::string v1 = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = Base64(LeafHash("b"));
  std::string many;
  for (size_t i = 0; i <= kProofHashesMax; ++i) many += hash + "\n";
  for (const Example& example : std::vector<Example>{
           {"", 1},
           {"\n", 1},
           {"index 0\n\n", 1},
           {" " + v1 + "index 0\n\n", 1},
           {"\xEF\xBB\xBF" + v1 + "index 0\n\n", 1},
           {"c2sp.org/tlog-proof@v1 \nindex 0\n\n", 1},
           {"c2sp.org/tlog-proof@v1\r\nindex 0\n\n", 1},
           {"c2sp.org/tlog-proof@v2\nindex 0\n\n", 1},
           {"C2SP.org/tlog-proof@v1\nindex 0\n\n", 1},
           {"https://c2sp.org/tlog-proof@v1\nindex 0\n\n", 1},
           {v1 + "\n", 2},
           {v1 + "\nindex 0\n\n", 2},
           {v1 + hash + "\n\n", 2},
           {v1 + "index\n\n", 2},
           {v1 + "index \n\n", 2},
           {v1 + "index  0\n\n", 2},
           {v1 + "index\t0\n\n", 2},
           {v1 + " index 0\n\n", 2},
           {v1 + "Index 0\n\n", 2},
           {v1 + "index 0 \n\n", 2},
           {v1 + "index 0\r\n\n", 2},
           {v1 + "index 00\n\n", 2},
           {v1 + "index 01\n\n", 2},
           {v1 + "index +1\n\n", 2},
           {v1 + "index -1\n\n", 2},
           {v1 + "index 0x1\n\n", 2},
           {v1 + "index 1.0\n\n", 2},
           {v1 + "index １\n\n", 2},
           {v1 + "index 18446744073709551616\n\n", 2},
           {v1 + "index a\n\n", 2},
           {v1 + "extra\nindex 0\n\n", 2},
           {v1 + "extra \nindex 0\n\n", 2},
           {v1 + "extra YQ\nindex 0\n\n", 2},
           {v1 + "extra YR==\nindex 0\n\n", 2},
           {v1 + "extra YQ== \nindex 0\n\n", 2},
           {v1 + "extra  YQ==\nindex 0\n\n", 2},
           {v1 + "extra YQ==\r\nindex 0\n\n", 2},
           {v1 + "extra Y_-_\nindex 0\n\n", 2},
           {v1 + "extra !!!!\nindex 0\n\n", 2},
           {v1 + "Extra YQ==\nindex 0\n\n", 2},
           {v1 + "extra YQ==\n", 3},
           {v1 + "extra YQ==\n\nindex 0\n\n", 3},
           {v1 + "extra YQ==\nextra YQ==\nindex 0\n\n", 3},
           {v1 + "index 0\nextra YQ==\n\n", 3},
           {v1 + "index 0\nindex 0\n\n", 3},
           {v1 + "index 0\n \n\n", 3},
           {v1 + "index 0\n\r\n\n", 3},
           {v1 + "index 0\n" + hash + " \n\n", 3},
           {v1 + "index 0\n " + hash + "\n\n", 3},
           {v1 + "index 0\n" + hash.substr(1) + "\n\n", 3},
           {v1 + "index 0\n" + hash.substr(0, 43) + "\n\n", 3},
           {v1 + "index 0\n" + hash + hash + "\n\n", 3},
           {v1 + "index 0\n" + EncodeBase64(std::string(31, 'x')) + "\n\n", 3},
           {v1 + "index 0\n" + EncodeBase64(std::string(33, 'x')) + "\n\n", 3},
           {v1 + "index 0\n" + hash + "\nYQ==\n\n", 4},
           {v1 + "index 0\n" + hash + "\n" + std::string(64, 'a') + "\n\n", 4},
           // The checkpoint follows without an empty line.
           {v1 + "index 0\n" + hash + "\n", 4},
           {v1 + "index 0\n" + many + "\n", 67}}) {
    const std::string text = example.head + SmallProof().checkpoint;
    const auto parsed = ParseTlogProof(text);
    EXPECT_THAT(parsed, kMalformed) << example.head;
    EXPECT_THAT(std::string(parsed.status().message()),
                HasSubstr(absl::StrCat("line ", example.line, " ")))
        << example.head;
  }
}

TEST(TlogProofTest, RefusesMalformedCheckpoints) {
  const std::string head = "c2sp.org/tlog-proof@v1\nindex 0\n\n";
  const std::string note = SmallProof().checkpoint;
  const std::string signature = note.substr(note.find("\n\n") + 2);
  for (const std::string& checkpoint : std::vector<std::string>{
           "", "\n", "checkpoint\n", "\n" + note, note + "\n",
           note.substr(0, note.size() - 1), note.substr(0, note.find("\n\n")),
           "o\n1\n\n" + signature, "o\n01\nAAAA\n\n" + signature,
           "hello\n\n" + signature, note + "trailing\n", note + "\xFF\n"}) {
    const auto parsed = ParseTlogProof(head + checkpoint);
    EXPECT_THAT(parsed, StatusIs(absl::StatusCode::kInvalidArgument))
        << checkpoint;
    TlogProof proof = SmallProof();
    proof.checkpoint = checkpoint;
    EXPECT_THAT(FormatTlogProof(proof),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << checkpoint;
  }
}

TEST(TlogProofTest, RefusesEveryCutBeforeTheSignature) {
  ASSERT_OK_AND_ASSIGN(const std::string text, FormatTlogProof(SmallProof()));
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_THAT(ParseTlogProof(text.substr(0, length)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << length;
  }
}

TEST(TlogProofTest, HasLimits) {
  TlogProof proof = SmallProof();
  proof.extra = std::string(kTlogProofExtraBytesMax + 1, 'x');
  const auto extra_too_long = StatusHasReason(
      absl::StatusCode::kInvalidArgument, "TLOG_PROOF_EXTRA_TOO_LONG");
  EXPECT_THAT(FormatTlogProof(proof), extra_too_long);
  EXPECT_THAT(ParseTlogProof(absl::StrCat("c2sp.org/tlog-proof@v1\nextra ",
                                          EncodeBase64(proof.extra),
                                          "\nindex 0\n\n", proof.checkpoint)),
              extra_too_long);
  proof = SmallProof();
  proof.hashes.assign(kProofHashesMax + 1, Hash{});
  EXPECT_THAT(FormatTlogProof(proof),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "TLOG_PROOF_TOO_LONG"));
  EXPECT_THAT(ParseTlogProof(std::string(kTlogProofBytesMax + 1, '\n')),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "TLOG_PROOF_TOO_LARGE"));
}

}  // namespace
}  // namespace annals::ledger
