#include "ledger/durable_file.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::Optional;

class DurableFileTest : public ::testing::Test {
 protected:
  TempDir dir_;
  const std::string path_ = dir_.Path("file");
};

TEST_F(DurableFileTest, ReplacesTheWholeContent) {
  EXPECT_THAT(ReadFileIfAny(path_, 100), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(ReplaceFile(path_, "a longer content", 0600), IsOk());
  ASSERT_THAT(ReplaceFile(path_, "short", 0600), IsOk());
  EXPECT_THAT(ReadFileIfAny(path_, 100),
              IsOkAndHolds(Optional(std::string("short"))));
}

TEST_F(DurableFileTest, ADraftOfAnInterruptedCallIsReplaced) {
  WriteFile(path_ + ".new", "half a dra");
  ASSERT_THAT(ReplaceFile(path_, "whole", 0600), IsOk());
  EXPECT_EQ(ReadFile(path_), "whole");
}

TEST_F(DurableFileTest, RefusesAFileThatIsTooLarge) {
  WriteFile(path_, "12345");
  EXPECT_THAT(ReadFileIfAny(path_, 5), IsOk());
  EXPECT_THAT(
      ReadFileIfAny(path_, 4),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE"));
}

TEST_F(DurableFileTest, ErrorsOfTheSystemNameThePath) {
  const auto failed =
      StatusHasReason(absl::StatusCode::kUnavailable, "FILE_IO_FAILED");
  EXPECT_THAT(ReplaceFile(dir_.Path("none/file"), "x", 0600), failed);
  EXPECT_THAT(ReadFileIfAny(dir_.Path("."), 10), failed);
  WriteFile(path_, "");
  EXPECT_THAT(CreateDirectory(path_, 0700), failed);
}

TEST_F(DurableFileTest, CreatesADirectoryOnce) {
  EXPECT_THAT(CreateDirectory(dir_.Path("new"), 0700), IsOk());
  EXPECT_THAT(CreateDirectory(dir_.Path("new"), 0700), IsOk());
}

TEST_F(DurableFileTest, OneLockAtATime) {
  ASSERT_OK_AND_ASSIGN(auto lock, FileLock::Take(path_));
  EXPECT_THAT(
      FileLock::Take(path_),
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "FILE_LOCKED"));
  lock.reset();
  EXPECT_THAT(FileLock::Take(path_), IsOk());
}

}  // namespace
}  // namespace annals::ledger
