#include "ledger/witness_policy.h"

#include <algorithm>
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

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kMalformed = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "WITNESS_POLICY_MALFORMED");
const auto kQuorumNotMet = StatusHasReason(
    absl::StatusCode::kFailedPrecondition, "WITNESS_QUORUM_NOT_MET");

constexpr char kOrigin[] = "annals.example/ledger";

Checkpoint TestCheckpoint() { return {kOrigin, 7, Sha256("root")}; }

std::string LogVkey(char seed) {
  return MakeLog(kOrigin, seed).verifier.ToString();
}

TestWitness WitnessOf(char seed) {
  return MakeWitness(absl::StrCat("witness.example/", std::string(1, seed)),
                     seed);
}

std::string WitnessVkey(char seed) {
  return WitnessOf(seed).verifier.ToString();
}

// "$x" stands for the vkey of witness x, "@x" for that of log x.
std::string WithKeys(std::string policy) {
  for (char seed = 'a'; seed <= 'z'; ++seed) {
    const std::string letter(1, seed);
    policy = absl::StrReplaceAll(policy, {{"$" + letter, WitnessVkey(seed)},
                                          {"@" + letter, LogVkey(seed)}});
  }
  return policy;
}

WitnessPolicy ParsePolicy(const std::string& policy) {
  auto parsed = WitnessPolicy::Parse(WithKeys(policy));
  EXPECT_OK(parsed);
  return *std::move(parsed);
}

// The checkpoint signed by log `log` and cosigned by `witnesses`, at times 1,
// 2, 3 and so on.
std::string Note(char log, const std::string& witnesses) {
  const std::string text = CheckpointText(TestCheckpoint());
  std::string note = MakeLog(kOrigin, log).Sign(text);
  uint64_t seconds = 0;
  for (const char seed : witnesses) {
    note += FormatSignatureLine(WitnessOf(seed).Cosign(text, ++seconds));
  }
  return note;
}

// The example of the C2SP tlog-policy document.
constexpr char kExample[] =
    "log @l\n"
    "\n"
    "witness X1 $a\n"
    "witness X2 $b\n"
    "witness X3 $c\n"
    "group X-witnesses 2 X1 X2 X3\n"
    "\n"
    "witness Y1 $d\n"
    "witness Y2 $e\n"
    "witness Y3 $f\n"
    "group Y-witnesses any Y1 Y2 Y3\n"
    "\n"
    "group X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n";

TEST(WitnessPolicyTest, ReadsTheExampleOfTheSpecification) {
  const WitnessPolicy policy = ParsePolicy(kExample);
  ASSERT_THAT(policy.logs(), SizeIs(1));
  EXPECT_EQ(policy.logs()[0].verifier.ToString(), LogVkey('l'));
  EXPECT_EQ(policy.logs()[0].url, "");
  ASSERT_THAT(policy.witnesses(), SizeIs(6));
  EXPECT_EQ(policy.witnesses()[3].name, "Y1");
  EXPECT_EQ(policy.witnesses()[3].verifier.ToString(), WitnessVkey('d'));
  EXPECT_EQ(policy.quorum(), "X-and-Y");
}

TEST(WitnessPolicyTest, DecidesEverySetOfWitnessesOfTheExample) {
  const WitnessPolicy policy = ParsePolicy(kExample);
  for (unsigned set = 0; set < 64; ++set) {
    std::string witnesses;
    for (int i = 0; i < 6; ++i) {
      if (set >> i & 1) witnesses += static_cast<char>('a' + i);
    }
    const auto x = std::count_if(witnesses.begin(), witnesses.end(),
                                 [](char seed) { return seed <= 'c'; });
    const bool quorum = x >= 2 && witnesses.size() > static_cast<size_t>(x);
    const auto opened = policy.Open(Note('l', witnesses));
    if (!quorum) {
      EXPECT_THAT(opened, kQuorumNotMet) << witnesses;
      continue;
    }
    ASSERT_OK(opened) << witnesses;
    EXPECT_EQ(opened->checkpoint, TestCheckpoint());
    EXPECT_THAT(opened->witnessings, SizeIs(witnesses.size()));
  }
}

TEST(WitnessPolicyTest, TellsWhoCosignedAndWhen) {
  const WitnessPolicy policy = ParsePolicy(kExample);
  EXPECT_THAT(policy.CheckQuorum(Note('l', "ezca")),
              IsOkAndHolds(ElementsAre(Witnessing{"X1", 4}, Witnessing{"X3", 3},
                                       Witnessing{"Y2", 1})));
  const auto failed = policy.CheckQuorum(Note('l', "af"));
  EXPECT_THAT(failed, kQuorumNotMet);
  for (const std::string& text :
       {std::string(failed.status().message()), ErrorTextZh(failed.status())}) {
    EXPECT_THAT(text, HasSubstr("X1, Y3"));
    EXPECT_THAT(text, HasSubstr("X-and-Y"));
  }
}

TEST(WitnessPolicyTest, OpensThePublicCheckpoint) {
  const std::string policy =
      absl::StrCat("log ", kPublicLogVkey, "\nwitness remora ",
                   kPublicWitnessVkey, "\nquorum remora\n");
  ASSERT_OK_AND_ASSIGN(const WitnessPolicy parsed,
                       WitnessPolicy::Parse(policy));
  ASSERT_OK_AND_ASSIGN(const WitnessedCheckpoint opened,
                       parsed.Open(kPublicCheckpoint));
  EXPECT_EQ(opened.checkpoint.size, kPublicLogSize);
  EXPECT_THAT(opened.witnessings,
              ElementsAre(Witnessing{"remora", kPublicWitnessTime}));
}

TEST(WitnessPolicyTest, AcceptsAQuorumOfOneOrNone) {
  const WitnessPolicy one = ParsePolicy("log @l\nwitness w $a\nquorum w\n");
  EXPECT_OK(one.Open(Note('l', "a")));
  EXPECT_THAT(one.Open(Note('l', "b")), kQuorumNotMet);
  const WitnessPolicy none = ParsePolicy("log @l\nquorum none\n");
  ASSERT_OK_AND_ASSIGN(const WitnessedCheckpoint opened,
                       none.Open(Note('l', "a")));
  EXPECT_THAT(opened.witnessings, IsEmpty());
}

TEST(WitnessPolicyTest, CountsWitnessesThatTheQuorumDoesNotName) {
  const WitnessPolicy policy =
      ParsePolicy("witness v $a\nwitness w $b\nquorum v\n");
  EXPECT_THAT(
      policy.CheckQuorum(Note('l', "ba")),
      IsOkAndHolds(ElementsAre(Witnessing{"v", 2}, Witnessing{"w", 1})));
  EXPECT_THAT(policy.CheckQuorum(Note('l', "b")), kQuorumNotMet);
}

TEST(WitnessPolicyTest, AcceptsEitherKeyOfALogThatChangesIts) {
  const WitnessPolicy policy = ParsePolicy("log @l\nlog @m\nquorum none\n");
  EXPECT_OK(policy.Open(Note('l', "")));
  EXPECT_OK(policy.Open(Note('m', "")));
  EXPECT_THAT(
      policy.Open(Note('n', "")),
      StatusHasReason(absl::StatusCode::kNotFound, "CHECKPOINT_NOT_OF_POLICY"));
}

TEST(WitnessPolicyTest, RefusesASignatureUnderAnotherOrigin) {
  const WitnessPolicy policy = ParsePolicy("log @l\nquorum none\n");
  TestLog log = MakeLog(kOrigin, 'l');
  Checkpoint other = TestCheckpoint();
  other.origin = "annals.example/other";
  EXPECT_THAT(
      policy.Open(log.Sign(CheckpointText(other))),
      StatusHasReason(absl::StatusCode::kNotFound, "CHECKPOINT_NOT_OF_POLICY"));
}

TEST(WitnessPolicyTest, RefusesFalseSignaturesOfKnownKeys) {
  const WitnessPolicy policy = ParsePolicy("log @l\nwitness w $a\nquorum w\n");
  TestLog log = MakeLog(kOrigin, 'l');
  TestWitness witness = WitnessOf('a');
  const std::string text = CheckpointText(TestCheckpoint());
  NoteSignature damaged = witness.Cosign(text, 7);
  damaged.signature[30] ^= 1;
  EXPECT_THAT(
      policy.Open(log.Sign(text) + FormatSignatureLine(damaged)),
      StatusHasReason(absl::StatusCode::kDataLoss, "COSIGNATURE_FALSE"));
  // Were it ignored, a forger could hide behind the true one.
  EXPECT_THAT(
      policy.Open(Note('l', "a") + FormatSignatureLine(damaged)),
      StatusHasReason(absl::StatusCode::kDataLoss, "COSIGNATURE_FALSE"));
  const std::string altered =
      absl::StrReplaceAll(Note('l', "a"), {{"\n7\n", "\n8\n"}});
  EXPECT_THAT(policy.Open(altered), StatusHasReason(absl::StatusCode::kDataLoss,
                                                    "NOTE_SIGNATURE_FALSE"));
}

TEST(WitnessPolicyTest, WithoutALogOnlyTheQuorumCanBeChecked) {
  const WitnessPolicy policy = ParsePolicy("witness w $a\nquorum w\n");
  EXPECT_OK(policy.CheckQuorum(Note('l', "a")));
  EXPECT_THAT(policy.Open(Note('l', "a")),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "WITNESS_POLICY_WITHOUT_LOG"));
}

TEST(WitnessPolicyTest, RefusesWhatIsNoCheckpoint) {
  const WitnessPolicy policy = ParsePolicy("log @l\nquorum none\n");
  TestLog log = MakeLog(kOrigin, 'l');
  const auto no_checkpoint = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                             "CHECKPOINT_MALFORMED");
  EXPECT_THAT(policy.Open(log.Sign("hello\n")), no_checkpoint);
  EXPECT_THAT(policy.CheckQuorum(log.Sign("hello\n")), no_checkpoint);
  const auto no_note =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED");
  EXPECT_THAT(policy.Open("hello\n"), no_note);
  EXPECT_THAT(policy.CheckQuorum("hello\n"), no_note);
}

TEST(WitnessPolicyTest, AllowsBlanksCommentsUrlsAndOpaqueNames) {
  const WitnessPolicy policy = ParsePolicy(
      "# 注释 \xFF\n"
      "\t \n"
      "  #witness\tnot one\n"
      " log\t@l  https://annals.example/\t\n"
      "witness 见证 $a\thttps://例.example/w\n"
      "witness \xFF $b\n"
      "witness K $c\n"
      "witness \xE2\x84\xAA $d\n"
      "witness #3 $e\n"
      "group any any 见证 \xFF #3\n"
      "quorum any\n");
  EXPECT_EQ(policy.logs()[0].url, "https://annals.example/");
  EXPECT_EQ(policy.witnesses()[0].url, "https://例.example/w");
  EXPECT_OK(policy.CheckQuorum(Note('l', "b")));
  EXPECT_OK(policy.CheckQuorum(Note('l', "e")));
  const auto failed = policy.CheckQuorum(Note('l', "cd"));
  EXPECT_THAT(failed, kQuorumNotMet);
  // The names of witnesses may be no UTF-8; messages must be.
  const WitnessPolicy opaque =
      ParsePolicy("witness \xFF $a\nwitness \xFE $b\nquorum \xFE\n");
  EXPECT_THAT(
      std::string(opaque.CheckQuorum(Note('l', "a")).status().message()),
      HasSubstr("\\xff"));
}

TEST(WitnessPolicyTest, NamesTheLineThatIsMalformed) {
  struct Example {
    std::string policy;
    int line;
  };
  const std::string head = "log @l\nwitness v $a\nwitness w $b\n";
  for (const Example& example : std::vector<Example>{
           {"", 2},
           {"\n", 2},
           {"# quorum none\n", 2},
           {"quorum none", 1},
           {head, 4},
           {head + "quorum v", 4},
           {head + "quorum\n", 4},
           {head + "quorum x\n", 4},
           {head + "quorum v w\n", 4},
           {head + "quorum v # comment\n", 4},
           {head + "quorum v\nquorum v\n", 5},
           {head + "quorum v\nquorum none\n", 5},
           {"quorum none\nquorum none\n", 2},
           {"quorum w\nwitness w $a\n", 1},
           {head + "Quorum v\n", 4},
           {head + "quorumv\n", 4},
           {head + "threshold 2 v w\nquorum v\n", 4},
           {head + "quorum v\r\n", 4},
           {head + "quorum v\n\x7F\n", 5},
           {head + "quorum v\n# \x01\n", 5},
           {head + std::string("quorum v\n\0\n", 11), 5},
           {head + "quorum v\n\v\n", 5},
           {"log\nquorum none\n", 1},
           {"log @l a b\nquorum none\n", 1},
           {"log name @l\nquorum none\n", 1},
           {"log annals.example\nquorum none\n", 1},
           {"log $a\nquorum none\n", 1},
           {"log @l\nlog @l\nquorum none\n", 2},
           {"log @l\nlog @l https://other/\nquorum none\n", 2},
           {head + "witness\nquorum v\n", 4},
           {head + "witness x\nquorum v\n", 4},
           {head + "witness $c\nquorum v\n", 4},
           {head + "witness x $c a b\nquorum v\n", 4},
           {head + "witness x @c\nquorum v\n", 4},
           {head + "witness x x\nquorum v\n", 4},
           {head + "witness x " + WitnessVkey('c').substr(1) + "\nquorum v\n",
            4},
           {head + "witness v $c\nquorum v\n", 4},
           {head + "witness none $c\nquorum v\n", 4},
           {head + "witness x $a\nquorum v\n", 4},
           // The same key under another name.
           {head + "witness x " +
                MakeWitness("other", 'a').verifier.ToString() + "\nquorum v\n",
            4},
           {head + "group\nquorum v\n", 4},
           {head + "group g\nquorum v\n", 4},
           {head + "group g any\nquorum v\n", 4},
           {head + "group g all\nquorum v\n", 4},
           {head + "group g 1\nquorum v\n", 4},
           {head + "group g v w\nquorum v\n", 4},
           {head + "group g 0 v w\nquorum v\n", 4},
           {head + "group g 3 v w\nquorum v\n", 4},
           {head + "group g -1 v w\nquorum v\n", 4},
           {head + "group g 01 v w\nquorum v\n", 4},
           {head + "group g 1.5 v w\nquorum v\n", 4},
           {head + "group g 18446744073709551617 v w\nquorum v\n", 4},
           {head + "group g ALL v w\nquorum v\n", 4},
           {head + "group v any v w\nquorum v\n", 4},
           {head + "group none any v w\nquorum v\n", 4},
           {head + "group g any v none\nquorum v\n", 4},
           {head + "group g any v x\nquorum v\n", 4},
           {head + "group g any v g\nquorum v\n", 4},
           {head + "group g any v v\nquorum v\n", 4},
           {head + "group g any v, w\nquorum v\n", 4},
           {head + "group g any v h\ngroup h any w\nquorum v\n", 4},
           {head + "group g any v\ngroup g any w\nquorum v\n", 5},
           {head + "group g any v\ngroup h any v w\nquorum v\n", 5},
           {head + "group g any v\ngroup h any g g\nquorum v\n", 5},
           {head + "group g any v\nwitness g $c\nquorum v\n", 5}}) {
    const auto parsed = WitnessPolicy::Parse(WithKeys(example.policy));
    ASSERT_THAT(parsed, kMalformed) << example.policy;
    const std::string line = absl::StrCat(example.line);
    EXPECT_THAT(ErrorMetadata(parsed.status()),
                ElementsAre(::testing::Pair("line", line)))
        << example.policy;
    EXPECT_THAT(std::string(parsed.status().message()),
                HasSubstr(absl::StrCat("line ", line, " ")));
    EXPECT_THAT(ErrorTextZh(parsed.status()),
                HasSubstr(absl::StrCat("第 ", line, " 行")));
  }
}

// A policy of `count` witnesses in as many nested groups.
std::string LargePolicy(size_t count) {
  std::string policy;
  for (size_t i = 0; i < count; ++i) {
    Ed25519PublicKey key = {};
    key[0] = static_cast<uint8_t>(i);
    key[1] = static_cast<uint8_t>(i >> 8);
    const auto log = NoteVerifier::Create(absl::StrCat("l", i), key);
    const auto witness = CosignatureVerifier::Create(absl::StrCat("w", i), key);
    absl::StrAppend(&policy, "log ", log->ToString(), "\nwitness w", i, " ",
                    witness->ToString(), "\ngroup g", i, " any w", i,
                    i == 0 ? "" : absl::StrCat(" g", i - 1), "\n");
  }
  return absl::StrCat(policy, "quorum g", count - 1, "\n");
}

TEST(WitnessPolicyTest, HasLimits) {
  EXPECT_OK(WitnessPolicy::Parse(LargePolicy(32)));
  const std::string largest = LargePolicy(kPolicyItemsMax);
  EXPECT_OK(WitnessPolicy::Parse(largest));
  const std::string larger = LargePolicy(kPolicyItemsMax + 1);
  const auto too_many = WitnessPolicy::Parse(larger);
  EXPECT_THAT(too_many, kMalformed);
  EXPECT_THAT(std::string(too_many.status().message()), HasSubstr("256 logs"));
  std::string comments = "quorum none\n";
  comments.resize(kPolicyBytesMax, '\n');
  EXPECT_OK(WitnessPolicy::Parse(comments));
  EXPECT_THAT(WitnessPolicy::Parse(comments + "\n"),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "WITNESS_POLICY_TOO_LARGE"));
}

}  // namespace
}  // namespace annals::ledger
