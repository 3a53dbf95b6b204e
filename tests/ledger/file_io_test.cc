#include "ledger/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

class FileIoTest : public ::testing::Test {
 protected:
  static auto NotReadable() {
    return StatusHasReason(absl::StatusCode::kInvalidArgument,
                           "FILE_NOT_READABLE");
  }
  static auto NotWritable() {
    return StatusHasReason(absl::StatusCode::kInvalidArgument,
                           "FILE_NOT_WRITABLE");
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator(dir_.Path(""))) {
      names.push_back(file.path().filename().string());
    }
    return names;
  }

  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 07777;
  }

  TempDir dir_;
  const std::string path_ = dir_.Path("file");
};

// A pipe in the place of a file would hold up its reader for ever.
TEST_F(FileIoTest, ReadsNothingButRegularFiles) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(ReadFileBytes(path_, 10), NotReadable());
  EXPECT_THAT(ReadFileIfAny(path_, 10), NotReadable());
  std::filesystem::create_directory(dir_.Path("directory"));
  EXPECT_THAT(ReadFileBytes(dir_.Path("directory"), 10), NotReadable());
}

TEST_F(FileIoTest, ReplacesTheWholeContent) {
  EXPECT_THAT(ReadFileIfAny(path_, 100), IsOkAndHolds(std::nullopt));
  ASSERT_OK(ReplaceFile(path_, {"a longer", " content"}, kOwnerFileMode));
  EXPECT_THAT(ReadFileBytes(path_, 100),
              IsOkAndHolds(std::string("a longer content")));
  ASSERT_OK(ReplaceFile(path_, {"short"}, kOwnerFileMode,
                        Durability::kLeftToTheSystem));
  EXPECT_THAT(ReadFileIfAny(path_, 100),
              IsOkAndHolds(Optional(std::string("short"))));
  EXPECT_EQ(ModeOf(path_), kOwnerFileMode);
  EXPECT_THAT(Names(), UnorderedElementsAre("file"));
}

TEST_F(FileIoTest, AFailedWriteLeavesTheOldFileAndNoDraft) {
  ASSERT_OK(ReplaceFile(path_, {"old"}, kOwnerFileMode));
  EXPECT_THAT(ReplaceFile(path_ + "/below", {"x"}, kOwnerFileMode),
              NotWritable());
  std::error_code error;
  std::filesystem::create_directories(dir_.Path("d/e"), error);
  EXPECT_THAT(ReplaceFile(dir_.Path("d"), {"x"}, kOwnerFileMode),
              NotWritable());
  EXPECT_EQ(ReadFile(path_), "old");
  EXPECT_THAT(Names(), UnorderedElementsAre("file", "d"));
}

// A draft that was left, or put there as a link to something precious.
TEST_F(FileIoTest, WritesIntoNoDraftOfAnother) {
  WriteFile(dir_.Path("precious"), "precious");
  for (int number = 0; number < 1000; ++number) {
    const std::string draft =
        absl::StrCat(path_, ".part.", getpid(), ".", number);
    ASSERT_EQ(symlink(dir_.Path("precious").c_str(), draft.c_str()), 0);
  }
  ASSERT_OK(ReplaceFile(path_, {"whole"}, kOwnerFileMode));
  EXPECT_EQ(ReadFile(path_), "whole");
  EXPECT_FALSE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(ReadFile(dir_.Path("precious")), "precious");
}

TEST_F(FileIoTest, ReplacesByWayOfTheDraftThatIsGiven) {
  const std::string draft = dir_.Path("draft");
  ASSERT_OK(ReplaceFile(draft, {"a long rest of a process that was killed"},
                        kOwnerFileMode));
  ASSERT_OK(ReplaceFileThrough(draft, path_, {"a", "b"}, kOwnerFileMode));
  EXPECT_THAT(ReadFileBytes(path_, 100), IsOkAndHolds(std::string("ab")));
  EXPECT_THAT(
      ReplaceFileThrough(draft, path_ + "/below", {"x"}, kOwnerFileMode),
      NotWritable());
  EXPECT_THAT(Names(), UnorderedElementsAre("file"));
}

TEST_F(FileIoTest, OfManyWritersEachIsWholeAndOneIsLast) {
  std::vector<std::thread> threads;
  std::vector<absl::Status> statuses(4);
  for (size_t i = 0; i < statuses.size(); ++i) {
    threads.emplace_back([this, i, status = &statuses[i]] {
      const std::string bytes(20000, static_cast<char>('a' + i));
      for (int round = 0; round < 50 && status->ok(); ++round) {
        *status = ReplaceFile(path_, {bytes}, kOwnerFileMode,
                              Durability::kLeftToTheSystem);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_OK(status);
  EXPECT_THAT(ReadFile(path_),
              AnyOf(std::string(20000, 'a'), std::string(20000, 'b'),
                    std::string(20000, 'c'), std::string(20000, 'd')));
  EXPECT_THAT(Names(), UnorderedElementsAre("file"));
}

TEST_F(FileIoTest, ReplacesALinkAndNotWhatItNames) {
  WriteFile(dir_.Path("target"), "target");
  ASSERT_EQ(symlink(dir_.Path("target").c_str(), path_.c_str()), 0);
  ASSERT_OK(ReplaceFile(path_, {"new"}, kOwnerFileMode));
  EXPECT_EQ(ReadFile(path_), "new");
  EXPECT_EQ(ReadFile(dir_.Path("target")), "target");
}

TEST_F(FileIoTest, CreatesAFileOnlyOnce) {
  ASSERT_OK(CreateFileIfNone(path_, "first", kOwnerFileMode));
  ASSERT_OK(CreateFileIfNone(path_, "second", kOwnerFileMode));
  EXPECT_EQ(ReadFile(path_), "first");
  EXPECT_THAT(Names(), UnorderedElementsAre("file"));
  EXPECT_THAT(CreateFileIfNone(dir_.Path("no/file"), "x", kOwnerFileMode),
              NotWritable());
}

TEST_F(FileIoTest, RenamesAndRemoves) {
  WriteFile(path_, "x");
  ASSERT_OK(RenameFile(path_, dir_.Path("other")));
  EXPECT_THAT(RenameFile(path_, dir_.Path("other")), NotWritable());
  EXPECT_EQ(ReadFile(dir_.Path("other")), "x");
  ASSERT_OK(RemoveFile(dir_.Path("other")));
  EXPECT_OK(RemoveFile(dir_.Path("other")));
  EXPECT_THAT(Names(), UnorderedElementsAre());
}

TEST_F(FileIoTest, RefusesAFileThatIsTooLarge) {
  const auto too_large =
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE");
  WriteFile(path_, "12345");
  EXPECT_OK(ReadFileIfAny(path_, 5));
  EXPECT_THAT(ReadFileIfAny(path_, 4), too_large);
  WriteFile(path_, std::string(300000, 'x'));
  EXPECT_THAT(ReadFileBytes(path_, 299999), too_large);
  EXPECT_THAT(ReadFileBytes(path_, 300000),
              IsOkAndHolds(std::string(300000, 'x')));
}

TEST_F(FileIoTest, ReadsManyFilesOneAfterTheOther) {
  FilesReader reader;
  for (const std::string& content :
       {std::string(200000, 'a'), std::string("short"), std::string()}) {
    WriteFile(path_, content);
    ASSERT_OK_AND_ASSIGN(const absl::string_view read,
                         reader.Read(path_, 200000));
    EXPECT_EQ(read, content);
  }
  EXPECT_THAT(reader.Read(path_ + ".none", 1),
              StatusHasReason(absl::StatusCode::kNotFound, "FILE_NOT_FOUND"));
  EXPECT_THAT(reader.Read(path_ + ".none/in", 1),
              StatusHasReason(absl::StatusCode::kNotFound, "FILE_NOT_FOUND"));
}

TEST_F(FileIoTest, ReadsAPipeToItsEnd) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  std::thread writer([this] {
    const int pipe = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    for (const char* part : {"one ", "two ", "three"}) {
      EXPECT_GT(write(pipe, part, strlen(part)), 0);
      std::this_thread::yield();
    }
    close(pipe);
  });
  EXPECT_THAT(ReadFileOrPipe(path_, 100),
              IsOkAndHolds(std::string("one two three")));
  writer.join();
}

TEST_F(FileIoTest, ErrorsNameThePathAndTellWhatIsMissing) {
  EXPECT_THAT(ReadFileBytes(path_, 10),
              StatusHasReason(absl::StatusCode::kNotFound, "FILE_NOT_FOUND"));
  EXPECT_THAT(ReadFileBytes(dir_.Path("."), 10), NotReadable());
  EXPECT_THAT(ReadFileIfAny(dir_.Path("."), 10), NotReadable());
  const absl::Status status =
      ReplaceFile(dir_.Path("none/file"), {"x"}, kOwnerFileMode);
  EXPECT_THAT(status, NotWritable());
  EXPECT_THAT(std::string(status.message()), HasSubstr(dir_.Path("none/file")));
}

TEST_F(FileIoTest, MakesDirectories) {
  EXPECT_THAT(MakeDirectory(dir_.Path("a/b"), kOwnerDirectoryMode),
              NotWritable());
  EXPECT_OK(MakeDirectories(dir_.Path("a/b/c/"), kOwnerDirectoryMode));
  EXPECT_OK(MakeDirectories(dir_.Path("a/b/c"), kOwnerDirectoryMode));
  EXPECT_OK(MakeDirectory(dir_.Path("a"), kOwnerDirectoryMode));
  EXPECT_EQ(ModeOf(dir_.Path("a/b")), kOwnerDirectoryMode);
  WriteFile(path_, "");
  EXPECT_THAT(MakeDirectory(path_, kOwnerDirectoryMode), NotWritable());
  EXPECT_THAT(MakeDirectories(path_ + "/x/y", kOwnerDirectoryMode),
              NotWritable());
}

TEST_F(FileIoTest, TellsADirectoryThatOthersCanWriteInto) {
  const std::string path = dir_.Path("d");
  ASSERT_OK(MakeDirectory(path, kOwnerDirectoryMode));
  EXPECT_OK(RequirePrivateDirectory(path));
  for (const mode_t mode : {0720, 0702}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_THAT(RequirePrivateDirectory(path),
                StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                "DIRECTORY_NOT_PRIVATE"));
  }
  WriteFile(path_, "");
  EXPECT_THAT(RequirePrivateDirectory(path_), NotReadable());
  EXPECT_THAT(RequirePrivateDirectory(dir_.Path("none")), NotReadable());
}

TEST_F(FileIoTest, OneLockAtATime) {
  const auto locked =
      StatusHasReason(absl::StatusCode::kFailedPrecondition, kFileLockedReason);
  {
    ASSERT_OK_AND_ASSIGN(const FileLock lock, FileLock::TryAcquire(path_));
    EXPECT_THAT(FileLock::TryAcquire(path_), locked);
    ASSERT_OK_AND_ASSIGN(const FileLock other,
                         FileLock::TryAcquireDirectory(dir_.Path("")));
    EXPECT_THAT(FileLock::TryAcquireDirectory(dir_.Path("")), locked);
  }
  EXPECT_OK(FileLock::TryAcquire(path_));
  EXPECT_THAT(FileLock::TryAcquire(dir_.Path("")), NotWritable());
  EXPECT_THAT(FileLock::TryAcquireDirectory(path_), NotWritable());
}

TEST_F(FileIoTest, AcquireWaitsForTheLock) {
  auto held = FileLock::TryAcquire(path_);
  ASSERT_OK(held);
  std::optional<FileLock> lock = *std::move(held);
  std::atomic<bool> is_released = false;
  std::thread waiter([this, &is_released] {
    EXPECT_OK(FileLock::Acquire(path_));
    EXPECT_TRUE(is_released);
  });
  is_released = true;
  lock.reset();
  waiter.join();
}

TEST(DirectoryOfTest, TakesOffTheLastPart) {
  EXPECT_EQ(DirectoryOf("a/b/c"), "a/b");
  EXPECT_EQ(DirectoryOf("a/b/"), "a");
  EXPECT_EQ(DirectoryOf("/a"), "/");
  EXPECT_EQ(DirectoryOf("a"), ".");
  EXPECT_EQ(DirectoryOf("."), ".");
  EXPECT_EQ(DirectoryOf("/"), ".");
  EXPECT_EQ(DirectoryOf(""), ".");
}

}  // namespace
}  // namespace annals::ledger
