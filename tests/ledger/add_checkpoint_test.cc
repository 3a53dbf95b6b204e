#include "ledger/add_checkpoint.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base64.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "tests/support/matchers.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const auto kMalformed = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "ADD_CHECKPOINT_MALFORMED");

// The example request of the C2SP tlog-witness document.
constexpr char kExample[] =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRD"
    "eOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdX"
    "NqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

// The example answer of the document.
constexpr char kExampleAnswer[] =
    "— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1H"
    "DnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n"
    "— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7Vc"
    "E3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n"
    "— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dh"
    "nz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";

TEST(AddCheckpointTest, ReadsAndWritesTheExampleOfTheSpecification) {
  ASSERT_OK_AND_ASSIGN(const AddCheckpointRequest request,
                       ParseAddCheckpoint(kExample));
  EXPECT_EQ(request.old_size, 20852014u);
  EXPECT_THAT(request.proof, SizeIs(4));
  EXPECT_EQ(FormatAddCheckpoint(request), kExample);
  ASSERT_OK_AND_ASSIGN(const ParsedNote note, ParseNote(request.checkpoint));
  EXPECT_THAT(note.signatures, SizeIs(2));
  ASSERT_OK_AND_ASSIGN(const Checkpoint checkpoint,
                       ParseCheckpointText(note.text));
  EXPECT_EQ(checkpoint.size, 20852163u);
}

TEST(AddCheckpointTest, TheExampleAnswerIsThreeSignatures) {
  ASSERT_OK_AND_ASSIGN(const std::vector<NoteSignature> signatures,
                       ParseSignatureLines(kExampleAnswer));
  ASSERT_THAT(signatures, SizeIs(3));
  EXPECT_EQ(signatures[2].name, "witness.example/w2");
}

TEST(AddCheckpointTest, NamesTheLineThatIsMalformed) {
  const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"", "line 1"},
      {"old", "line 1"},
      {"old 1", "line 1"},
      {"old \n\n", "line 1"},
      {"old 01\n\n", "line 1"},
      {"old -1\n\n", "line 1"},
      {"old +1\n\n", "line 1"},
      {"old 1 \n\n", "line 1"},
      {"old  1\n\n", "line 1"},
      {"Old 1\n\n", "line 1"},
      {"old\t1\n\n", "line 1"},
      {"old 0x1\n\n", "line 1"},
      {"old 18446744073709551616\n\n", "line 1"},
      {"old 1\r\n\n", "line 1"},
      {"new 1\n\n", "line 1"},
      {"\nold 1\n\n", "line 1"},
      {"old 1\n", "line 2"},
      {"old 1\n" + hash, "line 2"},
      {"old 1\n" + hash + "\n", "line 3"},
      {"old 1\n" + hash + "\r\n\n", "line 2"},
      {"old 1\n " + hash + "\n\n", "line 2"},
      {"old 1\n" + hash + " \n\n", "line 2"},
      {"old 1\n" + hash.substr(0, 43) + "\n\n", "line 2"},
      {"old 1\nAAAA\n\n", "line 2"},
      {"old 1\n" + hash + "\nnot base64\n\n", "line 3"}};
  for (const auto& [body, line] : bodies) {
    const auto request = ParseAddCheckpoint(body);
    ASSERT_THAT(request, kMalformed) << body;
    EXPECT_THAT(std::string(request.status().message()), HasSubstr(line))
        << body;
  }
}

TEST(AddCheckpointTest, HasLimits) {
  const std::string hash = EncodeBase64(std::string(kHashBytes, 'h'));
  std::string body = "old 1\n";
  for (size_t i = 0; i < kAddCheckpointHashesMax; ++i) body += hash + "\n";
  EXPECT_THAT(ParseAddCheckpoint(body + "\nnote"), IsOk());
  EXPECT_THAT(ParseAddCheckpoint(absl::StrCat(body, hash, "\n\nnote")),
              kMalformed);
  EXPECT_THAT(ParseAddCheckpoint(absl::StrCat(
                  "old 1\n\n", std::string(kAddCheckpointBytesMax, 'n'))),
              kMalformed);
}

TEST(TreeSizeTest, GoesThereAndBackAndRefusesTheRest) {
  EXPECT_EQ(FormatTreeSize(0), "0\n");
  EXPECT_THAT(ParseTreeSize("18446744073709551615\n"),
              IsOkAndHolds(18446744073709551615u));
  for (const char* body : {"", "\n", "1", "01\n", "-1\n", " 1\n", "1\n\n",
                           "1 \n", "1\r\n", "x\n", "18446744073709551616\n"}) {
    EXPECT_THAT(ParseTreeSize(body),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "TREE_SIZE_MALFORMED"))
        << body;
  }
}

}  // namespace
}  // namespace annals::ledger
