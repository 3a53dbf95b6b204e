#include "ledger/evidence.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(EvidenceTest, TheSameContradictionIsTheSameFile) {
  TempDir dir;
  Evidence evidence;
  evidence.reason = kForkedReason;
  evidence.what = {"en", "中文"};
  evidence.source = "a:1";
  evidence.shown = "shown note\n";
  evidence.proof = {Hash{1}};
  ASSERT_OK_AND_ASSIGN(const std::string path,
                       KeepEvidence(evidence, dir.Path("")));
  const std::string text = ReadFile(path);
  EXPECT_THAT(text, HasSubstr("reason: LEDGER_FORKED\nserver: a:1\n"));
  EXPECT_THAT(text, HasSubstr("\nen\n中文\n"));
  EXPECT_THAT(text, HasSubstr("(none)"));
  EXPECT_THAT(text, HasSubstr("shown note\n"));
  EXPECT_THAT(text, HasSubstr("AQAAAAAA"));
  evidence.when += absl::Hours(1);
  EXPECT_THAT(KeepEvidence(evidence, dir.Path("")), IsOkAndHolds(path));
  EXPECT_EQ(ReadFile(path), text);
  evidence.shown += ".";
  ASSERT_OK_AND_ASSIGN(const std::string other,
                       KeepEvidence(evidence, dir.Path("")));
  EXPECT_NE(other, path);
  EXPECT_THAT(other, StartsWith(dir.Path("")));
}

}  // namespace
}  // namespace annals::ledger
